// One dimension of the style: Gradio's slider, and with it a lock and a strip of what it does from end to end.
import { change, page } from "./page.js";
import { paint, SIDE } from "./picture.js";

export const EDGE = 3; // sigma, where the sliders end
export const STEPS = Array.from({ length: 9 }, (_, k) => (k / 4 - 1) * EDGE); // of a strip

export const clamp = (value) => Math.min(EDGE, Math.max(-EDGE, value));
export const withValue = (k, value) => page.style.map((own, j) => (j === k ? clamp(value) : own));

/** Dress up slider k; the strip is painted by `show`, the slider moved by `place`. */
export function makeDimension(k) {
  const block = document.getElementById(`z${k}`);
  const range = block.querySelector("input[type=range]");
  const strip = Object.assign(document.createElement("canvas"), { className: "strip paper", width: SIDE * STEPS.length, height: SIDE });
  strip.setAttribute("role", "img");
  strip.setAttribute("aria-label", `w${k} from ${-EDGE} to ${EDGE}`);
  const lock = Object.assign(document.createElement("button"), { type: "button", className: "lock", textContent: "lock" });
  lock.setAttribute("aria-label", `lock w${k}`);
  lock.title = "Chance leaves a locked one alone";
  const name = Object.assign(document.createElement("small"), { className: "name", title: "What it changes most" });
  const line = block.querySelector(".head").parentElement;
  line.classList.add("dimension");
  line.append(name, strip, lock);

  range.title = "Double click to reset";
  range.addEventListener("dblclick", () => change({ style: withValue(k, 0) }));
  strip.addEventListener("click", ({ offsetX }) => {
    change({ style: withValue(k, STEPS[Math.floor((offsetX / strip.clientWidth) * STEPS.length)]) });
  });
  lock.addEventListener("click", () => {
    if (!page.locked.delete(k)) page.locked.add(k);
    lock.setAttribute("aria-pressed", page.locked.has(k));
  });
  lock.setAttribute("aria-pressed", false);

  return {
    k,
    block,
    call: (text) => (name.textContent = text),
    isVisible: () => Boolean(block.offsetParent),
    show: (pictures) => paint(strip, ...pictures),
    place(value) {
      lock.setAttribute("aria-pressed", page.locked.has(k));
      const before = range.value;
      range.value = value;
      if (range.value !== before) range.dispatchEvent(new Event("input", { bubbles: true }));
    },
  };
}
