// The picture that grows: a row of ten digits an epoch.
import { imageData, painted, SIDE, unpack } from "../../page/picture.js";

const COLUMNS = 10;

export function makeGrowth(element) {
  const canvas = element.querySelector("canvas");
  const context = canvas.getContext("2d");
  const numbers = element.querySelector("ol");
  let pictures = [];

  /** Show further rows, base64 of their grey bytes; `anew` forgets those before. */
  return function grow(text, anew) {
    const further = unpack(text);
    if (!anew && !further.length) return;
    pictures = [...(anew ? [] : pictures), ...further];
    const atEnd = element.scrollHeight - element.scrollTop - element.clientHeight < 60;
    const rows = pictures.length / COLUMNS;
    canvas.height = SIDE * Math.max(1, rows); // which also wipes it
    pictures.forEach((grey, k) => context.putImageData(imageData(grey), (k % COLUMNS) * SIDE, Math.floor(k / COLUMNS) * SIDE));
    canvas.setAttribute("aria-label", `${rows} rows of ten digits, the last drawn by the model after epoch ${rows}`);
    numbers.replaceChildren(...Array.from({ length: rows }, (_, k) => Object.assign(document.createElement("li"), { textContent: k + 1 })));
    element.dataset.rows = rows;
    painted(canvas);
    if (atEnd) element.scrollTop = element.scrollHeight;
  };
}
