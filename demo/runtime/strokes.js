// Pen strokes to 28 x 28 as MNIST has it: the arithmetic of vae_core/drawing/strokes.py, whose words say why; tests hold
// one to the other.
const SIDE = 28;
const BOX = 20; // pixels along the longer side of the ink
const MIDDLE = 14; // pixel of the centre of mass
const PEN_WIDTH = 2.5;
const EDGE = 1.1; // pixels over which ink fades
const STEP = 1 / 64; // of the drawing's longer side
const CANVAS_MIDDLE = (SIDE - 1) / 2;

/** Why this question has no answer; the next may have one. */
export class Unanswerable extends Error {
  /** As a person reads it. */
  get sentence() {
    return `${this.message.charAt(0).toUpperCase()}${this.message.slice(1)}${this.message.endsWith(".") ? "" : "."}`;
  }
}

/** Strokes, lists of [x, y] in any unit, to 784 numbers in [0, 1]. */
export function renderStrokes(strokes, width = PEN_WIDTH) {
  const drawn = strokes.filter(({ length }) => length);
  if (!drawn.length) throw new Unanswerable("There is nothing to read yet: draw a digit first.");
  const segments = joinPoints(fitUnit(drawn));
  const scale = (BOX - width - EDGE) / (Math.max(...extentOf(segments).map(({ size }) => size)) || 1);
  for (const segment of segments) segment.forEach((value, k) => (segment[k] = value * scale));
  return centred(segments, width);
}

/** Moved and scaled so that the longer side is 1. */
function fitUnit(strokes) {
  const [x, y] = extentOf(strokes.flat());
  const extent = Math.max(x.size, y.size) || 1;
  return strokes.map((stroke) => stroke.map((point) => [(point[0] - x.low) / extent, (point[1] - y.low) / extent]));
}

/** Along each axis, of the first two numbers of each row. */
function extentOf(rows) {
  return [0, 1].map((axis) => {
    let [low, high] = [Infinity, -Infinity];
    for (const row of rows) {
      low = Math.min(low, row[axis]);
      high = Math.max(high, row[axis]);
    }
    return { low, high, size: high - low };
  });
}

/** Segments as [x, y, x, y]; every stroke also ends in a dot. */
function joinPoints(strokes) {
  return strokes.flatMap((points) => {
    let [path, before] = [0, -1];
    const kept = points.filter((point, k) => {
      if (k) path += Math.hypot(point[0] - points[k - 1][0], point[1] - points[k - 1][1]);
      const passed = Math.floor(path / STEP);
      const isNext = passed > before;
      before = passed;
      return isNext || k === points.length - 1;
    });
    return kept.map((point, k) => [...point, ...(kept[k + 1] ?? point)]);
  });
}

/** The ink with its centre of mass in the middle, or as near as keeps all of it on the canvas. */
function centred(segments, width) {
  const extents = extentOf(segments);
  const middles = extents.map(({ low, high }) => (low + high) / 2);
  const spares = extents.map(({ size }) => (SIDE - (size + width + EDGE)) / 2);
  const drawAt = (place) => drawSegments(segments, place.map((value, axis) => value - middles[axis]), width);
  let place = [CANVAS_MIDDLE, CANVAS_MIDDLE];
  for (let turn = 0; turn < 2; turn++) {
    const centre = centreOfMass(drawAt(place));
    place = place.map((value, axis) => clamp(value + MIDDLE - centre[axis], CANVAS_MIDDLE - spares[axis], CANVAS_MIDDLE + spares[axis]));
  }
  return drawAt(place);
}

const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

function drawSegments(segments, [right, down], width) {
  const nearest = new Float32Array(SIDE * SIDE).fill(Infinity); // squared distance of each pixel
  const reach = (width + EDGE) / 2; // beyond it there is no ink
  for (const [x0, y0, x1, y1] of segments) measure(nearest, x0 + right, y0 + down, x1 + right, y1 + down, reach);
  return nearest.map((squared) => clamp((width / 2 - Math.sqrt(squared)) / EDGE + 0.5, 0, 1));
}

/** How far pixels are across a segment and beyond its ends. */
function measure(nearest, x0, y0, x1, y1, reach) {
  const length = Math.hypot(x1 - x0, y1 - y0);
  const [cos, sin] = length ? [(x1 - x0) / length, (y1 - y0) / length] : [1, 0];
  const [first, last] = [pixel(Math.min(y0, y1) - reach), pixel(Math.max(y0, y1) + reach)];
  const [left, right] = [pixel(Math.min(x0, x1) - reach), pixel(Math.max(x0, x1) + reach)];
  for (let row = first; row <= last; row++) {
    for (let column = left; column <= right; column++) {
      const [x, y] = [column - (x0 + x1) / 2, row - (y0 + y1) / 2];
      const across = y * cos - x * sin;
      const beyond = Math.max(Math.abs(x * cos + y * sin) - length / 2, 0);
      const at = row * SIDE + column;
      nearest[at] = Math.min(nearest[at], across * across + beyond * beyond);
    }
  }
}

const pixel = (place) => clamp(Math.round(place), 0, SIDE - 1);

function centreOfMass(picture) {
  let [ink, x, y] = [0, 0, 0];
  picture.forEach((value, at) => {
    ink += value;
    x += value * (at % SIDE);
    y += value * Math.floor(at / SIDE);
  });
  return [x / ink, y / ink];
}
