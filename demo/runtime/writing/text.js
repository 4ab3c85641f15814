// What may be written: vae_core/writing/text.py, with its sentences.
import { Unanswerable } from "../strokes.js";
import { brief, repr } from "./repr.js";

const MARKS = "-.,:/+()";
const SIGNS = `0123456789 \n${MARKS}`;
const MAX_SIGNS = 400;
const SAME = { "\r": "\n", "\t": " ", "\u00a0": " ", "\u202f": " ", "\u2212": "-", "\u2013": "-" }; // as typed elsewhere

/** The text as it is written, line ends and look-alikes of space and minus made one. */
export function readText(text) {
  const marks = [...MARKS].join(" ");
  if (typeof text !== "string") throw new Unanswerable(`expected text of digits, spaces and ${marks}, got ${brief(text)}`);
  if ([...text].length > 2 * MAX_SIGNS) refuseLength(text); // each line may end in two signs
  const plain = [...text.replaceAll("\r\n", "\n")].map((sign) => SAME[sign] ?? sign);
  if (plain.length > MAX_SIGNS) refuseLength(plain);
  for (const sign of plain) {
    if (!SIGNS.includes(sign)) throw new Unanswerable(`expected digits, spaces and ${marks}, got ${repr(sign)}`);
  }
  if (!plain.join("").trim()) throw new Unanswerable("expected something to write, got no sign");
  return plain.join("");
}

function refuseLength(signs) {
  throw new Unanswerable(`expected at most ${MAX_SIGNS} signs, got ${[...signs].length}`);
}
