// Grey pictures of digits to smooth outlines: the arithmetic of vae_core/writing/outlines.py, whose words say why; tests
// hold one to the other. An outline is a list of contours, closed quadratic B-splines: the x and y of control points by
// turns, x to the right and y down, in the model's pixels.
import { levelLines } from "./levels.js";

const STEP = 1; // pixels between two control points
const LEAST_POINTS = 6;
const SMOOTHINGS = 6;
const [INWARDS, OUTWARDS] = [0.5, -0.53];
const LEAST_AREA = 1.5; // square pixels
const SPAN_POINTS = 4;

/** The outline of 784 numbers in [0, 1]; of a blank picture one without contours. */
export function trace(picture) {
  const contours = levelLines(picture).map((line) => smooth(sampled(line)));
  return contours.filter((contour) => Math.abs(areaOf(contour)) >= LEAST_AREA);
}

export const moved = (outline, x, y) => outline.map((contour) => contour.map((value, k) => value + (k % 2 ? y : x)));

/** {left, top, right, bottom} of all control points; of none, infinite the wrong way round. */
export function extentOf(outline) {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const contour of outline) {
    for (let k = 0; k < contour.length; k += 2) {
      left = Math.min(left, contour[k]);
      right = Math.max(right, contour[k]);
      top = Math.min(top, contour[k + 1]);
      bottom = Math.max(bottom, contour[k + 1]);
    }
  }
  return { left, top, right, bottom };
}

/** Points on a closed B-spline, SPAN_POINTS of each of its parabolas. */
export function flatten(contour) {
  const on = new Float64Array(SPAN_POINTS * contour.length);
  contour.forEach((value, k) => {
    const [start, end] = [(value + before(contour, k)) / 2, (value + after(contour, k)) / 2];
    for (let span = 0; span < SPAN_POINTS; span++) {
      const t = span / SPAN_POINTS;
      const at = 2 * (SPAN_POINTS * Math.floor(k / 2) + span) + (k % 2);
      on[at] = (1 - t) ** 2 * start + 2 * t * (1 - t) * value + t ** 2 * end;
    }
  });
  return on;
}

/** The area that a polygon goes around, from x towards y; the other way around it is negative. */
export const areaOf = (polygon) => overSides(polygon, (x, y, nextX, nextY) => x * nextY - y * nextX) / 2;

export const lengthOf = (polygon) => overSides(polygon, (x, y, nextX, nextY) => Math.hypot(nextX - x, nextY - y));

function overSides(polygon, measure) {
  let total = 0;
  for (let k = 0; k < polygon.length; k += 2) {
    const next = (k + 2) % polygon.length;
    total += measure(polygon[k], polygon[k + 1], polygon[next], polygon[next + 1]);
  }
  return total;
}

/** What a closed line has on the same axis a point before, and a point after. */
const before = (line, k) => line[k < 2 ? k - 2 + line.length : k - 2];
const after = (line, k) => line[k + 2 < line.length ? k + 2 : k + 2 - line.length];

/** A line whose last point is its first, sampled STEP apart or a little less. */
function sampled(line) {
  const way = wayAlong(line);
  const length = way[way.length - 1];
  const points = new Float64Array(2 * Math.max(LEAST_POINTS, Math.ceil(length / STEP)));
  for (let k = 0, from = 0; k < points.length; k += 2) {
    const at = (k / points.length) * length;
    while (from < way.length - 2 && way[from + 1] <= at) from++;
    const share = (at - way[from]) / (way[from + 1] - way[from] || 1);
    for (const at of [2 * from, 2 * from + 1]) points[k + (at % 2)] = line[at] + share * (line[at + 2] - line[at]);
  }
  return points;
}

/** How far each point of a line is from its first. */
function wayAlong(line) {
  const way = new Float64Array(line.length / 2);
  for (let k = 1, at = 2; k < way.length; k++, at += 2) {
    way[k] = way[k - 1] + Math.hypot(line[at] - line[at - 2], line[at + 1] - line[at - 1]);
  }
  return way;
}

/** A closed line without its short waves. */
function smooth(points) {
  for (let turn = 0; turn < 2 * SMOOTHINGS; turn++) {
    const share = turn % 2 ? OUTWARDS : INWARDS;
    points = points.map((value, k) => value + share * ((before(points, k) + after(points, k)) / 2 - value));
  }
  return points;
}
