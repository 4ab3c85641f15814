// Closed lines at half of a picture's contrast, by marching squares: where each begins, which way round it goes and in
// which order they come is as contourpy's serial algorithm has it, which vae_core/writing/outlines.py asks.
const SIDE = 28;
const MARGIN = 2; // pixels of paper around a picture, so that every line closes
const PAPER = SIDE + 2 * MARGIN;
const LEVEL = 0.5;
const LEAST_CONTRAST = 2 ** -1022; // the least normal number: of a blank picture
const AHEAD = new Map([[1, -PAPER], [-PAPER, -1], [-1, PAPER], [PAPER, 1]]); // by the way from paper to ink, on the right

/** 784 numbers in [0, 1] to lines, each the x and y of its points by turns; the last is the first again. */
export function levelLines(picture) {
  const paper = onPaper(picture);
  const passed = new Set(); // edges of the grid, as told by `edge`
  const lines = [];
  for (let at = PAPER + 1; at < paper.length; at++) {
    const start = startAt(paper, at);
    if (start && !passed.has(edge(...start))) lines.push(walk(paper, ...start, passed));
  }
  return lines;
}

function onPaper(picture) {
  const contrast = Math.max(LEAST_CONTRAST, ...picture);
  const paper = new Float64Array(PAPER * PAPER);
  picture.forEach((value, at) => (paper[(Math.floor(at / SIDE) + MARGIN) * PAPER + MARGIN + (at % SIDE)] = value / contrast));
  return paper;
}

const isInk = (paper, at) => paper[at] > LEVEL;
const edge = (ink, blank) => ink * PAPER * PAPER + blank;

/** The edge [ink, blank] of the square up and left of a point by which a line comes to cut that point off, or nothing. */
function startAt(paper, at) {
  const [left, up, over] = [at - 1, at - PAPER, at - PAPER - 1];
  const ink = isInk(paper, at);
  if (isInk(paper, left) === ink || isInk(paper, up) === ink) return null;
  if (isInk(paper, over) === ink && isMiddleInk(paper, at) === ink) return null;
  return ink ? [at, left] : [up, at];
}

/** Whether ink meets in the middle of the square up and left of a point. */
const isMiddleInk = (paper, at) => 0.25 * (paper[at - PAPER - 1] + paper[at - PAPER] + paper[at - 1] + paper[at]) > LEVEL;

/** From an edge on, with the ink to the right, until it comes again. */
function walk(paper, ink, blank, passed) {
  const line = [];
  while (!passed.has(edge(ink, blank))) {
    passed.add(edge(ink, blank));
    line.push(...between(paper, ink, blank));
    [ink, blank] = step(paper, ink, blank);
  }
  return Float64Array.from([...line, line[0], line[1]]);
}

/** The edge by which a line leaves the square that it comes to by another. */
function step(paper, ink, blank) {
  const ahead = AHEAD.get(ink - blank);
  const [right, left] = [ink + ahead, blank + ahead];
  const [isRight, isLeft] = [isInk(paper, right), isInk(paper, left)];
  if (isRight && !isLeft) return [right, left];
  const turnsLeft = isRight === isLeft ? isRight : isMiddleInk(paper, Math.max(ink, blank, right, left));
  return turnsLeft ? [left, blank] : [ink, right];
}

/** Where an edge is at the level, in the picture's pixels. */
function between(paper, ink, blank) {
  const share = (paper[ink] - LEVEL) / (paper[ink] - paper[blank]);
  const place = (one, other) => one * (1 - share) + other * share - MARGIN;
  return [place(ink % PAPER, blank % PAPER), place(Math.floor(ink / PAPER), Math.floor(blank / PAPER))];
}
