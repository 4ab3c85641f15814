// Rounding as Python and numpy do it: what lies in the middle goes to its even neighbour.

/** As `round` and `np.rint`. */
export function rint(value) {
  const below = Math.floor(value);
  const beyond = value - below;
  return beyond < 0.5 || (beyond === 0.5 && below % 2 === 0) ? below : below + 1;
}

/** As the format ".1f". Only quarters lie in the middle of two tenths, and ten of them are exact. */
export const tenths = (value) => (Number.isInteger(4 * value) ? rint(10 * value) / 10 : value).toFixed(1);
