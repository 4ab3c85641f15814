// A style and a digit as a link or as JSON, and back. What comes from outside is checked.
import { page } from "./page.js";

const LIMIT = 20; // sigma

export function toLink() {
  const hash = new URLSearchParams({ digit: page.digit, z: page.z.map(short).join(",") });
  return `${location.href.split("#")[0]}#${hash.toString().replaceAll("%2C", ",")}`;
}

/** The {z, digit} of the page's own address, or null. */
export function fromLink() {
  const hash = new URLSearchParams(location.hash.slice(1));
  if (!hash.has("z")) return null;
  return checked({ digit: Number(hash.get("digit")), z: hash.get("z").split(",").map(Number) });
}

export const toJSON = (model) => JSON.stringify({ model, digit: page.digit, z: page.z.map(short) });

/** JSON text to {z, digit}; throws a sentence where it is not that. */
export function fromJSON(text, latentDim) {
  let value = null;
  try {
    value = JSON.parse(text);
  } catch {
    /* said below */
  }
  const found = checked(value);
  if (found?.z.length !== latentDim) throw new Error(`Expected {"digit": 0 to 9, "z": [${latentDim} numbers]}.`);
  return found;
}

function checked(value) {
  const digit = value?.digit;
  const z = value?.z;
  const sound = Array.isArray(z) && z.length && z.every((number) => Math.abs(number) <= LIMIT && typeof number === "number");
  return sound && Number.isInteger(digit) && digit >= 0 && digit <= 9 ? { z, digit } : null;
}

const short = (value) => Math.round(value * 1e4) / 1e4;
