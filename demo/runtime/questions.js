// The page's questions about one model, answered by its graphs. The answers are those of the server.
import { measures, move } from "./directions.js";
import { dissect as walk } from "./dissection.js";
import { enlarged, GREYS, makeGif } from "./gif.js";
import { way } from "./interpolation.js";
import { marksOf, PAGE } from "./marks.js";
import { newest } from "./newest.js";
import { bounded, flat, likeliest, oneHot, pair, repeated, rounded, softmax, toGrey } from "./numbers.js";
import { readParts, tellParts, turned } from "./several.js";
import { renderStrokes } from "./strokes.js";
import { judge } from "./verdict.js";

const SIDE = 28;
const SPREAD = 2; // a standard deviation of values in [0, 1] is at most a half
const STEPS = 101; // of a morph
const GIF_STEPS = 51;
const GIF_SCALE = 8;
const GIF_HUNDREDTHS = 4; // of a second that each is shown

const unit = (grey) => Float32Array.from(grey, (value) => value / 255);
const seen = ({ strokes, grey }) => (grey ? unit(grey) : renderStrokes(strokes));

/** Each digit of several, and whether they are a page of writing: of strokes as they lie, of a picture as it was told. */
function partsOf({ strokes, parts = [], count = 1 }) {
  if (!strokes) return { pictures: parts.map(unit), page: count > PAGE };
  const marks = marksOf(strokes.filter(({ length }) => length)).slice(0, PAGE);
  return { pictures: marks.length < 2 ? [] : marks.map((mark) => renderStrokes(mark)), page: false };
}

/** Digit and reconstruction, which `early` gets, and unless it is to be brief spread and hand, which take most of the time.
 * Other readings go ahead of that; nothing comes of it where a newer one waits to be filled in as well. */
export async function read(model, { drawing, brief }, early) {
  const x = seen(drawing);
  const said = await model.encode(x);
  const z = [...said.mean];
  const probabilities = said.logits && softmax(said.logits);
  const digit = probabilities && likeliest(probabilities);
  const codes = [z, z, ...model.draws.map((row) => z.map((value, k) => value + said.std[k] * row[k]))];
  const told = probabilities && [oneHot(digit), ...repeated(probabilities, codes.length - 1)];
  const { style } = await model.toStyle(flat(codes), told && flat(told));
  const [own, middle, ...samples] = codes.map((_, k) => style.slice(k * z.length, (k + 1) * z.length));
  const [reconstruction] = await decoded(model, [middle], probabilities && [probabilities]);
  const doubt = await model.doubt(x, reconstruction, said);
  const { pictures, page } = partsOf(drawing);
  const parts = await readParts(model, pictures);
  const verdict = judge(doubt, probabilities, parts, page);
  const known = { style: rounded(own), verdict, parts: verdict.kind === "several" ? tellParts(parts) : [], seen: toGrey(x), reconstruction, ...(probabilities && { digit, probabilities: rounded(probabilities) }) };
  if (brief) return { ...known, hand: [] };
  early(known);
  const doubtful = drawing.grey && !parts.length ? { x, strangeness: doubt.strangeness } : null;
  const rest = await fill(model, { style: own, samples, probabilities, doubtful });
  return rest && { ...known, ...rest };
}

/** The ten digits in the style of a reading, the spread over its samples, and how a doubtful picture is turned. */
const fill = newest(async (model, { style, samples, probabilities, doubtful }) => {
  const hand = probabilities ? await decoded(model, repeated(style, 10), probabilities.map((_, each) => oneHot(each))) : [];
  const strays = await decoded(model, samples, probabilities && repeated(probabilities, samples.length));
  const way = doubtful && (await turned(model, doubtful.x, doubtful.strangeness, probabilities));
  return { hand, spread: spreadOf(strays), ...(way && { turned: way }) };
});

const decoded = (model, rows, digits) => model.decode(flat(rows), digits && flat(digits));

/** The standard deviation of each pixel. */
function spreadOf(pictures) {
  return pictures[0].map((_, k) => {
    const mean = pictures.reduce((sum, picture) => sum + picture[k], 0) / pictures.length;
    const variance = pictures.reduce((sum, picture) => sum + (picture[k] - mean) ** 2, 0) / pictures.length;
    return Math.min(255, Math.round(SPREAD * Math.sqrt(variance)));
  });
}

export const decode = (model, { style, digit }) => model.decode(...pair(model, style, digit));

export async function translate(model, { z, digit }) {
  return { style: rounded(bounded((await model.toStyle(...pair(model, z, digit))).style)) };
}

export function reshape({ directions }, { style, digit, by }) {
  const moved = by.some(Boolean) ? move(directions, style, digit, by) : style;
  return { style: rounded(bounded(moved)), values: rounded(measures(directions, moved, digit)), low: rounded(directions.low[digit]), high: rounded(directions.high[digit]) };
}

/** A drawing's style, and how far along each of its dimensions the drawing may stray and mean the same. */
export async function locate(model, { drawing }) {
  const { mean, std, logits } = await model.encode(seen(drawing));
  const places = [1, -1].flatMap((sign) => Array.from(mean, (_, moved) => mean.map((value, k) => (k === moved ? value + sign * std[k] : value))));
  const digits = logits && flat(repeated(oneHot(likeliest(logits)), places.length + 1));
  const { style } = await model.toStyle(flat([mean, ...places]), digits);
  const at = (row, k) => style[row * model.size + k];
  const spread = mean.map((_, k) => Math.sqrt(mean.reduce((sum, __, moved) => sum + ((at(1 + moved, k) - at(1 + model.size + moved, k)) / 2) ** 2, 0)));
  return { style: rounded(style.subarray(0, model.size)), std: rounded(spread) };
}

export async function morph(model, question) {
  const { start, end, all } = steps(model, question, STEPS);
  const pictures = await decodeAll(model, [...all, start, end]);
  return { pictures: pictures.slice(0, STEPS), ends: pictures.slice(STEPS), style: all.map(({ style }) => rounded(style)), digits: all.map(({ digits }) => likeliest(digits)) };
}

export async function gif(model, question) {
  const pictures = await decodeAll(model, steps(model, question, GIF_STEPS).all);
  const back = pictures.slice(1, -1).map((_, k, { length }) => pictures[length - k]);
  const frames = [...pictures, ...back].map((picture) => ({ pixels: enlarged(picture, SIDE, GIF_SCALE), hundredths: GIF_HUNDREDTHS }));
  return makeGif({ width: SIDE * GIF_SCALE, height: SIDE * GIF_SCALE, palette: GREYS, frames });
}

function steps(model, { start, end, vary }, count) {
  const [from, to] = [start, end].map(({ style, digit }) => ({ style, digits: oneHot(digit ?? 0) }));
  return { start: from, end: to, all: way(from, to, Array.from({ length: count }, (_, k) => k / (count - 1)), vary) };
}

const decodeAll = (model, places) => model.decode(...pair(model, places.map(({ style }) => style), places.map(({ digits }) => digits)));

export const dissect = (model, { drawing, ...set }) => walk(model, seen(drawing), set);
