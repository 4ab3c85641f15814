// A hand: what its drawings agree on, how far they stray from it, how it came to be known, and how it strays as it writes.
// vae_core/writing/hand.py and course.py, whose words say why.
import { move } from "../directions.js";
import { Unanswerable } from "../strokes.js";
import { repr } from "./repr.js";

const STRAY = 0.83; // standard deviations of the prior, by which one writer's digits stray from their mean
const BETWEEN = 1 - STRAY ** 2; // the variance of writers' mean styles
const SHARE = 0.46; // of how far digits stray, by which those of one kind do at variation 1
const COMMON = 0.6; // of the prior's mean squared length, within which digits are read however they stray
const PULL = 2; // times the squared length of what they stray by, that the mean's is shortened by beyond it
const KNOWN = 10; // drawings' worth of evidence that STRAY counts as
const FARTHEST = 20; // standard deviations of the prior, as far as a style may lie
export const [MAX_SLANT, MAX_THICKNESS] = [40, 2]; // degrees and pixels that a hand may be changed by, either way

const sum = (values) => values.reduce((total, value) => total + value, 0);
const squared = (row) => sum(row.map((value) => value * value));
const dot = (one, other) => sum(one.map((value, k) => value * other[k]));
const meanOf = (rows) => rows[0].map((_, k) => sum(rows.map((row) => row[k])) / rows.length);

/** The hand of drawings' styles, in standard deviations of the prior: {style, spread}. */
export function handOf(styles) {
  const mean = meanOf(styles);
  const squares = mean.map((middle, k) => sum(styles.map((row) => (row[k] - middle) ** 2)) + KNOWN * STRAY ** 2);
  return { style: agreed(styles), spread: squares.map((square) => SHARE * Math.sqrt(square / (styles.length - 1 + KNOWN))) };
}

/** What drawings' styles agree on: their mean, and a little further. */
export function agreed(styles) {
  const further = (BETWEEN + STRAY ** 2 / styles.length) ** 0.25;
  return meanOf(styles).map((value) => value / further);
}

/** After each of the drawings, seen along the line from the prior's mean to theirs: {drawings, mean, error, known}. */
export function courseOf(styles) {
  const parts = styles.map((_, last) => styles.slice(0, last + 1));
  const means = parts.map(meanOf);
  const variances = parts.map((rows, last) => {
    const squares = sum(rows.map(squared)) - rows.length * squared(means[last]);
    return (squares / means[last].length + KNOWN * STRAY ** 2) / (last + KNOWN) / rows.length;
  });
  const length = Math.sqrt(squared(means.at(-1)));
  const way = means.at(-1).map((value, k) => (length ? value / length : Number(k === 0)));
  return {
    drawings: styles.map((row) => dot(row, way)),
    mean: means.map((row) => dot(row, way)),
    error: variances.map(Math.sqrt),
    known: variances.map((variance) => BETWEEN / (BETWEEN + variance)),
  };
}

/** Styles around the hand's, of rows of draws from N(0, 1). */
export function strayed({ style, spread }, variation, noise) {
  const [by, length] = [squared(spread.map((value) => variation * value)), squared(style)];
  const left = Math.max(length - PULL * by, COMMON * style.length - by, 0);
  const drawn = length ? Math.sqrt(Math.min(1, left / length)) : 1;
  return noise.map((row) => style.map((value, k) => drawn * value + variation * row[k] * spread[k]));
}

/** Styles with the slant and thickness, in degrees and pixels, that are added; the model's name is for who is refused. */
export function reshaped(directions, styles, digits, { slant, thickness }, name) {
  const isChanged = slant !== 0 || thickness !== 0;
  if (isChanged && !directions) throw new Unanswerable(`expected a model whose shape was measured, got ${repr(name)}`);
  const moved = isChanged ? styles.map((row, k) => move(directions, row, digits[k], [slant, thickness, 0, 0, 0])) : styles;
  return moved.map((row) => row.map((value) => Math.min(FARTHEST, Math.max(-FARTHEST, value))));
}
