// A sheet as it is written, sign by sign and each from left to right, picture by picture: `_writing` of
// vae_core/writing/raster.py. A picture is no larger than what it changes.
import { emptyMask, lay, stripsOf } from "./mask.js";

export const SHADES = 16; // from paper to ink
const FRAMES = 96; // at most, while it is written
const MAX_FRAMES_A_SIGN = 8;
const HUNDREDTHS = 4; // of a second, a frame
const REST = 200; // of them at the end
const UNKNOWN = 255; // no shade

/** {width, height, frames} of the sheet, the frames as a GIF takes them, in shades. */
export function writtenFrames(sheet, scale, ruled) {
  const mask = emptyMask(sheet, scale, ruled);
  const shades = new Uint8Array(mask.levels.length).fill(UNKNOWN);
  const frames = [];
  for (const box of boxes(mask, [...stripsOf(sheet, scale)])) {
    const frame = changed(mask, shades, box);
    if (frame) frames.push({ ...frame, hundredths: 0 });
    frames[frames.length - 1].hundredths += HUNDREDTHS; // the last is shown longer where nothing has changed
  }
  frames[frames.length - 1].hundredths += REST - HUNDREDTHS;
  return { width: mask.width, height: mask.height, frames };
}

/** Lay the strips bit by bit, and tell each time in which box [left, top, right, bottom]; at first it is all. */
function* boxes(mask, strips) {
  const steps = Math.max(1, Math.min(MAX_FRAMES_A_SIGN, Math.floor(FRAMES / Math.max(1, strips.length)))); // frames a sign
  const signs = Math.ceil((strips.length * steps) / FRAMES); // signs a frame, where they are too many
  yield [0, 0, mask.width, mask.height];
  let box = null;
  for (const [k, strip] of strips.entries()) {
    for (let step = 0; step < steps; step++) {
      const [begin, end] = [step, step + 1].map((at) => Math.floor((strip.width * at) / steps));
      box = around(box, lay(mask, strip, begin, end));
      if ((k + 1) % signs && k + 1 < strips.length) continue;
      yield box;
      box = null;
    }
  }
}

const around = (box, other) => (box ? box.map((side, k) => (k < 2 ? Math.min : Math.max)(side, other[k])) : other);

/** What the box shows now, or null if it shows the same as before. */
function changed(mask, shades, [left, top, right, bottom]) {
  const [width, height] = [right - left, bottom - top];
  if (width <= 0 || height <= 0) return null;
  const pixels = new Uint8Array(width * height);
  let isNew = false;
  for (let k = 0; k < pixels.length; k++) {
    const at = (top + Math.floor(k / width)) * mask.width + left + (k % width);
    pixels[k] = Math.round((mask.levels[at] * (SHADES - 1)) / 255);
    isNew ||= pixels[k] !== shades[at];
    shades[at] = pixels[k];
  }
  return isNew ? { left, top, width, height, pixels } : null;
}
