// How much ink is on each pixel of a sheet, {width, height, levels}: after vae_core/writing/raster.py.
import { rint } from "./even.js";
import { stripOf } from "./strip.js";
import { MARGIN } from "./layout.js";
import { RULE_STRENGTH, RULE_WIDTH, rulesOf } from "./svg.js";

export const sizeOf = (sheet, scale) => [sheet.width, sheet.height].map((side) => Math.max(1, rint(side * scale)));

/** A mask with nothing on it but the lines that are ruled. */
export function emptyMask(sheet, scale, ruled) {
  const [width, height] = sizeOf(sheet, scale);
  const levels = new Uint8Array(width * height);
  const thick = Math.max(1, rint(RULE_WIDTH * scale));
  const [left, right] = [(MARGIN / 2) * scale, width - (MARGIN / 2) * scale].map(Math.trunc);
  for (const y of ruled ? rulesOf(sheet) : []) {
    const top = Math.trunc(y * scale) - Math.floor((thick - 1) / 2);
    for (let row = top; row < top + thick; row++) levels.fill(rint(255 * RULE_STRENGTH), row * width + left, row * width + right + 1);
  }
  return { width, height, levels };
}

/** The mask of each sign that has ink, as it is needed. */
export function* stripsOf({ outlines }, scale) {
  for (const contours of outlines) if (contours.length) yield stripOf(contours, scale);
}

/** Ink on what is there already, of some columns of a strip; where two signs meet they are not darker. Gives the box
 * [left, top, right, bottom] that it may have changed. */
export function lay({ width, height, levels }, strip, begin = 0, end = strip.width) {
  const [left, right] = [Math.max(0, strip.left + begin), Math.min(width, strip.left + end)];
  const [top, bottom] = [Math.max(0, strip.top), Math.min(height, strip.top + strip.height)];
  for (let y = top; y < bottom; y++) {
    const from = (y - strip.top) * strip.width - strip.left;
    for (let x = left; x < right; x++) {
      const at = y * width + x;
      levels[at] += Math.round(((255 - levels[at]) * strip.levels[from + x]) / 255);
    }
  }
  return [left, top, right, bottom];
}
