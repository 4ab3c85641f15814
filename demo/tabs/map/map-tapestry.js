// Decoded pictures woven into one: a lattice of places that always fills the window, asked in small portions so that
// the picture under the pointer is never kept waiting. A coarser or older one stays until it is overwritten.
import { SIDE } from "../../page/picture.js";
import { latest } from "../../page/latest.js";
import { decode } from "../../runtime/model.js";

const PICTURES = 225; // about so many in a window
const SMALLEST = 30; // CSS pixels of one
const PORTION = 32; // pictures asked at once

/** `painted` is called when there is more to show, `failed` with a sentence, `busy` with whether there is more to come. */
export function makeTapestry(painted, failed, busy) {
  let sheet = document.createElement("canvas");
  let grid = null; // {step, left, top, columns, rows}, columns and rows counted in steps from place (0, 0)
  let known = new Set(); // "column,row" of what is of this weave
  let woven = ""; // what it shows
  let newest = 0;

  const weave = latest(async (turn, wanted, space, digit, near) => {
    if (turn !== newest) return;
    const name = [space.model, space.version, digit].join();
    const same = name === woven && wanted.step === grid?.step;
    sheet = moved(sheet, grid, wanted);
    grid = wanted;
    known = new Set(same ? cells(grid).map(String).filter((cell) => known.has(cell)) : []);
    woven = name;
    const missing = cells(grid).filter((cell) => !known.has(String(cell)));
    const far = ([column, row]) => Math.hypot(column * grid.step - near[0], row * grid.step - near[1]);
    missing.sort((a, b) => far(a) - far(b));
    while (missing.length && turn === newest) {
      const portion = missing.splice(0, PORTION);
      const codes = portion.map(([column, row]) => space.at([column * grid.step, row * grid.step]));
      const pictures = await decode(codes, digit, space.model);
      portion.forEach((cell, k) => {
        put(sheet, grid, cell, pictures[k]);
        known.add(String(cell));
      });
      painted();
    }
  }, failed, busy);

  return {
    /** Fill the window with a digit's pictures of a space, beginning near a place. */
    fill(view, space, digit, near) {
      newest += 1;
      weave(newest, gridOf(view), space, digit, near);
    },
    /** Ink where it is, clear where it is not. */
    draw(context, view) {
      if (!grid) return;
      const [left, top] = view.toPixel([(grid.left - 0.5) * grid.step, (grid.top + 0.5) * grid.step]);
      const side = grid.step * view.scale;
      context.imageSmoothingQuality = "high";
      context.drawImage(sheet, left, top, grid.columns * side, grid.rows * side);
    },
  };
}

function gridOf(view) {
  const [width, height] = view.size;
  const step = Math.max(SMALLEST, Math.sqrt((width * height) / PICTURES)) / view.scale;
  const [left, top] = view.toPlace([0, 0]).map((value) => Math.round(value / step));
  const [right, bottom] = view.toPlace([width, height]).map((value) => Math.round(value / step));
  return { step, left, top, columns: right - left + 1, rows: top - bottom + 1 };
}

function cells({ left, top, columns, rows }) {
  return Array.from({ length: columns * rows }, (_, k) => [left + (k % columns), top - Math.floor(k / columns)]);
}

/** What a sheet shows, on a new one of another grid. */
function moved(sheet, from, to) {
  const next = Object.assign(document.createElement("canvas"), { width: to.columns * SIDE, height: to.rows * SIDE });
  if (!from) return next;
  const ratio = from.step / to.step;
  const left = ((from.left - 0.5) * ratio - (to.left - 0.5)) * SIDE;
  const top = ((to.top + 0.5) - (from.top + 0.5) * ratio) * SIDE;
  next.getContext("2d").drawImage(sheet, left, top, sheet.width * ratio, sheet.height * ratio);
  return next;
}

function put(sheet, grid, [column, row], grey) {
  const image = new ImageData(SIDE, SIDE);
  grey.forEach((value, k) => (image.data[4 * k + 3] = value));
  sheet.getContext("2d").putImageData(image, (column - grid.left) * SIDE, (grid.top - row) * SIDE);
}
