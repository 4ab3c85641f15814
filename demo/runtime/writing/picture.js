// A written sheet as a PNG, and as a GIF that writes it: after vae_core/writing/raster.py. Both are made from numbers, on no
// canvas, whose pixels some browsers change when they are read back; so a thread without a page can make them as well.
import { png } from "../../page/png.js";
import { makeGif } from "../gif.js";
import { Unanswerable } from "../strokes.js";
import { SHADES, writtenFrames } from "./frames.js";
import { emptyMask, lay, sizeOf, stripsOf } from "./mask.js";

const MAX_PIXELS = 16e6; // of a picture
const MAX_FRAME_PIXELS = 500_000; // of an animation's pictures; a larger one is made smaller
const LEVELS = 256; // of a mask
const PAPER = "#ffffff"; // of an animation where none is chosen

/** A promise of a Blob: RGB, or RGBA where there is no paper. */
export const pngOf = withMemory(async (sheet, { scale, ink, paper, ruled }) => {
  const [width, height] = sizeOf(sheet, scale);
  if (width * height > MAX_PIXELS) throw new Unanswerable(`expected a picture of at most ${MAX_PIXELS / 1e6} megapixels, got ${width} x ${height}`);
  const mask = emptyMask(sheet, scale, ruled);
  for (const strip of stripsOf(sheet, scale)) lay(mask, strip);
  return png({ width, height, grey: mask.levels, colours: paper ? between(paper, ink, LEVELS) : faint(ink) });
});

/** A promise of its bytes. It rests at its end, and begins again. */
export const gifOf = withMemory(async (sheet, { scale, ink, paper, ruled }) => {
  const [width, height] = sizeOf(sheet, scale);
  const smaller = Math.min(1, Math.sqrt(MAX_FRAME_PIXELS / (width * height)));
  const written = writtenFrames(sheet, scale * smaller, ruled);
  return makeGif({ ...written, palette: between(paper ?? PAPER, ink, SHADES) });
});

/** The same, which says so in a sentence where there is too little memory. */
function withMemory(make) {
  return async (sheet, look) => {
    try {
      return await make(sheet, look);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error; // as an array that finds no room is
      throw new Unanswerable("There is not enough memory for this file: make it smaller.");
    }
  };
}

const channels = (colour) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));

/** So many colours, from one to the other. */
function between(from, to, count) {
  const [first, last] = [from, to].map(channels);
  return Array.from({ length: count }, (_, k) => first.map((value, channel) => Math.round(value + (k / (count - 1)) * (last[channel] - value))));
}

/** An ink, from none of it to all. */
const faint = (ink) => Array.from({ length: LEVELS }, (_, alpha) => [...channels(ink), alpha]);
