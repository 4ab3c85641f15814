// Sliders of what a digit looks like. They move the style away from where it stood when the person took them, so that taking one
// back brings the same picture back.
import { latest } from "../../page/latest.js";
import { reshape } from "../../runtime/model.js";
import { change, follow, page } from "../../page/page.js";
import { whenOpen } from "../../page/visible.js";

const REST = 150; // ms without a change of style before it is measured anew

export function start({ element }) {
  const inputs = [...element.querySelectorAll("input")];
  const say = (text) => (element.querySelector("[role=status]").textContent = text);
  const asked = inputs.map(() => 0); // changes, from the style as it was
  let from = null; // that style, and the measures it has
  let resting;

  const measure = latest(async () => {
    const [style, digit] = [page.style, page.digit];
    const { values, low, high } = await reshape(style, digit, inputs.map(() => 0));
    if (style !== page.style || digit !== page.digit) return; // it is measured again
    asked.fill(0);
    from = { style, values };
    inputs.forEach((input, k) => {
      input.min = Math.floor(Math.min(low[k], values[k]));
      input.max = Math.ceil(Math.max(high[k], values[k]));
      place(input, values[k]);
    });
    say("");
  }, say);

  const move = latest(async () => {
    const { style, values } = await reshape(from.style, page.digit, asked);
    inputs.forEach((input, k) => asked[k] || place(input, values[k]));
    change({ style, shaped: true });
    say("");
  }, say);

  function place(input, value) {
    input.value = value;
    tell(input);
  }
  function tell(input) {
    const text = input.parentElement.dataset.unit === "degrees" ? `${Math.round(input.value)}°` : `${Number(input.value).toFixed(1)} px`;
    input.nextElementSibling.textContent = text;
    input.setAttribute("aria-valuetext", text);
  }
  function refresh() {
    clearTimeout(resting);
    element.hidden = !page.model.shaped;
    if (page.model.shaped && isOpen()) resting = setTimeout(measure, REST);
  }

  element.addEventListener("input", ({ target }) => {
    const k = inputs.indexOf(target);
    tell(target);
    if (!from) return;
    asked[k] = Number(target.value) - from.values[k];
    move();
  });
  element.addEventListener("dblclick", ({ target }) => {
    const k = inputs.indexOf(target);
    if (k < 0 || !from) return;
    place(target, from.values[k]);
    asked[k] = 0;
    move();
  });
  follow((parts) => {
    if (("model" in parts || "style" in parts || "digit" in parts) && !parts.shaped) refresh();
  });
  const isOpen = whenOpen(element.parentElement, refresh); // itself may be hidden
}
