// Grey bytes to a PNG, from the numbers: what a browser reads back from a canvas it may have changed, so that nobody is
// told by it. Packed where the browser can pack, else stored as it is.
const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const EIGHT_BITS_OF_GREY = [8, 0, 0, 0, 0];
const BLOCK = 0xffff; // bytes, the longest that deflate stores

/** {width, height, grey}, a byte a pixel, to a Blob. */
export async function png({ width, height, grey }) {
  const lines = new Uint8Array(height * (width + 1)); // each begins with its filter, none
  for (let row = 0; row < height; row++) lines.set(grey.subarray(row * width, (row + 1) * width), row * (width + 1) + 1);
  const header = [...word(width), ...word(height), ...EIGHT_BITS_OF_GREY];
  const pieces = [Uint8Array.from(SIGNATURE), chunk("IHDR", header), chunk("IDAT", await zlib(lines)), chunk("IEND", [])];
  return new Blob(pieces, { type: "image/png" });
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
