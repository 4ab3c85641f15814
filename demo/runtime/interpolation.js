// From one style to another in even steps, as demo/door/interpolation.py goes.
const ALIGNED = 1e-6; // sine of the angle below which two directions count as one, or as opposite

const dot = (a, b) => a.reduce((sum, value, k) => sum + value * b[k], 0);
const length = (a) => Math.sqrt(dot(a, a));

/** At each share of the way: the style, and the ten values of the digit; `vary` is style, digit or both. */
export function way(start, end, shares, vary) {
  const along = (share) => start.digits.map((value, k) => (1 - share) * value + share * end.digits[k]);
  const turned = arc(start.style, end.style);
  return shares.map((share) => ({ style: turned(vary === "digit" ? 0 : share), digits: along(vary === "style" ? 0 : share) }));
}

/** The place at a share of the way: the direction turns evenly and the length changes linearly. */
function arc(a, b) {
  const lengths = [length(a), length(b)];
  if (Math.min(...lengths) === 0 || a.length === 1) return (share) => a.map((value, k) => (1 - share) * value + share * b[k]);
  const [u, v] = [a.map((value) => value / lengths[0]), b.map((value) => value / lengths[1])];
  const off = (direction) => direction.map((value, k) => value - dot(u, direction) * u[k]);
  let sideways = off(v);
  const angle = Math.atan2(length(sideways), dot(u, v));
  if (length(sideways) < ALIGNED) {
    const least = u.reduce((best, value, k) => (Math.abs(value) < Math.abs(u[best]) ? k : best), 0);
    sideways = off(u.map((_, k) => Number(k === least)));
  }
  const norm = length(sideways);
  return (share) => {
    const far = (1 - share) * lengths[0] + share * lengths[1];
    return u.map((value, k) => far * (Math.cos(share * angle) * value + (Math.sin(share * angle) * sideways[k]) / norm));
  };
}
