// Whose picture walks through the model: the drawing on the pad, or one of the test digits, whichever came last.
import { write } from "./numbers.js";
import { base64, loadTestDigits } from "../../page/picture.js";
import { follow, openTab, page } from "../../page/page.js";
import { addPictures, press } from "../../page/tile.js";
import { a } from "../../page/words.js";

const FIRST = 2; // the test digit shown until something is drawn

/** `changed` is called when there is another picture; `current()` is {drawing, label}, the label null for a drawing. */
export function makePicture(find, changed) {
  const own = find("#inside-drawing");
  let chosen = page.drawing ? null : FIRST; // null: the drawing
  let digits = [];
  let tiles = [];

  function choose(which) {
    chosen = which;
    mark();
    changed();
  }
  function mark() {
    write(own, page.drawing ? "My drawing" : "Draw one");
    own.setAttribute("aria-pressed", chosen === null);
    press(tiles, chosen);
  }
  own.onclick = () => (page.drawing ? choose(null) : openTab("draw"));
  follow((parts) => {
    if ("drawing" in parts) choose(parts.drawing ? null : (chosen ?? FIRST));
  });
  loadTestDigits().then((all) => {
    digits = all;
    tiles = addPictures(find("#inside-examples"), all, (k) => `Test digit, ${a(k % 10)}`, choose);
    choose(chosen);
  });
  mark();

  return {
    current: () => (chosen === null ? { drawing: page.drawing, label: null } : digits.length ? { drawing: { image: base64(digits[chosen]) }, label: chosen % 10 } : null),
  };
}
