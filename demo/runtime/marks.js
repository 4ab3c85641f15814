// Which pen strokes belong to one digit, and which to the next: the rules of vae_core/drawing/marks.py, whose words say
// why; tests hold one to the other.
const TALL = 0.45; // of the tallest mark: a digit of its own is at least so tall
const LAPPED = 0.35; // of the narrower mark's width, or height, that lies beside another mark of the same digit
const NEAR = 0.12; // of the tallest mark: what is small and so near belongs to it
export const PAGE = 16; // marks that are no number any more but a page of writing

/** Strokes to lists of those of each digit, as they are read; what is too small to be one is in none. */
export function marksOf(strokes) {
  const boxes = strokes.map(boxOf);
  const tallest = Math.max(0, ...boxes.map(sizeOf));
  return group(boxes, tallest).filter(({ box }) => sizeOf(box) >= TALL * tallest).map(({ members }) => members.map((k) => strokes[k]));
}

/** {left, top, right, bottom} as a list. */
function boxOf(points) {
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const point of points) {
    for (const axis of [0, 1]) {
      box[axis] = Math.min(box[axis], point[axis]);
      box[2 + axis] = Math.max(box[2 + axis], point[axis]);
    }
  }
  return box;
}

const sizeOf = ([left, top, right, bottom]) => Math.max(right - left, bottom - top);
const hull = (one, other) => one.map((side, k) => (k < 2 ? Math.min(side, other[k]) : Math.max(side, other[k])));

function group(boxes, tallest) {
  const groups = boxes.map((box, k) => ({ box, members: [k] }));
  for (let pair; (pair = findPair(groups, tallest)); ) {
    const [first, second] = pair;
    const [taken] = groups.splice(second, 1);
    groups[first] = { box: hull(groups[first].box, taken.box), members: [...groups[first].members, ...taken.members] };
  }
  return inOrder(groups);
}

/** The first two groups that are one digit, or undefined. */
function findPair(groups, tallest) {
  for (let first = 0; first < groups.length; first++) {
    for (let second = first + 1; second < groups.length; second++) {
      if (belong(groups[first].box, groups[second].box, tallest)) return [first, second];
    }
  }
}

/** Whether two marks are of one digit: they overlap, or one is small and over, under or near the other. */
function belong(one, other, tallest) {
  const [beside, above] = [0, 1].map((axis) => shared(one, other, axis));
  const [apartX, apartY] = [0, 1].map((a) => Math.max(one[a] - other[2 + a], other[a] - one[2 + a], 0));
  const small = Math.min(sizeOf(one), sizeOf(other)) < TALL * tallest;
  if (beside > LAPPED && above > LAPPED / 2) return true;
  if (small) return (beside > LAPPED && apartY < TALL * tallest) || Math.max(apartX, apartY) < NEAR * tallest;
  return beside > LAPPED && apartY < NEAR * tallest;
}

/** The part of the narrower box that the other covers along an axis. */
function shared(one, other, axis) {
  const overlap = Math.min(one[axis + 2], other[axis + 2]) - Math.max(one[axis], other[axis]);
  const least = Math.min(one[axis + 2] - one[axis], other[axis + 2] - other[axis]);
  return overlap > 0 ? overlap / Math.max(least, 1e-9) : Number(overlap === 0 && least === 0);
}

/** Line by line, from left to right. */
function inOrder(groups) {
  const middle = ({ box }) => (box[1] + box[3]) / 2;
  const lines = [];
  for (const each of [...groups].sort((a, b) => middle(a) - middle(b))) {
    const line = lines.at(-1);
    const last = line?.at(-1);
    if (last && middle(each) < last.box[3] && middle(last) > each.box[1]) line.push(each);
    else lines.push([each]);
  }
  const ordered = lines.flatMap((line) => line.sort((a, b) => a.box[0] - b.box[0]));
  return ordered.map(({ box, members }) => ({ box, members: members.sort((a, b) => a - b) }));
}
