// Files for a person to keep, made and saved in the browser.
import { SIDE } from "./picture.js";
import { png } from "./png.js";

/** Pictures side by side, row after row, each pixel `scale` wide, as {width, height, grey}. */
export function sheet(pictures, columns, scale) {
  const side = SIDE * scale;
  const [width, height] = [columns * side, Math.ceil(pictures.length / columns) * side];
  const grey = new Uint8Array(width * height);
  pictures.forEach((picture, k) => {
    const [left, top] = [(k % columns) * side, Math.floor(k / columns) * side];
    for (let y = 0; y < side; y++) {
      const [from, to] = [Math.floor(y / scale) * SIDE, (top + y) * width + left];
      for (let x = 0; x < side; x++) grey[to + x] = picture[from + Math.floor(x / scale)];
    }
  });
  return { width, height, grey };
}

export const savePng = async (picture, name) => save(await png(picture), name);

export function save(blob, name) {
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
