// What kept drawings tell of a hand, and what is written in it: demo/door/hand.py and demo/tabs/write/writing.py.
import { DIGITS } from "../graphs.js";
import { makeMemory, memoriesOf } from "../memory.js";
import { flat, oneHot, repeated, rounded } from "../numbers.js";
import { rint } from "./even.js";
import { courseOf, handOf } from "./hand.js";
import { inWords, leaning } from "./leaning.js";
import { measure } from "./measure.js";
import { extentOf } from "./outlines.js";
import { gifOf, pngOf } from "./picture.js";
import { sheetOf } from "./sheet.js";
import { rulesOf, svgText, UNITS } from "./svg.js";

const FILES = { png: pngOf, svg: svgText, gif: gifOf };
const TEN = Array.from({ length: DIGITS }, (_, digit) => oneHot(digit));
const KEPT = 200; // drawings whose place and measures are known: another that is kept is looked at alone
const meansOf = memoriesOf(KEPT);
const measured = makeMemory(KEPT);

/** Drawings, {grey, digit} each. */
export async function hand(model, { drawings }) {
  const pictures = drawings.map(({ grey }) => Float32Array.from(grey, (value) => value / 255));
  const digits = drawings.map(({ digit }) => digit);
  const styles = await stylesOf(model, pictures, digits);
  const { style } = handOf(styles);
  const course = courseOf(styles);
  return {
    styles: styles.map((row) => rounded(row)),
    style: rounded(style),
    pictures: model.conditional ? await model.decode(flat(repeated(style, DIGITS)), flat(TEN)) : [],
    course: Object.fromEntries(Object.entries(course).map(([name, values]) => [name, rounded(values)])),
    words: inWords(drawings.length, course.known.at(-1), leaning(model.directions, pictures, digits, measuresOf)),
  };
}

function measuresOf(picture) {
  const key = String(picture);
  return measured.get(key) ?? measured.set(key, measure(picture));
}

/** Each drawing's own, one after another, so that single pictures come in between. */
async function stylesOf(model, pictures, digits) {
  const known = meansOf(model);
  const means = [];
  for (const picture of pictures) {
    const key = String(picture);
    means.push(known.get(key) ?? known.set(key, (await model.encode(picture)).mean));
  }
  const { style } = await model.toStyle(flat(means), model.conditional ? flat(digits.map(oneHot)) : null);
  return means.map((_, k) => [...style.subarray(k * model.size, (k + 1) * model.size)]);
}

/** The outline of each sign with ink, and where it is. */
export async function write(model, question) {
  const sheet = await sheetOf(model, question);
  const all = sheet.outlines.map((outline, k) => ({ outline, index: sheet.indices[k], corner: cornerOf(outline) }));
  const inked = all.filter(({ outline }) => outline.length);
  return {
    width: rounded([sheet.width], 2)[0],
    height: rounded([sheet.height], 2)[0],
    rules: rounded(rulesOf(sheet)),
    units: UNITS,
    signs: inked.map(({ outline, index, corner }) => [index, ...rounded(corner), outline.map(({ length }) => length / 2)]),
    points: Int16Array.from(inked.flatMap(({ outline, corner }) => outline.flatMap((contour) => inUnits(contour, corner)))),
  };
}

const inUnits = (contour, corner) => Array.from(contour, (value, k) => rint(UNITS * (value - corner[k % 2])));

function cornerOf(outline) {
  const { left, top } = extentOf(outline);
  return [left, top];
}

/** The same with {kind: png, svg or gif, scale, ink, paper, ruled} -> that file: a Blob, a text or its bytes. */
export async function written(model, { kind, scale, ink, paper, ruled, ...question }) {
  return FILES[kind](await sheetOf(model, question), { scale, ink, paper, ruled });
}
