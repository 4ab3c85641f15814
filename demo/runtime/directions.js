// How to move a style so that one measure of the digit changes and the others stay: vae_core/directions.py, which says
// where it comes from.
const dot = (a, b) => a.reduce((sum, value, k) => sum + value * b[k], 0);
const times = (matrix, vector) => matrix.map((row) => dot(row, vector));

export function measures(directions, style, digit) {
  return layers(directions, style, digit).values;
}

/** The style whose picture measures `by` more. */
export function move(directions, style, digit, by) {
  const { spread, steps, ridge } = directions;
  const start = measures(directions, style, digit);
  let moved = style;
  for (let step = 1; step <= steps; step++) {
    const { values, slopes } = layers(directions, moved, digit);
    const missing = start.map((value, m) => (value + (by[m] * step) / steps - values[m]) / spread[m]);
    const scaled = slopes.map((row, m) => row.map((value) => value / spread[m]));
    const gram = scaled.map((row, m) => scaled.map((other, n) => dot(row, other) + (m === n ? ridge : 0)));
    const weights = solve(gram, missing);
    moved = moved.map((value, k) => value + dot(weights, scaled.map((row) => row[k])));
  }
  return moved;
}

/** The measures, and how each changes along each dimension of the style. */
function layers({ input, input_bias, hidden, hidden_bias, output, centre }, style, digit) {
  const first = times(input, style).map((value, k) => Math.tanh(value + input_bias[digit][k]));
  const second = times(hidden, first).map((value, k) => Math.tanh(value + hidden_bias[k]));
  const back = (rows, units, weights) => rows.map((row) => combine(row.map((value, k) => value * (1 - units[k] ** 2)), weights));
  return {
    values: times(output, second).map((value, m) => value + centre[digit][m]),
    slopes: back(back(output, second, hidden), first, input),
  };
}

/** The sum of rows, each as often as its weight says. */
const combine = (weights, rows) => rows[0].map((_, column) => weights.reduce((sum, weight, k) => sum + weight * rows[k][column], 0));

/** x of matrix . x = vector, by elimination; the matrix is symmetric and positive. */
function solve(matrix, vector) {
  const rows = matrix.map((row, k) => [...row, vector[k]]);
  rows.forEach((pivot, k) => {
    for (const row of rows.slice(k + 1)) {
      const share = row[k] / pivot[k];
      for (let column = k; column < row.length; column++) row[column] -= share * pivot[column];
    }
  });
  const x = Array(rows.length).fill(0);
  for (let k = rows.length - 1; k >= 0; k--) x[k] = (rows[k].at(-1) - dot(rows[k].slice(0, -1), x)) / rows[k][k];
  return x;
}
