// A plane in a model's space of styles: places (x, y) on the map to styles, and back.
const LIMIT = 20; // sigma, as far as the server decodes
const LEFT_OUT = 0.01; // of the points, at each edge of the whole map
const MARGIN = 1.15;

const dot = (a, b) => a.reduce((sum, value, k) => sum + value * b[k], 0);

/** Of the server's answer; its axes are orthonormal. */
export function makeSpace({ origin, axes, share, x, y, digits, conditional }) {
  const isWhole = origin.length <= 2;
  let base = origin;
  const of = (style) => axes.map((axis) => dot(axis, style) - dot(axis, origin));
  const along = (from, [x, y]) => from.map((value, k) => value + x * axes[0][k] + y * axes[1][k]);
  return {
    conditional,
    points: { x, y, digits },
    whole: wholeOf([x, y]),
    names: isWhole ? ["w0", "w1"] : ["PC 1", "PC 2"],
    sentence: `${isWhole ? WHOLE : projection(share)} The digit decides ${percent(decided({ x, y, digits }))} of where one lies.`,
    version: 0, // how often the plane was laid anew
    of,
    at: (place) => along(base, place).map((value) => Math.min(LIMIT, Math.max(-LIMIT, value))),
    /** Lay the plane through a style, or back through the origin: what lies off the axes is then that style's. */
    through(style) {
      base = style ? along(style, of(style).map((value) => -value)) : origin;
      this.version += 1;
    },
    /** One sigma of what a drawing says of its style, {radii, angle}: its covariance seen along the plane, by its own axes. */
    ellipse(std) {
      const covariance = (a, b) => std.reduce((sum, s, k) => sum + s * s * axes[a][k] * axes[b][k], 0);
      const [xx, xy, yy] = [covariance(0, 0), covariance(0, 1), covariance(1, 1)];
      const [middle, apart] = [(xx + yy) / 2, Math.hypot((xx - yy) / 2, xy)];
      return { radii: [middle + apart, Math.max(0, middle - apart)].map(Math.sqrt), angle: Math.atan2(2 * xy, xx - yy) / 2 };
    },
  };
}

const percent = (share) => `${Math.round(100 * share)} %`;
const WHOLE = "Every style of a model of two latent values. Points are digits of MNIST’s test set.";
const projection = (share) => `The two directions MNIST’s test digits differ most in, ${percent(share)} of their variance, laid through your drawing.`;

/** The share of the points' variance that lies between the digits, not within them. */
function decided({ x, y, digits }) {
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const parts = [x, y].map((values) => {
    const means = Array.from({ length: 10 }, (_, digit) => mean(values.filter((_, k) => digits[k] === digit)));
    const middle = mean(values);
    return { between: mean(digits.map((digit) => (means[digit] - middle) ** 2)), all: mean(values.map((value) => (value - middle) ** 2)) };
  });
  return (parts[0].between + parts[1].between) / Math.max(1e-12, parts[0].all + parts[1].all);
}

function wholeOf(coordinates) {
  const edges = coordinates.map((values) => {
    const sorted = [...values].sort((a, b) => a - b);
    return [LEFT_OUT, 1 - LEFT_OUT].map((share) => sorted[Math.round(share * (sorted.length - 1))]);
  });
  return { centre: edges.map(([low, high]) => (low + high) / 2), half: edges.map(([low, high]) => Math.max(0.5, (MARGIN * (high - low)) / 2)) };
}
