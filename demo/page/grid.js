// Pictures side by side and below each other, on one canvas as large as they are.
import { imageData, painted, SIDE } from "./picture.js";

export function paintGrid(canvas, pictures, columns) {
  canvas.width = columns * SIDE;
  canvas.height = Math.ceil(pictures.length / columns) * SIDE;
  const context = canvas.getContext("2d");
  pictures.forEach((grey, k) => context.putImageData(imageData(grey), (k % columns) * SIDE, Math.floor(k / columns) * SIDE));
  painted(canvas);
}
