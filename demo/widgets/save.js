// Files for a person to keep, made and saved in the browser.
import { imageData, SIDE } from "./picture.js";

/** Pictures side by side, row after row, each pixel `scale` wide, on one canvas. */
export function sheet(pictures, columns, scale) {
  const rows = Math.ceil(pictures.length / columns);
  const small = Object.assign(document.createElement("canvas"), { width: SIDE * columns, height: SIDE * rows });
  const context = small.getContext("2d");
  pictures.forEach((grey, k) => context.putImageData(imageData(grey), (k % columns) * SIDE, Math.floor(k / columns) * SIDE));
  const large = Object.assign(document.createElement("canvas"), { width: small.width * scale, height: small.height * scale });
  const enlarged = large.getContext("2d");
  enlarged.imageSmoothingEnabled = false;
  enlarged.drawImage(small, 0, 0, large.width, large.height);
  return large;
}

export const savePng = (canvas, name) => canvas.toBlob((blob) => save(blob, name));

export function save(blob, name) {
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
