// A picture enlarged by cubic splines and blurred: the matrix of vae_core/drawing/morphometrics.py, as zoom and
// gaussian_filter1d of scipy make it.
const SIDE = 28;
export const SCALE = 4; // times each side is enlarged
export const LARGE = SCALE * SIDE;
const SMOOTH = SCALE / 3; // standard deviation of the blur, in enlarged pixels
const RADIUS = Math.floor(4 * SMOOTH + 0.5);
const clamp = (value) => Math.min(1, Math.max(0, value));

let columns; // of the matrix, once it is asked for

/** 784 values in [0, 1] to 112 x 112 of them. */
export function enlarge(picture) {
  columns ??= Array.from({ length: SIDE }, (_, at) => blurred(zoomed(Array.from({ length: SIDE }, (__, k) => Number(k === at)))));
  const wide = new Float64Array(SIDE * LARGE); // row by row
  picture.forEach((value, at) => {
    if (value) add(wide, Math.floor(at / SIDE) * LARGE, columns[at % SIDE], value);
  });
  const large = new Float64Array(LARGE * LARGE);
  columns.forEach((column, row) => {
    const line = wide.subarray(row * LARGE, (row + 1) * LARGE);
    column.forEach((weight, at) => add(large, at * LARGE, line, weight));
  });
  return large.map(clamp);
}

function add(sums, from, values, weight) {
  for (let k = 0; k < LARGE; k++) sums[from + k] += weight * values[k];
}

/** A row as if it went on, mirrored, beyond either end. */
const mirrored = (row, at) => row[at < 0 ? -1 - at : at < row.length ? at : 2 * row.length - 1 - at];

function zoomed(row) {
  const weights = splineOf(row);
  return Array.from({ length: LARGE }, (_, k) => {
    const place = (k + 0.5) / SCALE - 0.5;
    const first = Math.floor(place) - 1;
    return [0, 1, 2, 3].reduce((sum, step) => sum + mirrored(weights, first + step) * basis(Math.abs(place - first - step)), 0);
  });
}

/** The cubic B-spline, so far from its middle. */
const basis = (far) => (far < 1 ? 2 / 3 - far ** 2 + far ** 3 / 2 : Math.max(0, 2 - far) ** 3 / 6);

/** The weights of the spline through a row: they solve (before + 4 own + after) / 6 = value, by elimination. */
function splineOf(row) {
  const pivots = [5]; // at the ends a weight is its own neighbour
  const values = [6 * row[0]];
  for (let k = 1; k < row.length; k++) {
    pivots.push((k === row.length - 1 ? 5 : 4) - 1 / pivots[k - 1]);
    values.push(6 * row[k] - values[k - 1] / pivots[k - 1]);
  }
  const weights = Array(row.length);
  for (let k = row.length - 1; k >= 0; k--) weights[k] = (values[k] - (weights[k + 1] ?? 0)) / pivots[k];
  return weights;
}

function blurred(row) {
  const weights = Array.from({ length: 2 * RADIUS + 1 }, (_, k) => Math.exp(-0.5 * ((k - RADIUS) / SMOOTH) ** 2));
  const total = weights.reduce((sum, weight) => sum + weight);
  return row.map((_, at) => weights.reduce((sum, weight, k) => sum + weight * mirrored(row, at + k - RADIUS), 0) / total);
}
