// What each switch breaks, in a sentence with this picture's numbers.
import { a } from "../../page/words.js";
import { fixed, real, sum } from "./numbers.js";

const change = ({ before, reconstruction }) => `reconstruction ${fixed(before)} → ${fixed(reconstruction)} nats`;

/** The sentence of each switch; "" where it is off. */
export function whatBreaks({ zZero, sigmaZero, digit }, { terms, probabilities }) {
  const likeliest = probabilities ? probabilities.indexOf(Math.max(...probabilities)) : null;
  return {
    sigma: sigmaZero ? SIGMA : "",
    z: zZero ? `The hand is lost: without z each picture of a digit is drawn alike (${change(terms)}).` : "",
    digit: digit === "probabilities" || !probabilities ? "" : digit === "one-hot" ? oneHot(terms) : swapped(digit, likeliest, terms),
  };
}

const SIGMA =
  "The picture hardly cares, but a point takes infinitely many nats to tell apart: KL and loss are ∞. It is the KL that keeps codes wide, and so the space between them full.";

const oneHot = (terms) => `Only the likeliest digit is told, with full certainty: a doubt of the classifier is no longer drawn (${change(terms)}).`;

const swapped = (digit, likeliest, terms) =>
  digit === likeliest
    ? `That is the digit read: ${change(terms)}.`
    : `The same z is drawn as ${a(digit)}: z holds the hand, y the digit. As a copy of x it is wrong (${change(terms)}).`;

/** What `plain` makes of the same picture. */
export function withoutClassifier(plain, own) {
  const [theirs, ours] = [plain, own].map(({ terms }) => sum(terms.kl.map(real)) - terms.gain);
  return `With no digit beside it, z must say which digit this is as well: KL ${fixed(theirs)} nats for ${fixed(ours)}, reconstruction ${fixed(plain.terms.before)} for ${fixed(own.terms.before)}. It can still copy, but it reads no digit and has none to swap.`;
}
