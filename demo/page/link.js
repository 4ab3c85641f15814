// A style and a digit as a link or as JSON, and back. What comes from outside is checked.
import { page } from "./page.js";

const LIMIT = 20; // sigma

export function toLink() {
  const hash = new URLSearchParams({ model: page.model.name, digit: page.digit, z: page.z.map(short).join(",") });
  return `${location.href.split("#")[0]}#${hash.toString().replaceAll("%2C", ",")}`;
}

/** The page's own address as {model, place: {z, digit}}, or null. */
export function fromLink() {
  const hash = new URLSearchParams(location.hash.slice(1));
  if (!hash.has("z")) return null;
  const place = checked({ digit: Number(hash.get("digit")), z: hash.get("z").split(",").map(Number) });
  return place && { model: hash.get("model"), place };
}

export const toJSON = () => JSON.stringify({ model: page.model.name, digit: page.digit, z: page.z.map(short) });

/** JSON text to {model, place: {z, digit}}; throws a sentence where it is not that. */
export function fromJSON(text) {
  let value = null;
  try {
    value = JSON.parse(text);
  } catch {
    /* said below */
  }
  const place = checked(value);
  if (!place) throw new Error(`Expected {"digit": 0 to 9, "z": [${page.z.length} numbers]}.`);
  return { model: typeof value.model === "string" ? value.model : page.model.name, place };
}

function checked(value) {
  const digit = value?.digit;
  const z = value?.z;
  const sound = Array.isArray(z) && z.length && z.every((number) => Math.abs(number) <= LIMIT && typeof number === "number");
  return sound && Number.isInteger(digit) && digit >= 0 && digit <= 9 ? { z, digit } : null;
}

const short = (value) => Math.round(value * 1e4) / 1e4;
