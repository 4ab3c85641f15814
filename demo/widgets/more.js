// Relatives of the picture: its style and a little chance. A click goes on from there.
import { normal } from "./chance.js";
import { clamp } from "./dimension.js";
import { latest } from "./latest.js";
import { decode } from "./model.js";
import { change, page } from "./page.js";
import { paint } from "./picture.js";

const COUNT = 24;

export function start({ element }) {
  const find = (selector) => element.querySelector(selector);
  const relatives = find("#relatives");
  const temperature = find("#temperature");
  const say = (text) => (find("[role=status]").textContent = text);

  const show = latest(async () => {
    const heat = Number(temperature.value);
    const codes = Array.from({ length: COUNT }, () => page.z.map((value, k) => (page.locked.has(k) ? value : clamp(value + heat * normal()))));
    const digit = page.digit;
    const pictures = await decode(codes, digit);
    say("");
    relatives.hidden = false;
    relatives.replaceChildren(...pictures.map((grey, k) => tile(grey, codes[k], digit, k)));
  }, say);

  function tile(grey, z, digit, k) {
    const button = document.createElement("button");
    button.type = "button";
    button.setAttribute("aria-label", `Go on from relative ${k + 1}`);
    button.innerHTML = '<canvas class="paper" width="28" height="28"></canvas>';
    button.onclick = () => change({ z, digit });
    paint(button.firstElementChild, grey);
    return button;
  }

  find("#more").onclick = show;
  temperature.oninput = () => {
    find("output").textContent = temperature.value;
    if (!relatives.hidden) show();
  };
}
