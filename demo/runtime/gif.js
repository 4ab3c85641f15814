// A GIF of few colours, after the specification of GIF89a; its compression is LZW.
const MOST = 4096; // codes of a table
const KEEP = 4; // what a picture leaves as it is stays

/** {width, height, palette, frames}: 4, 8, 16, ... colours [red, green, blue], and pictures {pixels, hundredths} of a byte
 * a pixel, each shown so many hundredths of a second, for ever. One that has left, top, width and height too changes no
 * more than that. */
export function makeGif({ width, height, palette, frames }) {
  const bits = Math.log2(palette.length);
  const screen = [...word(width), ...word(height), 0xf0 + bits - 1, 0, 0];
  const parts = [text("GIF89a"), screen, palette.flat(), [0x21, 0xff, 11], text("NETSCAPE2.0"), [3, 1, 0, 0, 0]];
  for (const frame of frames) {
    const box = [frame.left ?? 0, frame.top ?? 0, frame.width ?? width, frame.height ?? height];
    parts.push([0x21, 0xf9, 4, KEEP, ...word(frame.hundredths), 0, 0], [0x2c, ...box.flatMap(word), 0, bits]);
    parts.push(...blocks(compress(frame.pixels, bits)), [0]);
  }
  return joined([...parts, [0x3b]]);
}

export const GREYS = Array.from({ length: 256 }, (_, level) => [level, level, level]);

/** A picture of side x side pixels, each `scale` wide. */
export function enlarged(picture, side, scale) {
  const wide = side * scale;
  return Uint8Array.from({ length: wide * wide }, (_, k) => picture[Math.floor(k / wide / scale) * side + Math.floor((k % wide) / scale)]);
}

const word = (value) => [value & 255, value >> 8];
const text = (words) => Array.from(words, (letter) => letter.charCodeAt(0));

function joined(parts) {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function blocks(bytes) {
  const cut = [];
  for (let at = 0; at < bytes.length; at += 255) {
    const block = bytes.subarray(at, at + 255);
    cut.push([block.length], block);
  }
  return cut;
}

function compress(pixels, bits) {
  const clear = 1 << bits;
  const end = clear + 1;
  const out = new Uint8Array(pixels.length * 2 + 16);
  let [at, held, count] = [0, 0, 0]; // where the next byte goes, and bits that are no whole byte yet
  let size = bits + 1;
  let table = new Map();
  const put = (code) => {
    held |= code << count;
    for (count += size; count >= 8; count -= 8) {
      out[at++] = held & 255;
      held >>>= 8;
    }
  };
  put(clear);
  let prefix = pixels[0];
  for (const pixel of pixels.subarray(1)) {
    const key = prefix * 256 + pixel;
    const known = table.get(key);
    if (known !== undefined) {
      prefix = known;
      continue;
    }
    put(prefix);
    const next = end + 1 + table.size;
    if (next < MOST) {
      table.set(key, next);
      if (next === 1 << size) size += 1;
    } else {
      put(clear);
      table = new Map();
      size = bits + 1;
    }
    prefix = pixel;
  }
  put(prefix);
  put(end);
  if (count) out[at++] = held & 255;
  return out.subarray(0, at);
}
