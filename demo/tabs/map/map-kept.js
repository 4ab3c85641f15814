// Pictures kept from the map, as tiles; a click goes on with one in Explore.
import { choose } from "../../runtime/choose.js";
import { keep, kept } from "../../page/kept.js";
import { openTab } from "../../page/page.js";
import { base64, bytes } from "../../page/picture.js";
import { complain } from "../../page/presence.js";
import { addPictures } from "../../page/tile.js";
import { a } from "../../page/words.js";

const MOST = 10; // then the oldest makes room

/** Its `all` are {model, place, style, digit, grey}, the newest last. */
export function makeKeeper(section, say) {
  const tiles = section.querySelector(".tiles");
  const all = (kept.map ?? []).map((picture) => ({ ...picture, grey: bytes(picture.grey) }));
  keep("map", () => all.map((picture) => ({ ...picture, grey: base64(picture.grey) })));

  const label = (k) => `Explore kept picture ${k + 1}, ${all[k].digit === null ? "a picture" : a(all[k].digit)} of ${all[k].model}`;
  function explore(k) {
    const { model, style, digit } = all[k];
    choose(model, digit === null ? { style } : { style, digit }).then(() => openTab("explore"), (error) => complain(error, say));
  }
  function show() {
    section.hidden = !all.length;
    addPictures(tiles, all.map(({ grey }) => grey), label, explore).forEach((tile, k) => tile.insertAdjacentHTML("beforeend", `<small>${k + 1}</small>`));
  }
  show();
  return {
    all,
    add(picture) {
      all.push(picture);
      if (all.length > MOST) all.shift();
      show();
    },
  };
}
