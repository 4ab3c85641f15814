// Pictures kept from the map, as tiles; a click goes on with one in Explore.
import { choose } from "./choose.js";
import { openTab } from "./page.js";
import { paint } from "./picture.js";

const MOST = 10; // then the oldest makes room

/** Its `all` are {model, place, z, digit, grey}, the newest last. */
export function makeKeeper(section, say) {
  const tiles = section.querySelector(".tiles");
  const all = [];

  function show() {
    section.hidden = !all.length;
    tiles.replaceChildren(...all.map(tile));
  }
  function tile({ model, z, digit, grey }, k) {
    const button = document.createElement("button");
    button.type = "button";
    button.setAttribute("aria-label", `Explore kept picture ${k + 1}, a ${digit ?? "picture"} of ${model}`);
    button.innerHTML = `<canvas class="paper" width="28" height="28"></canvas><small>${k + 1}</small>`;
    button.onclick = () => choose(model, digit === null ? { z } : { z, digit }).then(() => openTab("explore"), (error) => say(error.message));
    paint(button.firstElementChild, grey);
    return button;
  }
  return {
    all,
    add(picture) {
      all.push(picture);
      if (all.length > MOST) all.shift();
      show();
    },
  };
}
