// Signs to their places: digits on a baseline, line below line, as wide as their ink. It is vae_core/writing/layout.py;
// tests hold one to the other.
import { HEIGHT } from "./marks.js";
import { extentOf, moved } from "./outlines.js";

export const GAP = 4; // pixels between the ink of two neighbours, at spacing 1
export const BLANK = 9; // a space's width, at spacing 1
export const CELL = 18; // a sign's width where signs stand below each other, at spacing 1
export const MARGIN = 8; // pixels around the writing
export const ASCENT = 22; // from a baseline to the top of its line
export const LEADING = 32; // from baseline to baseline; what hangs below the last has the rest of it

/** The sheet of a text whose signs have the outlines (a Map by index, baseline at y = 0) of a hand of that slope: the
 * outline of each sign that has ink, in its place, its index in the text, and where the lines stand. */
export function layOut(text, outlines, slope, { spacing = 1, width = null, columns = false } = {}) {
  const signs = [...text];
  const boxes = new Map(Array.from(outlines, ([index, outline]) => [index, boxOf(outline, slope)]));
  const steps = signs.map((_, index) => advance(boxes.get(index), spacing, columns));
  const lengthOf = (line) => line.reduce((total, index) => total + steps[index], 0);
  const margin = MARGIN + (Math.abs(slope) * HEIGHT) / 2; // what leans reaches beyond its box at both ends
  const lines = broken(signs, lengthOf, width === null ? Infinity : width - 2 * margin);
  const longest = Math.max(...lines.map(lengthOf));
  const baselines = lines.map((_, row) => MARGIN + ASCENT + LEADING * row);
  const [placed, indices] = [[], []];
  lines.forEach((line, row) => {
    let x = margin + (columns ? longest - lengthOf(line) : 0);
    for (const index of line) {
      const box = boxes.get(index);
      if (box) {
        placed.push(moved(outlines.get(index), x + (steps[index] - box.width) / 2 - box.left, baselines[row]));
        indices.push(index);
      }
      x += steps[index];
    }
  });
  return { text, outlines: placed, indices, baselines, width: longest + 2 * margin, height: 2 * MARGIN + LEADING * lines.length };
}

/** An outline whose ink begins at x = 0 and stands on y = 0. */
export function grounded(outline) {
  const { left, bottom } = extentOf(outline);
  return moved(outline, -left, -bottom);
}

/** A sign's left edge and width in the frame that leans with the hand, about half the height, where digits meet. */
function boxOf(outline, slope) {
  if (!outline.length) return { left: 0, width: 0 };
  const upright = (contour) => contour.map((value, k) => (k % 2 ? value : value + slope * (contour[k + 1] + HEIGHT / 2)));
  const { left, right } = extentOf(outline.map(upright));
  return { left, width: right - left };
}

function advance(box, spacing, columns) {
  if (columns) return Math.max(CELL * spacing, box ? box.width : 0);
  return box ? box.width + GAP * spacing : BLANK * spacing;
}

/** The indices of each line: broken where the text is, and where it is too long, at its last space if there is one,
 * which is left out then. */
function broken(signs, lengthOf, width) {
  const lines = [[]];
  signs.forEach((sign, index) => {
    if (sign === "\n") return lines.push([]);
    const line = lines.at(-1);
    line.push(index);
    if (line.length > 1 && lengthOf(line) > width) lines.push(restOf(line, signs));
  });
  return lines;
}

/** What goes from a line that is too long to the next. */
function restOf(line, signs) {
  const space = line.reduce((found, index, at) => (at && signs[index] === " " ? at : found), 0) || line.length - 1;
  const rest = line.splice(space);
  return signs[rest[0]] === " " ? rest.slice(1) : rest;
}
