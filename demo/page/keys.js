// What a key means on whatever layout, with the modifiers held: a letter or figure is the one that the layout types or,
// where that is of another alphabet, the one that stands there on a Latin keyboard.
const NAMED = /^[A-Z][A-Za-z0-9]+$/; // as in Delete
const FIGURE = /^\p{Nd}$/u;
const OF_AN_ALPHABET = /^[\p{L}\p{M}]+$/u;
const LATIN = /[\p{Script=Latin}µ]/u;
const TYPED_INTO = "textarea, select, [contenteditable]:not([contenteditable=false]), input:not([type=radio], [type=checkbox], [type=range], [type=button], [type=file])";
let foreign = false; // whether the last letter was of another alphabet; with Shift there may be signs in letters' places

/** As in "Mod+Shift+z", "Delete", "3": Mod is Ctrl or, on a Mac, Cmd. "" for what is typed into a text field. */
export function keyOf(event) {
  const [target] = event.composedPath();
  if (event.isComposing || target.closest?.(TYPED_INTO)) return "";
  const { ctrlKey, metaKey, shiftKey } = event;
  const altKey = event.altKey || event.getModifierState("AltGraph");
  const held = { Ctrl: ctrlKey && metaKey, Mod: ctrlKey || metaKey, Alt: altKey, Shift: shiftKey };
  return [...Object.keys(held).filter((name) => held[name]), meant(event)].join("+");
}

/** The figure a key stands for, 0 to 9, with Shift where a layout wants it; or null. */
export function figureOf(event) {
  const found = /^(?:Shift\+)?(\d)$/.exec(keyOf(event));
  return found && Number(found[1]);
}

function meant({ key, code }) {
  if (NAMED.test(key)) return key;
  if (OF_AN_ALPHABET.test(key)) foreign = !LATIN.test(key);
  const isFigure = FIGURE.test(key);
  const place = (isFigure ? /^Digit(.)$/ : /^Key(.)$/).exec(code);
  const isOdd = !/^[a-z0-9]$/i.test(key) && (isFigure || foreign);
  return (isOdd && place ? place[1] : key).toLowerCase();
}
