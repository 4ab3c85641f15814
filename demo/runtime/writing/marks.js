// Marks between digits, drawn as strokes of a pen that leans and is as thick as the hand that writes beside it: the
// arithmetic of vae_core/writing/marks.py; tests hold one to the other.
import { areaOf, flatten, lengthOf } from "./outlines.js";

const SIDE = 28;
export const HEIGHT = 20; // pixels that MNIST scales a digit's longer side to
export const STROKES = { // of each mark: the points of its strokes, x to the right and y up from the baseline, in pixels
  "-": [[[0, 8.5], [7, 8.5]]],
  ".": [[[0, 0.6], [0.5, 0.6]]],
  ",": [[[1.6, 1.2], [1.5, -1.2], [0, -3.6]]],
  ":": [[[0, 2.6], [0.5, 2.6]], [[0, 11.6], [0.5, 11.6]]],
  "/": [[[0, -1.5], [7, 20.5]]],
  "+": [[[0, 9], [9, 9]], [[4.5, 4.5], [4.5, 13.5]]],
  "(": [[[4.5, 21], [1.2, 16.5], [0, 9.5], [1.2, 2.5], [4.5, -2]]],
  ")": [[[0, 21], [3.3, 16.5], [4.5, 9.5], [3.3, 2.5], [0, -2]]],
};
export const WOBBLE = 0.35; // pixels, standard deviation of a mark's points at variation 1
const CAP_POINTS = 5; // of a stroke's round end

/** {slope: pixels to the right per pixel up, thickness: pixels} of some digits and their outlines. */
export function penOf(pictures, outlines) {
  const contours = outlines.flat().map(flatten);
  const sum = (values) => values.reduce((total, value) => total + value, 0);
  const slope = sum(pictures.map(slopeOf)) / pictures.length;
  return { slope, thickness: (2 * sum(contours.map(areaOf))) / Math.max(sum(contours.map(lengthOf)), 1) };
}

/** How many numbers a mark's points are, and so how many of noise it takes. */
export const pointsOf = (sign) => STROKES[sign].flat(2).length;

/** A mark, its baseline at y = 0, every point of its strokes off by `wobble` pixels times `noise`, x and y by turns. */
export function mark(sign, { slope, thickness }, wobble, noise) {
  let taken = 0;
  return STROKES[sign].map((stroke) => {
    const points = stroke.map((point) => point.map((value) => value + wobble * noise[taken++]));
    return thick(points.map(([x, y]) => [x + slope * y, -y]), thickness / 2);
  });
}

/** Pixels to the right per pixel up, from the second moments; 0 where there is no height. */
function slopeOf(picture) {
  const moment = (measure) => picture.reduce((total, ink, at) => total + ink * measure(at % SIDE, Math.floor(at / SIDE)), 0);
  const total = moment(() => 1);
  if (total <= 0) return 0;
  const [left, down] = [moment((x) => x) / total, moment((_, y) => y) / total];
  const tall = moment((_, y) => (y - down) ** 2);
  return tall > 0 ? -moment((x, y) => (x - left) * (y - down)) / tall : 0;
}

/** The contour of a stroke along points, with round ends. */
function thick(points, radius) {
  const line = rounded(points);
  const across = line.map((_, k) => {
    const [before, after] = [line[Math.max(k - 1, 0)], line[Math.min(k + 1, line.length - 1)]];
    const [x, y] = [after[0] - before[0], after[1] - before[1]];
    const scale = radius / Math.max(Math.hypot(x, y), 1e-9);
    return [-y * scale, x * scale];
  });
  const beside = (side) => line.map(([x, y], k) => [x + side * across[k][0], y + side * across[k][1]]);
  const [out, back] = [beside(-1), beside(1).reverse()];
  return Float64Array.from([...out, ...cap(out.at(-1), back[0]), ...back, ...cap(back.at(-1), out[0])].flat());
}

/** A stroke through its points, with those between two of them on a curve. */
function rounded(points) {
  const count = points.length === 2 ? 3 : 3 * points.length;
  const axes = [0, 1].map((axis) => spline(points.map((point) => point[axis])));
  return Array.from({ length: count }, (_, k) => axes.map((value) => value((k * (points.length - 1)) / (count - 1))));
}

/** The cubic through values at 0, 1, 2 ... whose first two pieces are one, and its last two ("not a knot"). */
function spline(values) {
  const bends = bendsOf(values);
  return (at) => {
    const k = Math.min(Math.floor(at), values.length - 2);
    const [left, right] = [k + 1 - at, at - k];
    const straight = left * values[k] + right * values[k + 1];
    return straight + ((left ** 3 - left) * bends[k] + (right ** 3 - right) * bends[k + 1]) / 6;
  };
}

/** The second derivative at each value: of two a line's, of three a parabola's. */
function bendsOf(values) {
  const last = values.length - 1;
  if (last < 2) return [0, 0];
  const bends = values.map((value, k) => (k && k < last ? values[k - 1] - 2 * value + values[k + 1] : 0));
  const shares = [0, 0]; // of the next bend in each, by elimination: bend before + 4 bends + bend after = 6 differences
  for (let k = 2; k < last - 1; k++) {
    shares[k] = 1 / (4 - shares[k - 1]);
    bends[k] = (6 * bends[k] - bends[k - 1]) * shares[k];
  }
  for (let k = last - 2; k > 1; k--) bends[k] -= shares[k] * bends[k + 1];
  const beyond = (one, next) => (last > 2 ? 2 * bends[one] - bends[next] : bends[one]);
  [bends[0], bends[last]] = [beyond(1, 2), beyond(last - 1, last - 2)];
  return bends;
}

/** Half a circle from a point to another, without these. */
function cap(from, to) {
  const [x, y] = [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2];
  const arm = [from[0] - x, from[1] - y];
  return Array.from({ length: CAP_POINTS }, (_, k) => {
    const turn = (Math.PI * (k + 1)) / (CAP_POINTS + 1);
    const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
    return [x + cos * arm[0] - sin * arm[1], y + cos * arm[1] + sin * arm[0]];
  });
}
