// Whose picture walks through the model: the drawing on the pad, the digit chosen as the person's hand has it, or one of the
// test digits, whichever came last.
import { base64, loadTestDigits } from "../../page/picture.js";
import { follow, openTab, page } from "../../page/page.js";
import { addPictures, press } from "../../page/tile.js";
import { inHand } from "../../page/shelf.js";
import { a, write } from "../../page/words.js";

const FIRST = 2; // the test digit shown until something is drawn
const HAND = "hand";

/** `changed` is called when there is another picture; `current()` is {drawing, label}, the label null for a drawing. */
export function makePicture(find, changed) {
  const [own, hand] = [find("#inside-drawing"), find("#inside-hand")];
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
    hand.hidden = !page.hand;
    hand.setAttribute("aria-pressed", chosen === HAND);
    press(tiles, chosen);
  }
  function current() {
    if (chosen === null) return { drawing: page.drawing, label: null };
    const grey = chosen === HAND ? inHand(page.digit)?.grey : digits[chosen];
    return grey ? { drawing: { image: base64(grey) }, label: chosen === HAND ? page.digit : chosen % 10 } : null;
  }
  own.onclick = () => (page.drawing ? choose(null) : openTab("draw"));
  hand.onclick = () => choose(HAND);
  follow((parts) => {
    if ("drawing" in parts) choose(parts.drawing ? null : (chosen ?? FIRST));
    else if ("hand" in parts && chosen === HAND && !page.hand) choose(page.drawing ? null : FIRST);
    else if (("hand" in parts || "digit" in parts) && chosen === HAND) choose(HAND);
    else if ("hand" in parts) mark();
  });
  loadTestDigits().then((all) => {
    digits = all;
    tiles = addPictures(find("#inside-examples"), all, (k) => `Test digit, ${a(k % 10)}`, choose);
    choose(chosen);
  });
  mark();

  return { current };
}
