// The numbers of numpy's default_rng(seed).standard_normal(count): SeedSequence and PCG64 (O'Neill 2014) with numpy's
// ziggurat (Marsaglia and Tsang 2000), to the last bit but where exp or log1p of the engine decides.
import { seedWords } from "./seed.js";
import { WIDTHS } from "./ziggurat.js";

const MULTIPLIER = 0x2360ed051fc65da44385df649fccf645n;
const TAIL = 3.6541528853610088; // where it begins
const INVERSE_TAIL = 0.27366123732975828;
const ALL = 2 ** 52; // of what is drawn within a layer
const heights = WIDTHS.map((width, layer) => (layer ? Math.exp(-0.5 * (width * ALL) ** 2) : 1));
const sure = WIDTHS.map((width, layer) => (layer === 1 ? 0 : Math.trunc((WIDTHS.at(layer - 1) / width) * ALL))); // numpy's, or one off

/** `count` draws from N(0, 1), of a whole number from 0 to 2^53 as seed, or of a list of such. */
export function normals(seed, count) {
  const next = pcg64(seed);
  const numbers = new Float64Array(count);
  for (let k = 0; k < count; k++) numbers[k] = normal(next);
  return numbers;
}

/** What gives the next 64 bits, as their low and their high half. */
function pcg64(seed) {
  const [first, second, third, fourth] = seedWords(seed);
  const increment = (((third << 64n) | fourth) << 1n) | 1n;
  const stepped = (state) => BigInt.asUintN(128, state * MULTIPLIER + increment);
  const wide = new BigUint64Array(2);
  const words = new Uint32Array(wide.buffer);
  let state = stepped(increment + ((first << 64n) | second));
  return () => {
    state = stepped(state);
    wide[0] = state;
    wide[1] = state >> 64n;
    return turned(words[0] ^ words[2], words[1] ^ words[3], words[3] >>> 26);
  };
}

/** Both halves of 64 bits, turned to the right. */
function turned(low, high, by) {
  const [a, b] = by < 32 ? [low, high] : [high, low];
  const rest = by % 32;
  return rest ? [(a >>> rest) | (b << (32 - rest)), (b >>> rest) | (a << (32 - rest))] : [a, b];
}

function normal(next) {
  for (;;) {
    const [low, high] = next();
    const layer = low & 0xff;
    const within = (high & 0x1fffffff) * 2 ** 23 + (low >>> 9);
    const x = within * (low & 0x100 ? -WIDTHS[layer] : WIDTHS[layer]);
    if (within < sure[layer]) return x;
    if (!layer) return low & 0x20000 ? -tail(next) : tail(next);
    if ((heights[layer - 1] - heights[layer]) * uniform(next) + heights[layer] < Math.exp(-0.5 * x * x)) return x;
  }
}

function tail(next) {
  for (;;) {
    const beyond = -INVERSE_TAIL * Math.log1p(-uniform(next));
    const height = -Math.log1p(-uniform(next));
    if (2 * height > beyond * beyond) return TAIL + beyond;
  }
}

/** From 0 to 1, in steps of 2^-53. */
function uniform(next) {
  const [low, high] = next();
  return ((high >>> 0) * 2 ** 21 + (low >>> 11)) / 2 ** 53;
}
