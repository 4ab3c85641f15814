// A style and a digit as a link or as JSON, and back. What comes from outside is checked. Links and JSON of the first
// generation told the decoder's z, which is a style of that digit alone: these come back with z in the style's place.
// A page of writing is told by its text and how it is written, beside the style, and all styles where it has several.
import { page } from "./page.js";

const LIMIT = 20; // sigma

export const toLink = () => linkTo(page.style, {});

/** A link to what is written; `hand` is the styles that it is written in. */
export const toWriting = (writing, hand) => linkTo(hand[0], hand.length > 1 ? { ...writing, hand: hand.map(listed).join(";") } : writing);

function linkTo(style, more) {
  const hash = new URLSearchParams({ model: page.model.name, digit: page.digit, style: listed(style), ...more });
  return `${location.href.split("#")[0]}#${hash.toString().replaceAll("%2C", ",")}`;
}

/** The page's own address as {model, place: {style or z, digit}, tab that shows it}, or null. */
export function fromLink() {
  const hash = new URLSearchParams(location.hash.slice(1));
  const name = ["style", "z"].find((way) => hash.has(way));
  if (!name) return null;
  const place = checked({ digit: Number(hash.get("digit")), [name]: hash.get(name).split(",").map(Number) });
  return place && { model: hash.get("model"), place, tab: hash.has("text") ? "write" : "explore" };
}

/** What is written at the page's own address, {writing: texts by name, hand: several styles or null}, or null. */
export function writingFromLink() {
  const { hand, ...writing } = Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
  if (!("text" in writing) || !fromLink()) return null;
  const styles = hand?.split(";").map((row) => row.split(",").map(Number));
  return { writing, hand: styles?.every((style) => checked({ digit: 0, style })) ? styles : null };
}

export const toJSON = () => JSON.stringify({ model: page.model.name, digit: page.digit, style: page.style.map(short) });

/** JSON text to {model, place: {style or z, digit}}; throws a sentence where it is not that. */
export function fromJSON(text) {
  let value = null;
  try {
    value = JSON.parse(text);
  } catch {
    /* said below */
  }
  const place = checked(value);
  if (!place) throw new Error(`Expected {"digit": 0 to 9, "style": [${page.style.length} numbers]}.`);
  return { model: typeof value.model === "string" ? value.model : page.model.name, place };
}

function checked(value) {
  const digit = value?.digit;
  const name = value?.style === undefined ? "z" : "style";
  const numbers = value?.[name];
  const sound = Array.isArray(numbers) && numbers.length && numbers.every((number) => Math.abs(number) <= LIMIT && typeof number === "number");
  return sound && Number.isInteger(digit) && digit >= 0 && digit <= 9 ? { [name]: numbers, digit } : null;
}

const listed = (style) => style.map(short).join(",");
const short = (value) => Math.round(value * 1e4) / 1e4;
