// A text in somebody's hand, as a sheet of outlines: vae_core/writing/write.py, whose words say how.
import { DIGITS } from "../graphs.js";
import { makeMemory, memoriesOf } from "../memory.js";
import { flat, oneHot, repeated, sigmoid } from "../numbers.js";
import { Unanswerable } from "../strokes.js";
import { normals } from "./generator.js";
import { handOf, reshaped, strayed } from "./hand.js";
import { grounded, layOut } from "./layout.js";
import { mark, penOf, pointsOf, STROKES, WOBBLE } from "./marks.js";
import { trace } from "./outlines.js";
import { repr } from "./repr.js";
import { readText } from "./text.js";

const KEPT = 1000; // digits of a model whose outlines are known: while a text grows, what is written stays as it is
const TEN = Array.from({ length: DIGITS }, (_, digit) => digit);
const outlinesOf = memoriesOf(KEPT);
const noises = makeMemory(2); // by seed
const CHUNK = 2048; // numbers of noise that are drawn at once

/** {text, styles, seed, variation, slant, thickness, spacing, width, columns} -> the sheet, as layout.js tells. */
export async function sheetOf(model, { text, styles, seed = 0, variation = 1, slant = 0, thickness = 0, spacing = 1, width = null, columns = false }) {
  const plain = readText(text);
  if (!model.conditional) throw new Unanswerable(`expected a model that takes a digit, got ${repr(model.name)}`);
  const hand = handOf(styles);
  const places = [...plain].flatMap((sign, place) => (isDigit(sign) ? [place] : []));
  const digits = [...places.map((place) => Number(plain[place])), ...TEN];
  const noise = noiseOf(seed, plain.length * model.size);
  const rows = places.map((place) => noise.subarray(place * model.size, (place + 1) * model.size));
  const all = [...strayed(hand, variation, rows), ...repeated(hand.style, DIGITS)];
  const drawn = await draw(model, reshaped(model.directions, all, digits, { slant, thickness }, model.name), digits);
  const ten = drawn.splice(places.length);
  const pen = penOf(ten.map(({ picture }) => picture), ten.map(({ outline }) => outline));
  const outlines = new Map(places.map((place, k) => [place, grounded(drawn[k].outline)]));
  for (const [place, sign] of [...plain].entries()) {
    if (sign in STROKES) outlines.set(place, mark(sign, pen, WOBBLE * variation, normals([seed, place], pointsOf(sign))));
  }
  return layOut(plain, outlines, pen.slope, { spacing, width, columns });
}

const isDigit = (sign) => sign >= "0" && sign <= "9";

/** So many numbers at least; more of a seed begin with those that were fewer. */
function noiseOf(seed, count) {
  const known = noises.get(seed);
  if (known?.length >= count) return known;
  return noises.set(seed, normals(seed, CHUNK * Math.ceil(count / CHUNK)));
}

/** Digits in styles -> {picture, outline} each; only those are decoded that are not known yet. */
async function draw(model, styles, digits) {
  const memory = outlinesOf(model);
  const keys = styles.map((style, k) => `${digits[k]} ${style.join(" ")}`);
  const found = new Map(keys.map((key) => [key, memory.get(key)])); // whatever is forgotten meanwhile
  const unknown = [...new Map(keys.map((key, k) => [key, k]))].filter(([key]) => !found.get(key));
  const logits = await model.decodeLogits(flat(unknown.map(([, k]) => styles[k])), flat(unknown.map(([, k]) => oneHot(digits[k]))));
  unknown.forEach(([key], k) => {
    const picture = logits[k].map(sigmoid);
    found.set(key, memory.set(key, { picture, outline: trace(picture) }));
  });
  return keys.map((key) => found.get(key));
}
