// The state that numpy's generators begin with: numpy.random.SeedSequence(seed).generate_state(4, np.uint64).
const POOL = 4; // words of 32 bits

/** Of a whole number from 0 to 2^53, or of a list of such, four words of 64 bits. */
export function seedWords(seed) {
  const pool = poolOf([seed].flat().flatMap(halves));
  const hash = hashing(0x8b51f9dd, 0x58f38ded);
  const words = Array.from({ length: 8 }, (_, k) => BigInt(hash(pool[k % POOL])));
  return [0, 2, 4, 6].map((k) => words[k] | (words[k + 1] << 32n));
}

/** The words of 32 bits that a number has, from the low to the high one. */
const halves = (number) => (number < 2 ** 32 ? [number] : [number % 2 ** 32, Math.floor(number / 2 ** 32)]);

/** The entropy, each word of which tells on each of the pool. */
function poolOf(entropy) {
  const hash = hashing(0x43b0d7e5, 0x931e8875);
  const pool = Array.from({ length: POOL }, (_, k) => hash(entropy[k] ?? 0));
  for (let from = 0; from < POOL; from++) {
    for (let to = 0; to < POOL; to++) if (to !== from) pool[to] = mixed(pool[to], hash(pool[from]));
  }
  for (const word of entropy.slice(POOL)) {
    for (let to = 0; to < POOL; to++) pool[to] = mixed(pool[to], hash(word));
  }
  return pool;
}

/** A hash of words, which is another each time. */
function hashing(constant, multiplier) {
  return (word) => {
    const value = word ^ constant;
    constant = Math.imul(constant, multiplier);
    return folded(Math.imul(value, constant));
  };
}

const mixed = (one, other) => folded(Math.imul(0xca01f9dd, one) - Math.imul(0x4973f715, other));
const folded = (value) => (value ^ (value >>> 16)) >>> 0;
