// A reading in words, as demo/door/verdict.py says them.
import { a } from "../page/words.js";
import { likeliest } from "./numbers.js";
import { areDigits, inWords } from "./several.js";

const SURE = 0.9; // probability of the first digit
const LIKELY = 0.6;
const WORD = 4; // marks of which most are no digits

/** Of what `doubt` says of a picture, the probabilities of its digits, its parts, and whether it is a page of writing. */
export function judge({ strangeness, several }, probabilities, parts, page) {
  if (page) return { kind: "strange", words: "This looks like a page of writing. Show one digit, or a few." };
  if (areDigits(parts, strangeness)) return { kind: "several", words: inWords(parts) };
  if (parts.length >= WORD && strangeness > 0) return { kind: "strange", words: "This looks like writing, not like digits." };
  if (strangeness > 0 && several) return { kind: "several", words: "This looks like more than one digit." };
  if (strangeness > 0) return { kind: "strange", words: "This does not look like a digit." };
  return probabilities ? certainty(probabilities) : { kind: "sure", words: "This looks like a digit." };
}

function certainty(probabilities) {
  const first = likeliest(probabilities);
  const second = likeliest(probabilities.map((value, digit) => (digit === first ? -1 : value)));
  if (probabilities[first] >= SURE) return { kind: "sure", words: `Surely ${a(first)}.` };
  if (probabilities[first] >= LIKELY) return { kind: "likely", words: `Probably ${a(first)}, or else ${a(second)}.` };
  return { kind: "torn", words: `Torn between ${first} and ${second}.` };
}
