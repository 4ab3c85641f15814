// Chance: numbers of the standard normal distribution (Box and Muller).
const from = (uniform) => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());

/** One that is not meant to be repeatable. */
export const normal = () => from(Math.random);

/** Rows of numbers; the same seed draws the same ones (mulberry32). */
export function normals(seed, rows, columns) {
  let state = seed;
  const uniform = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  return Array.from({ length: rows }, () => Array.from({ length: columns }, () => from(uniform)));
}
