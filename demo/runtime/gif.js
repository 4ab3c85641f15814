// A GIF of grey pictures, after the specification of GIF89a; its compression is LZW.
const PALETTE = Uint8Array.from({ length: 768 }, (_, k) => Math.floor(k / 3));
const BITS = 8;
const CLEAR = 1 << BITS;
const END = CLEAR + 1;
const MOST = 4096; // codes of a table

/** Pictures of side x side grey bytes, each shown so many hundredths of a second, for ever; every pixel `scale` wide. */
export function makeGif(pictures, side, scale, hundredths) {
  const wide = side * scale;
  const word = (value) => [value & 255, value >> 8];
  const parts = [text("GIF89a"), [...word(wide), ...word(wide), 0xf7, 0, 0], PALETTE, [0x21, 0xff, 11], text("NETSCAPE2.0"), [3, 1, 0, 0, 0]];
  for (const picture of pictures) {
    parts.push([0x21, 0xf9, 4, 0, ...word(hundredths), 0, 0], [0x2c, 0, 0, 0, 0, ...word(wide), ...word(wide), 0, BITS]);
    parts.push(...blocks(compress(enlarged(picture, side, scale))), [0]);
  }
  return new Uint8Array(joined([...parts, [0x3b]]));
}

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

function enlarged(picture, side, scale) {
  const wide = side * scale;
  return Uint8Array.from({ length: wide * wide }, (_, k) => picture[Math.floor(k / wide / scale) * side + Math.floor((k % wide) / scale)]);
}

function blocks(bytes) {
  const cut = [];
  for (let at = 0; at < bytes.length; at += 255) {
    const block = bytes.subarray(at, at + 255);
    cut.push([block.length], block);
  }
  return cut;
}

function compress(pixels) {
  const out = new Uint8Array(pixels.length * 2 + 16);
  let [at, held, count] = [0, 0, 0]; // where the next byte goes, and bits that are no whole byte yet
  let size = BITS + 1;
  let table = new Map();
  const put = (code) => {
    held |= code << count;
    for (count += size; count >= 8; count -= 8) {
      out[at++] = held & 255;
      held >>>= 8;
    }
  };
  put(CLEAR);
  let prefix = pixels[0];
  for (const pixel of pixels.subarray(1)) {
    const key = prefix * 256 + pixel;
    const known = table.get(key);
    if (known !== undefined) {
      prefix = known;
      continue;
    }
    put(prefix);
    const next = END + 1 + table.size;
    if (next < MOST) {
      table.set(key, next);
      if (next === 1 << size) size += 1;
    } else {
      put(CLEAR);
      table = new Map();
      size = BITS + 1;
    }
    prefix = pixel;
  }
  put(prefix);
  put(END);
  if (count) out[at++] = held & 255;
  return out.subarray(0, at);
}
