// Whose picture walks through the model: the drawing on the pad, or one of the test digits, whichever came last.
import { base64, loadTestDigits, paint } from "./picture.js";
import { follow, openTab, page } from "./page.js";

const FIRST = 2; // the test digit shown until something is drawn

/** `changed` is called when there is another picture; `current()` is {drawing, label}, the label null for a drawing. */
export function makePicture(find, changed) {
  const own = find("#inside-drawing");
  let chosen = page.drawing ? null : FIRST; // null: the drawing
  let digits = [];

  function choose(which) {
    chosen = which;
    mark();
    changed();
  }
  function mark() {
    own.textContent = page.drawing ? "My drawing" : "Draw one";
    own.setAttribute("aria-pressed", chosen === null);
    [...find("#inside-examples").children].forEach((tile, k) => tile.setAttribute("aria-pressed", k === chosen));
  }
  function tile(grey, k) {
    const button = document.createElement("button");
    button.type = "button";
    button.setAttribute("aria-label", `Test digit, a ${k % 10}`);
    button.innerHTML = '<canvas class="paper" width="28" height="28"></canvas>';
    button.onclick = () => choose(k);
    paint(button.firstElementChild, grey);
    return button;
  }

  own.onclick = () => (page.drawing ? choose(null) : openTab("draw"));
  follow((parts) => {
    if ("drawing" in parts) choose(parts.drawing ? null : (chosen ?? FIRST));
  });
  loadTestDigits().then((all) => {
    digits = all;
    find("#inside-examples").replaceChildren(...all.map(tile));
    choose(chosen);
  });
  mark();

  return {
    current: () => (chosen === null ? { drawing: page.drawing, label: null } : digits.length ? { drawing: { image: base64(digits[chosen]) }, label: chosen % 10 } : null),
  };
}
