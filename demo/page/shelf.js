// The shelf My hand: drawings that were kept, as drawings.js has them, the newest last. All tabs of the browser share it.
import { apply, difference, inverse, isNone, unique } from "./differences.js";
import { fromText, sound, toText } from "./drawings.js";
import { keep, kept } from "./kept.js";
import { change, page } from "./page.js";
import { unpack } from "./picture.js";
import { followStored, isBroken, load, store } from "./stored-shelf.js";

const MOST = 100; // drawings
const STEPS = 20; // that can be undone
const FULL = `My hand holds ${MOST} drawings: remove one to keep another.`;
const NO_ROOM = "The browser keeps nothing here beyond this page: save your hand as a file.";
const NO_FILE = "This file holds no drawings that were saved here.";
const BROKEN = "What this browser kept of My hand cannot be read any more.";

let steps = []; // what was done in this tab of the browser, as differences; kept no longer than the tab
let seen = []; // what was stored when last looked at

/** The shelf as it was left; the answer is what a person should know, or "". */
export function comeBackToShelf() {
  steps = stepsAsLeft();
  keep("shelfSteps", () => steps);
  followStored(look);
  look();
  change({ shelf: page.shelf });
  return isBroken() ? BROKEN : "";
}

/** Do here what other tabs did to the shelf since it was last looked at. What is here and could not be stored stays. */
function look() {
  const found = load();
  if (!found) return;
  const shelf = apply(page.shelf, difference(seen, found));
  seen = found;
  if (shelf !== page.shelf) change({ shelf });
}

/** Make another shelf of the newest; the answer is what a person should know, or "". */
function put(act, isUndo = false) {
  look();
  const shelf = unique(act(page.shelf));
  if (shelf.length > MOST) throw new Error(FULL);
  const step = difference(page.shelf, shelf);
  if (isUndo) steps = steps.slice(0, -1);
  else if (!isNone(step)) steps = [...steps, step].slice(-STEPS);
  change({ shelf });
  if (!store(shelf)) return NO_ROOM;
  seen = shelf;
  return "";
}

export const addToShelf = (drawing) => put((shelf) => [...shelf, drawing]);
export const relabel = (drawing, digit) => put((shelf) => shelf.map((each) => (each === drawing ? { ...each, digit, own: true } : each)));
export const takeAway = (drawing) => put((shelf) => shelf.filter((each) => each !== drawing));
export const emptyShelf = () => put(() => []);
export const canUndoShelf = () => steps.length > 0;
export const undoShelf = () => put((shelf) => apply(shelf, inverse(steps.at(-1))), true);

/** The steps as the page was left. */
function stepsAsLeft() {
  const side = (pairs) => sound(pairs.map(([, drawing]) => drawing)).map((drawing, k) => [Number(pairs[k][0]), drawing]);
  try {
    return kept.shelfSteps.map(({ gone, come }) => ({ gone: side(gone), come: side(come) }));
  } catch {
    return []; // none were kept, or another version's
  }
}

/** Whether what is on the pad is kept already. */
export const isKept = (drawing) => Boolean(drawing) && page.shelf.some((each) => isSame(each, drawing));

function isSame({ strokes, image }, drawing) {
  if (!drawing.strokes) return !strokes && image === drawing.image;
  const alike = strokes?.length === drawing.strokes.length && strokes.every((stroke, k) => stroke.length === drawing.strokes[k].length);
  return alike && (strokes === drawing.strokes || JSON.stringify(strokes) === JSON.stringify(drawing.strokes));
}

/** How a digit is written in the hand, {grey, style, drawing}: as it was drawn last, or as it is made; null without a hand. */
export function inHand(digit) {
  const { hand } = page;
  if (!hand) return null;
  const k = hand.shelf.findLastIndex((each) => each.digit === digit);
  if (k < 0) return { grey: hand.pictures[digit], style: hand.style, drawing: null };
  return { grey: unpack(hand.shelf[k].image)[0], style: hand.styles[k], drawing: hand.shelf[k] };
}

export const toFile = () => new Blob([toText(page.shelf)], { type: "application/json" });

/** Put what a file's text holds beside what is there; throws a sentence where it is nothing of ours. */
export function fromFile(text) {
  const found = fromText(text);
  if (!found) throw new Error(NO_FILE);
  return put((shelf) => [...shelf, ...found]);
}
