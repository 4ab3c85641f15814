// Files for a person to keep, made and saved in the browser.
import { paintGrid } from "./grid.js";

/** Pictures side by side, row after row, each pixel `scale` wide, on one canvas. */
export function sheet(pictures, columns, scale) {
  const small = document.createElement("canvas");
  paintGrid(small, pictures, columns);
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
