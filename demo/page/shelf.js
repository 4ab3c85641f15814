// The shelf My hand: drawings that were kept, the newest last, each {digit, image, strokes, own}: what it is, what the
// model sees of it in base64, the pen's strokes where there were any, and whether a person said what it is.
import { makeHistory } from "./history.js";
import { keep, kept, store } from "./kept.js";
import { change, page } from "./page.js";
import { bytes, unpack } from "./picture.js";

const MOST = 100; // drawings
const STROKES = 200; // of a drawing
const POINTS = 4000; // of a drawing
const PIXELS = 784;
const FILE_LIMIT = 8_000_000; // characters
const FULL = `My hand holds ${MOST} drawings: remove one to keep another.`;
const NO_ROOM = "The browser keeps nothing here beyond this page: save your hand as a file.";
const NO_FILE = "This file holds no drawings that were saved here.";

let steps = makeHistory([[]]);

/** The shelf as the page was left, kept from now on. */
export function comeBackToShelf() {
  steps = makeHistory([read(kept.shelf) ?? []]);
  keep("shelf", () => page.shelf);
  change({ shelf: steps.now() });
}

/** Put another shelf in place; the answer is what a person should know, or "". */
function put(shelf) {
  if (shelf.length > MOST) throw new Error(FULL);
  steps.add(shelf);
  return show();
}
function show() {
  change({ shelf: steps.now() });
  return store() ? "" : NO_ROOM;
}

export const addToShelf = (drawing) => put([...page.shelf, drawing]);
export const relabel = (drawing, digit) => put(page.shelf.map((each) => (each === drawing ? { ...each, digit, own: true } : each)));
export const takeAway = (drawing) => put(page.shelf.filter((each) => each !== drawing));
export const emptyShelf = () => put([]);
export const canUndoShelf = () => steps.canUndo();
export const undoShelf = () => (steps.undo() ? show() : "");

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

export const toFile = () => new Blob([JSON.stringify({ drawings: page.shelf })], { type: "application/json" });

/** Put what a file's text holds beside what is there; throws a sentence where it is nothing of ours. */
export function fromFile(text) {
  const found = text.length <= FILE_LIMIT && read(parsed(text)?.drawings);
  if (!found) throw new Error(NO_FILE);
  const known = new Set(page.shelf.map((each) => JSON.stringify(each)));
  return put([...page.shelf, ...found.filter((each) => !known.has(JSON.stringify(each)))]);
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Drawings from outside, with nothing else about them; or null where they are not sound. */
function read(values) {
  const isSound = Array.isArray(values) && values.every((each) => each && isDigit(each.digit) && isImage(each.image) && areStrokes(each.strokes));
  return isSound ? values.map(({ digit, image, strokes, own }) => ({ digit, image, ...(strokes && { strokes }), own: own === true })) : null;
}

const isDigit = (value) => Number.isInteger(value) && value >= 0 && value <= 9;

function isImage(value) {
  try {
    return typeof value === "string" && bytes(value).length === PIXELS;
  } catch {
    return false;
  }
}

const isPoint = (value) => Array.isArray(value) && value.length === 2 && value.every((number) => Number.isFinite(number) && Math.abs(number) <= 1e4);
const isStroke = (value) => Array.isArray(value) && value.length > 0 && value.every(isPoint);
const areStrokes = (value) => value === undefined || (Array.isArray(value) && value.length <= STROKES && value.every(isStroke) && value.flat().length <= POINTS);
