// A reading in words, as demo/door/verdict.py says them.
import { likeliest } from "./numbers.js";

const SURE = 0.9; // probability of the first digit
const LIKELY = 0.6;

export function judge({ strangeness, several }, probabilities) {
  if (strangeness > 0) return several ? { kind: "several", words: "This looks like more than one digit." } : { kind: "strange", words: "This does not look like a digit." };
  if (!probabilities) return { kind: "sure", words: "This looks like a digit." };
  const first = likeliest(probabilities);
  const second = likeliest(probabilities.map((value, digit) => (digit === first ? -1 : value)));
  if (probabilities[first] >= SURE) return { kind: "sure", words: `Surely a ${first}.` };
  if (probabilities[first] >= LIKELY) return { kind: "likely", words: `Probably a ${first}, or else a ${second}.` };
  return { kind: "torn", words: `Torn between ${first} and ${second}.` };
}
