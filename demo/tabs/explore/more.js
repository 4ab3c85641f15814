// Relatives of the picture: its style and a little chance. A click goes on from there.
import { normal } from "../../page/chance.js";
import { clamp } from "../../page/dimension.js";
import { latest } from "../../page/latest.js";
import { decode } from "../../runtime/model.js";
import { change, page } from "../../page/page.js";
import { addPictures } from "../../page/tile.js";

const COUNT = 24;

export function start({ element }) {
  const find = (selector) => element.querySelector(selector);
  const relatives = find("#relatives");
  const temperature = find("#temperature");
  const say = (text) => (find("[role=status]").textContent = text);

  const show = latest(async () => {
    const heat = Number(temperature.value);
    const styles = Array.from({ length: COUNT }, () => page.style.map((value, k) => (page.locked.has(k) ? value : clamp(value + heat * normal()))));
    const digit = page.digit;
    const pictures = await decode(styles, digit);
    say("");
    relatives.hidden = false;
    addPictures(relatives, pictures, (k) => `Go on from relative ${k + 1}`, (k) => change({ style: styles[k], digit }));
  }, say);

  find("#more").onclick = show;
  temperature.oninput = () => {
    find("output").textContent = temperature.value;
    if (!relatives.hidden) show();
  };
}
