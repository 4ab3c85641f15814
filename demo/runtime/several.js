// Several digits in one drawing, read one by one, and a picture that lies on its side, as demo/door/several.py does it.
import { flat, likeliest, softmax, toGrey } from "./numbers.js";

const MOST = 2 / 3; // of the parts that must look like digits
const CLEAR = 0.9; // probability of the digit that a turned picture is read as
const DOUBTFUL = 0.6; // probability below which a picture may be turned
const SIDE = 28;
const NAMES = ["", "", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten"];

/** Each digit by itself, {x, digit, probability, strangeness}; none where there is one, or the model knows no digits. */
export async function readParts(model, pictures) {
  const parts = [];
  if (pictures.length < 2 || !model.conditional) return parts;
  for (const x of pictures) parts.push(await readAlone(model, x));
  return parts;
}

async function readAlone(model, x) {
  const said = await model.encode(x);
  const probabilities = softmax(said.logits);
  const y = Float32Array.from(probabilities);
  const [reconstruction] = await model.decode((await model.toStyle(flat([said.mean]), y)).style, y);
  const { strangeness } = await model.doubt(x, reconstruction, said);
  const digit = likeliest(probabilities);
  return { x, digit, probability: probabilities[digit], strangeness };
}

/** Whether parts are digits side by side rather than strokes of one, or of what is no digit. */
export function areDigits(parts, strangeness) {
  const sound = parts.filter((part) => part.strangeness <= 0).length;
  if (parts.length < 2) return false;
  return sound === parts.length || (strangeness > 0 && sound >= MOST * parts.length);
}

export const inWords = (parts) => `${NAMES[parts.length] ?? parts.length} digits: ${parts.map(({ digit }) => digit).join(" ")}.`;

export const tellParts = (parts) => parts.map(({ digit, strangeness, x }) => ({ digit, doubt: strangeness > 0, image: toGrey(x) }));

/** The way to turn a picture that is read as no digit, so that it clearly is one, or null. */
export async function turned(model, x, strangeness, probabilities) {
  if (!model.conditional || (strangeness <= 0 && Math.max(...probabilities) >= DOUBTFUL)) return null;
  const ways = [];
  for (const quarters of [1, 3]) ways.push({ quarters, ...(await readAlone(model, rotated(x, quarters))) });
  const weight = (way) => (way.strangeness <= 0 ? way.probability : 0);
  const best = weight(ways[1]) > weight(ways[0]) ? ways[1] : ways[0];
  if (best.strangeness > 0 || best.probability < CLEAR) return null;
  return { digit: best.digit, quarters: best.quarters, image: toGrey(best.x) };
}

/** Clockwise by one quarter or three. */
function rotated(x, quarters) {
  const from = quarters === 1 ? (row, column) => (SIDE - 1 - column) * SIDE + row : (row, column) => column * SIDE + SIDE - 1 - row;
  return x.map((_, k) => x[from(Math.floor(k / SIDE), k % SIDE)]);
}
