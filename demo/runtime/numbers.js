// Rows of numbers as the models take them, and what the server does to numbers before it tells them.
import { DIGITS } from "./graphs.js";

export const SIGMAS = 20; // as far from the middle of the prior as a style may lie

export const rounded = (values, decimals = 4) => Array.from(values, (value) => Math.round(value * 10 ** decimals) / 10 ** decimals);
export const bounded = (values) => Array.from(values, (value) => Math.min(SIGMAS, Math.max(-SIGMAS, value)));
export const likeliest = (values) => values.reduce((best, value, k) => (value > values[best] ? k : best), 0);
export const flat = (rows) => Float32Array.from(rows.flatMap((row) => [...row]));
export const oneHot = (digit) => Array.from({ length: DIGITS }, (_, k) => Number(k === digit));
export const repeated = (row, count) => Array.from({ length: count }, () => row);
export const toGrey = (x) => Uint8Array.from(x, (value) => Math.round(255 * Math.min(1, Math.max(0, value))));
export const sigmoid = (logit) => 1 / (1 + Math.exp(-logit));

export function softmax(logits) {
  const most = Math.max(...logits);
  const powers = Array.from(logits, (logit) => Math.exp(logit - most));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
}

/** One style or many, and a digit, several, or rows of ten probabilities, to as many rows of both; y is null where the
 * model knows no digits. */
export function pair({ conditional }, style, digit) {
  const styles = Array.isArray(style[0]) ? style : [style];
  if (!conditional) return [flat(styles), null];
  const digits = (Array.isArray(digit) ? digit : [digit]).map((one) => (Array.isArray(one) ? one : oneHot(one)));
  const count = Math.max(styles.length, digits.length);
  const all = (rows) => (rows.length === count ? rows : repeated(rows[0], count));
  return [flat(all(styles)), flat(all(digits))];
}
