// The skeleton of a picture by thinning (Zhang and Suen 1984), as skeletonize of scikit-image has it.
const AROUND = [[-1, -1], [-1, 0], [-1, 1], [0, 1], [1, 1], [1, 0], [1, -1], [0, -1]]; // down and to the right, bit by bit
const [FIRST, SECOND] = [1, 2]; // turns of a round in which a pixel goes
const OTHERWISE = {
  [0]: [48, 129],
  [FIRST]: [3, 6, 11, 12, 14, 131, 134, 161, 194, 198],
  [SECOND]: [24, 26, 56, 96, 104, 108, 176, 192, 224],
  [FIRST | SECOND]: [10, 40, 130, 160],
}; // neighbours at which scikit-image departs from the paper

const goes = Uint8Array.from({ length: 256 }, (_, neighbours) => turnsOf(neighbours));

/** The turns in which a pixel with these neighbours goes. */
function turnsOf(neighbours) {
  const special = Object.keys(OTHERWISE).find((turns) => OTHERWISE[turns].includes(neighbours));
  if (special) return Number(special);
  const ring = AROUND.map((_, bit) => (neighbours >> bit) & 1);
  const count = ring.reduce((sum, one) => sum + one);
  const begins = ring.filter((one, bit) => one && !ring.at(bit - 1)).length;
  if (begins !== 1 || count < 2 || count > 6) return 0;
  const [above, right, below, left] = [ring[1], ring[3], ring[5], ring[7]];
  return (right && below && (above || left) ? 0 : FIRST) | (above && left && (right || below) ? 0 : SECOND);
}

/** Where values are not 0. */
export function filled(values) {
  const places = [];
  values.forEach((value, at) => value && places.push(at));
  return places;
}

/** Which pixels of a square of `side` rows are left, of those that are not 0. */
export function skeletonOf(black, side) {
  const wide = side + 2; // a margin, so that every pixel has neighbours
  const kept = new Uint8Array(wide * wide);
  black.forEach((value, at) => (kept[(Math.floor(at / side) + 1) * wide + (at % side) + 1] = value));
  const steps = AROUND.map(([down, right]) => down * wide + right);
  let ink = filled(kept);
  for (let before = Infinity; ink.length < before; ) {
    before = ink.length;
    for (const turn of [FIRST, SECOND]) {
      const gone = ink.filter((at) => goes[neighboursOf(kept, at, steps)] & turn);
      for (const at of gone) kept[at] = 0;
      ink = ink.filter((at) => kept[at]);
    }
  }
  return black.map((_, at) => kept[(Math.floor(at / side) + 1) * wide + (at % side) + 1]);
}

function neighboursOf(kept, at, steps) {
  let neighbours = 0;
  for (let bit = 0; bit < steps.length; bit++) neighbours |= kept[at + steps[bit]] << bit;
  return neighbours;
}
