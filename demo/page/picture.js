// Grey bytes to canvases. Ink is white on black, as in MNIST; the style sheet turns it around on light paper.
import { persist } from "./presence.js";

export const SIDE = 28;
const SIZE = SIDE * SIDE;
const BLANK = new Uint8Array(SIZE);

/** One base64 string to its bytes. */
export const bytes = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));

/** One base64 string to its pictures, 784 grey bytes each. */
export const unpack = (text) => pictures(bytes(text));

const pictures = (grey) => Array.from({ length: grey.length / SIZE }, (_, k) => grey.subarray(k * SIZE, (k + 1) * SIZE));

export const base64 = (grey) => btoa(String.fromCharCode(...grey));

/** Paint one picture, or several side by side on a canvas as wide as they are. */
export function paint(canvas, ...pictures) {
  const context = canvas.getContext("2d");
  pictures.forEach((grey, k) => context.putImageData(imageData(grey ?? BLANK), k * SIDE, 0));
  painted(canvas);
}

export function imageData(grey) {
  const image = new ImageData(SIDE, SIDE);
  const pixels = new Uint32Array(image.data.buffer);
  grey.forEach((value, k) => (pixels[k] = 0xff000000 | (value * 0x010101)));
  return image;
}

/** Tell whoever automates the page that the canvas shows something new. */
export function painted(canvas) {
  canvas.dataset.revision = Number(canvas.dataset.revision ?? 0) + 1;
}

/** Twenty real digits, 0 to 9 twice. As numbers: a browser may add noise to what is read back from a canvas. */
export const loadTestDigits = () => persist(readTestDigits);

async function readTestDigits() {
  const answer = await fetch(new URL("test-digits.grey", import.meta.url));
  if (!answer.ok) throw new Error(`test-digits.grey: HTTP ${answer.status}`);
  return pictures(new Uint8Array(await answer.arrayBuffer()));
}
