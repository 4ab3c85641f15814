// Bytes to a PNG, from the numbers: what a browser reads back from a canvas it may have changed, so that nobody is
// told by it. Packed where the browser can pack, else stored as it is.
const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const KINDS = { 1: 0, 3: 2, 4: 6 }; // of PNG by the bytes of a pixel: grey, RGB and RGBA
const GREYS = Array.from({ length: 256 }, (_, level) => [level]);
const BLOCK = 0xffff; // bytes, the longest that deflate stores

/** {width, height, grey}, a byte a pixel, to a Blob; in colour if it is told the bytes, RGB or RGBA, of each of the 256. */
export async function png({ width, height, grey, colours = GREYS }) {
  const depth = colours[0].length;
  const header = [...word(width), ...word(height), 8, KINDS[depth], 0, 0, 0];
  const packed = await zlib(linesOf(width, height, grey, Uint8Array.from(colours.flat()), depth));
  const pieces = [Uint8Array.from(SIGNATURE), chunk("IHDR", header), chunk("IDAT", packed), chunk("IEND", [])];
  return new Blob(pieces, { type: "image/png" });
}

/** The bytes of all pixels; each line begins with its filter, none. */
function linesOf(width, height, grey, bytes, depth) {
  const lines = new Uint8Array(height * (1 + width * depth));
  let at = 0;
  for (let pixel = 0; pixel < grey.length; pixel++) {
    if (pixel % width === 0) at += 1;
    for (let k = 0; k < depth; k++) lines[at++] = bytes[grey[pixel] * depth + k];
  }
  return lines;
}

const word = (value) => [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];

function chunk(name, data) {
  const bytes = new Uint8Array(12 + data.length);
  bytes.set(word(data.length));
  bytes.set([...name].map((letter) => letter.charCodeAt(0)), 4);
  bytes.set(data, 8);
  bytes.set(word(crc(bytes.subarray(4, 8 + data.length))), 8 + data.length);
  return bytes;
}

async function zlib(bytes) {
  if (typeof CompressionStream !== "function") return stored(bytes);
  const packed = new Blob([bytes]).stream().pipeThrough(new CompressionStream("deflate"));
  return new Uint8Array(await new Response(packed).arrayBuffer());
}

function stored(bytes) {
  const blocks = Math.max(1, Math.ceil(bytes.length / BLOCK));
  const result = new Uint8Array(2 + 5 * blocks + bytes.length + 4);
  result.set([0x78, 0x01]);
  let end = 2;
  for (let k = 0; k < blocks; k++) {
    const block = bytes.subarray(k * BLOCK, (k + 1) * BLOCK);
    const [low, high] = [block.length & 255, block.length >>> 8];
    result.set([Number(k === blocks - 1), low, high, low ^ 255, high ^ 255], end);
    result.set(block, end + 5);
    end += 5 + block.length;
  }
  result.set(word(adler(bytes)), end);
  return result;
}

function adler(bytes) {
  let [a, b] = [1, 0];
  for (const byte of bytes) {
    a = (a + byte) % 65521;
    b = (b + a) % 65521;
  }
  return b * 65536 + a;
}

const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let k = 0; k < 8; k++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
  return n;
});

const crc = (bytes) => (bytes.reduce((sum, byte) => TABLE[(sum ^ byte) & 255] ^ (sum >>> 8), 0xffffffff) ^ 0xffffffff) >>> 0;
