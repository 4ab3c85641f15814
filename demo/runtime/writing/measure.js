// What a digit looks like: the measures of vae_core/drawing/morphometrics.py, whose words say what they are.
import { enlarge, LARGE, SCALE } from "./enlarge.js";
import { filled, skeletonOf } from "./skeleton.js";

const TRIM = 0.01; // share of the ink that may lie beyond each side of the box
const LEAST_INK = 0.1; // contrast below which a picture is blank

/** 784 values in [0, 1] to slant in degrees and thickness, width, height and length in pixels; null where there is no stroke. */
export function measure(picture) {
  const ink = enlarge(picture);
  const [low, high] = rangeOf(ink);
  const black = new Uint8Array(ink.map((value) => Number(value >= 0.5 * (low + high))));
  const skeleton = skeletonOf(black, LARGE);
  const bones = filled(skeleton);
  if (high - low < LEAST_INK || bones.length < 2) return null;
  const shear = shearOf(ink);
  const width = extent(ink, (x, y) => x + shear * y);
  const height = extent(ink, (_, y) => y);
  const pixels = [2 * depth(black, bones), width, height, lengthOf(skeleton, bones)];
  return [(Math.atan(shear) * 180) / Math.PI, ...pixels.map((value) => value / SCALE)];
}

const column = (at) => at % LARGE;
const row = (at) => Math.floor(at / LARGE);

function rangeOf(values) {
  let [low, high] = [Infinity, -Infinity];
  for (let k = 0; k < values.length; k++) {
    if (values[k] < low) low = values[k];
    if (values[k] > high) high = values[k];
  }
  return [low, high];
}

/** Pixels to the right per pixel up, from the second moments. */
function shearOf(ink) {
  const total = (of) => ink.reduce((sum, value, at) => sum + value * of(at), 0);
  const all = total(() => 1);
  const [x, y] = [total(column) / all, total(row) / all];
  return -total((at) => (column(at) - x) * (row(at) - y)) / total((at) => (row(at) - y) ** 2);
}

/** How far the ink reaches along one axis, but for TRIM of it at either end. */
function extent(ink, axis) {
  const places = ink.map((_, at) => axis(column(at), row(at)));
  const [first, last] = rangeOf(places);
  const shares = Array(1 + Math.floor(last - first)).fill(0);
  ink.forEach((value, at) => (shares[Math.floor(places[at] - first)] += value));
  const all = ink.reduce((sum, value) => sum + value, 0);
  let passed = 0;
  const reached = [0, ...shares.map((share) => (passed += share) / all)];
  return crossing(reached, 1 - TRIM) - crossing(reached, TRIM);
}

/** Where values that never fall from 0 pass a level, between two of them. */
function crossing(values, level) {
  const next = values.findIndex((value) => value > level);
  return next - (values[next] - level) / (values[next] - values[next - 1]);
}

/** How far the skeleton lies from the paper, on average. */
function depth(black, bones) {
  const columns = Array.from({ length: LARGE }, (_, x) => distances(Array.from({ length: LARGE }, (__, y) => black[y * LARGE + x])));
  const far = (at) => Math.sqrt(Math.min(...columns.map((down, x) => down[row(at)] ** 2 + (x - column(at)) ** 2)));
  return bones.reduce((sum, at) => sum + far(at), 0) / bones.length;
}

/** How far each pixel of a line is from the next that is 0. */
function distances(line) {
  const far = line.map((value) => (value ? Infinity : 0));
  for (let k = 1; k < far.length; k++) far[k] = Math.min(far[k], far[k - 1] + 1);
  for (let k = far.length - 2; k >= 0; k--) far[k] = Math.min(far[k], far[k + 1] + 1);
  return far;
}

/** Steps between neighbours on the skeleton: 1 along a side, the root of 2 across a corner. */
function lengthOf(skeleton, bones) {
  const count = (right, down) => bones.filter((at) => column(at) + right >= 0 && column(at) + right < LARGE && skeleton[at + down * LARGE + right]).length;
  return count(1, 0) + count(0, 1) + Math.SQRT2 * (count(1, 1) + count(-1, 1));
}
