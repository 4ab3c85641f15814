// The Explore tab: Gradio's sliders and a digit to one picture. Listening to the sliders here and not through
// Gradio's events makes it one request a picture.
import { normal } from "../../page/chance.js";
import { clamp, makeDimension, STEPS, withValue } from "../../page/dimension.js";
import { figureOf } from "../../page/keys.js";
import { latest } from "../../page/latest.js";
import { decode } from "../../runtime/model.js";
import { change, follow, page } from "../../page/page.js";
import { paint } from "../../page/picture.js";
import { whenOpen } from "../../page/visible.js";

const REST = 150; // ms without a change before the strips are refreshed

export function start({ element }) {
  const find = (selector) => element.querySelector(selector);
  const sliders = document.getElementById("sliders");
  const all = Array.from(sliders.querySelectorAll("[id^=z]"), (_, k) => makeDimension(k));
  const form = all[0].block.parentElement;
  let dimensions = []; // those of the model
  let placing = false; // our own changes to the controls are not a person's
  let resting;

  const say = (text) => (find("#explore-message").textContent = text);
  const show = latest(async (style, digit) => {
    paint(find("#picture"), (await decode(style, digit))[0]);
    say("");
  }, say);
  const showStrips = latest(async () => {
    const visible = dimensions.filter((dimension) => dimension.isVisible());
    const codes = visible.flatMap(({ k }) => STEPS.map((value) => withValue(k, value)));
    const pictures = await decode(codes, page.digit);
    visible.forEach((dimension, row) => dimension.show(pictures.slice(row * STEPS.length, (row + 1) * STEPS.length)));
  }, say);

  function arrange() {
    const { order, idle, names } = page.model;
    all.forEach(({ block }) => block.remove()); // what is not of this model is not in the page
    dimensions = order.map((k) => all[k]);
    form.append(...dimensions.map(({ block }) => block)); // what carries most comes first
    sliders.classList.toggle("named", Object.keys(names).length > 0);
    dimensions.forEach(({ k, block, call }) => {
      block.classList.remove("absent");
      call(names[`w${k}`] ?? "");
      block.classList.toggle("idle", idle.includes(k));
    });
  }

  function place() {
    placing = true;
    dimensions.forEach((dimension) => dimension.place(page.style[dimension.k]));
    const chosen = find(`#digit input[value="${page.digit}"]`);
    if (chosen) chosen.checked = true;
    find("#home").disabled = !page.reading;
    find("#explore-hand").hidden = !page.hand;
    placing = false;
  }

  function refresh() {
    if (!isOpen()) return; // done when the tab is opened
    place();
    show(page.style, page.digit);
    clearTimeout(resting);
    resting = setTimeout(showStrips, REST);
  }

  sliders.addEventListener("input", ({ target }) => {
    if (!placing) change({ style: withValue(Number(target.closest("[id^=z]").id.slice(1)), Number(target.value)) });
  });
  sliders.addEventListener("toggle", refresh, true);
  find("#digit").addEventListener("input", ({ target }) => change({ digit: Number(target.value) }));
  document.addEventListener("keydown", (event) => {
    const digit = figureOf(event);
    if (isOpen() && digit !== null) change({ digit });
  });
  find("#shuffle").onclick = () => change({ style: page.style.map((value, k) => (page.locked.has(k) ? value : clamp(normal()))) });
  find("#reset").onclick = () => change({ style: page.style.map(() => 0) });
  find("#home").onclick = () => change({ style: page.reading.style, digit: page.reading.digit ?? 0 });
  find("#explore-hand").onclick = () => change({ style: page.hand.style });

  follow((parts) => {
    if (parts.model) arrange();
    if ("hand" in parts) place();
    if ("model" in parts || "style" in parts || "digit" in parts) refresh();
  });
  arrange();
  const isOpen = whenOpen(element, refresh);
}
