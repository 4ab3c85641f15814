// How much of each pixel one sign covers, by the non-zero rule, as `_strip` of vae_core/writing/raster.py has it: each row
// of pixels is crossed by lines, on which ink begins and ends exactly where an edge is.
const SPAN_POINTS = 4; // to which each parabola is flattened
const LINES = 16; // across a row of pixels

/** Contours to {left, top, width, height, levels}, a byte a pixel: the mask of one sign, no larger than it is. */
export function stripOf(contours, scale) {
  const sides = [0, 1].map((axis) => {
    const places = contours.flatMap((contour) => Array.from(contour.filter((_, k) => k % 2 === axis)));
    const low = Math.floor(scale * Math.min(...places));
    return { low, size: Math.ceil(scale * Math.max(...places)) - low + 1 };
  });
  const [{ low: left, size: width }, { low: top, size: height }] = sides;
  const lines = Array.from({ length: height * LINES }, () => []);
  for (const contour of contours) cross(lines, flattened(contour, scale, left, top));
  return { left, top, width, height, levels: covered(lines, width, height) };
}

/** Points [x, y] on a closed B-spline, SPAN_POINTS of each of its parabolas. */
function flattened(contour, scale, left, top) {
  const points = [];
  for (let k = 0; k < contour.length; k += 2) {
    for (let step = 0; step < SPAN_POINTS; step++) {
      const t = step / SPAN_POINTS;
      const on = (axis) => {
        const [before, here, after] = [contour.at(k + axis - 2), contour[k + axis], contour[(k + axis + 2) % contour.length]];
        return scale * (((1 - t) ** 2 * (before + here)) / 2 + 2 * t * (1 - t) * here + (t ** 2 * (here + after)) / 2);
      };
      points.push([on(0) - left, on(1) - top]);
    }
  }
  return points;
}

/** Tell each line where the polygon crosses it, and whether upwards (-1) or downwards (1). */
function cross(lines, polygon) {
  const next = (y) => Math.ceil(y * LINES - 0.5); // the first line at or below
  polygon.forEach(([x, y], k) => {
    const [fromX, fromY] = polygon.at(k - 1);
    const way = y > fromY ? 1 : -1;
    const [first, end] = [next(Math.min(y, fromY)), next(Math.max(y, fromY))];
    for (let line = first; line < end; line++) {
      const share = ((line + 0.5) / LINES - fromY) / (y - fromY);
      lines[line].push([fromX + share * (x - fromX), way]);
    }
  });
}

function covered(lines, width, height) {
  const levels = new Uint8ClampedArray(width * height); // it rounds
  for (let row = 0; row < height; row++) {
    const changes = new Float64Array(width + 1); // of the share that is ink, from pixel to pixel
    for (const line of lines.slice(row * LINES, (row + 1) * LINES)) addInk(changes, line);
    let share = 0;
    for (let column = 0; column < width; column++) {
      share += changes[column];
      levels[row * width + column] = (255 * share) / LINES;
    }
  }
  return levels;
}

/** Ink begins where the first edge is wound around, and ends where none is. */
function addInk(changes, line) {
  let winding = 0;
  for (const [x, way] of line.sort(([a], [b]) => a - b)) {
    const before = winding;
    winding += way;
    if (before && winding) continue;
    const [pixel, ink] = [Math.floor(x), winding ? 1 : -1];
    changes[pixel] += ink * (pixel + 1 - x);
    changes[pixel + 1] += ink * (x - pixel);
  }
}
