// Kept drawings as text, in a file or in the browser's storage, and back: {digit, image, strokes, own} each, which is what
// it is, what the model sees of it in base64, the pen's strokes where there were any, and whether a person said what it is.
import { bytes } from "./picture.js";

const LIMIT = 8_000_000; // characters
const STROKES = 200; // of a drawing
const POINTS = 4000; // of a drawing
const PIXELS = 784;

export const toText = (drawings) => JSON.stringify({ drawings });

/** Drawings as a text from outside tells them, or null where it is nothing of ours. */
export function fromText(text) {
  try {
    return text.length <= LIMIT ? sound(JSON.parse(text).drawings) : null;
  } catch {
    return null;
  }
}

/** Drawings from outside, with nothing else about them; or null where they are not sound. */
export function sound(values) {
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
