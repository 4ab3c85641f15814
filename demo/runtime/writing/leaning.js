// In words: how well a hand is known, how its digits lean and how thick they are: demo/door/leaning.py, and `words` of
// demo/door/hand.py.
import { measures } from "../directions.js";
import { measure } from "./measure.js";

const [SLANT, THICKNESS] = [0, 1]; // among the measures
const LEANS = 6; // degrees more than usual, from which a hand is said to lean
const FURTHER = 8; // degrees between two digits' slants, from which they are said to differ
const UPRIGHT = 3; // degrees to either side that are not called leaning
const THICKER = 0.5; // pixels between two digits' strokes

/** How sure a hand of so many drawings is, and what is told of it. */
export function inWords(count, known, clauses) {
  const told = `From ${count} drawing${count === 1 ? "" : "s"}, ${whole(100 * known)} % sure`;
  return `${[told, ...clauses].join("; ")}.`;
}

/** What is told of drawings, 784 values in [0, 1] and a digit each; nothing where the model has no directions. `look`
 * measures them. */
export function leaning(directions, pictures, digits, look = measure) {
  const drawn = directions ? pictures.map((picture, k) => ({ found: look(picture), digit: digits[k] })).filter(({ found }) => found) : [];
  if (!drawn.length) return [];
  const upright = directions.input[0].map(() => 0);
  const kinds = [...new Set(drawn.map(({ digit }) => digit))].sort((a, b) => a - b);
  const means = kinds.map((kind) => meanOf(drawn.filter(({ digit }) => digit === kind).map(({ found }) => found)));
  const usual = kinds.map((kind) => measures(directions, upright, kind));
  const beside = (m) => kinds.map((kind, k) => ({ kind, own: means[k][m], more: means[k][m] - usual[k][m] }));
  const slant = beside(SLANT);
  return [overall(slant), slants(slant) || strokes(beside(THICKNESS))].filter(Boolean);
}

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const meanOf = (rows) => rows[0].map((_, m) => mean(rows.map((row) => row[m])));

/** The whole number next to one that is not negative, of two so near the even one. */
const whole = (value) => (value % 1 === 0.5 ? 2 * Math.round(value / 2) : Math.round(value));

/** Of the hand as a whole, by how much more it leans to the right than is usual. */
function overall(slant) {
  const degrees = mean(slant.map(({ more }) => more));
  if (Math.abs(degrees) < LEANS) return "";
  return `it leans ${whole(Math.abs(degrees))}° further to the ${degrees > 0 ? "right" : "left"} than most`;
}

/** Of the two digits that differ most from what is usual of them, if they differ by themselves as well. */
function slants(kinds) {
  const [first, last] = ends(kinds, FURTHER);
  if (!first) return "";
  if (first.own > UPRIGHT && last.own < -UPRIGHT) return `your ${first.kind}s lean to the right, your ${last.kind}s to the left`;
  if (first.own + last.own < 0) return `your ${last.kind}s lean further to the left than your ${first.kind}s`;
  return `your ${first.kind}s lean further than your ${last.kind}s`;
}

function strokes(kinds) {
  const [first, last] = ends(kinds, THICKER);
  return first ? `your ${first.kind}s have thicker strokes than your ${last.kind}s` : "";
}

/** The digits of most and least more than is usual, or none where they are not `apart`. */
function ends(kinds, apart) {
  const first = kinds.reduce((best, each) => (each.more > best.more ? each : best));
  const last = kinds.reduce((best, each) => (each.more < best.more ? each : best));
  return Math.min(first.own - last.own, first.more - last.more) < apart ? [] : [first, last];
}
