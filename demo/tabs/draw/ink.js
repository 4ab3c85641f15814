// What is on the pad, drawn: white on black like every picture here; the style sheet turns it around on light paper.
import { paint, painted, SIDE, unpack } from "../../page/picture.js";

export const UNITS = 1000; // a side of the pad
const PEN = 64; // width of the line, in units

/** A share of the pad's side in units, the nearest that is on it. */
export const inside = (share) => Math.round(Math.min(1, Math.max(0, share)) * UNITS);

export function drawPad(canvas, strokes, image) {
  const side = Math.round(canvas.clientWidth * devicePixelRatio);
  if (!side) return; // hidden
  if (canvas.width !== side) canvas.width = canvas.height = side;
  const context = canvas.getContext("2d");
  context.setTransform(side / UNITS, 0, 0, side / UNITS, 0, 0);
  context.fillStyle = "black";
  context.fillRect(0, 0, UNITS, UNITS);
  if (image) {
    const small = Object.assign(document.createElement("canvas"), { width: SIDE, height: SIDE });
    paint(small, unpack(image)[0]);
    context.drawImage(small, 0, 0, UNITS, UNITS);
  }
  context.strokeStyle = "white";
  context.lineWidth = PEN;
  context.lineCap = context.lineJoin = "round";
  for (const stroke of strokes) trace(context, stroke);
  painted(canvas);
}

// Curves through the midpoints between samples: smooth however few samples there are.
function trace(context, stroke) {
  context.beginPath();
  context.moveTo(...stroke[0]);
  for (let k = 1; k < stroke.length - 1; k++) {
    const [x, y] = stroke[k];
    context.quadraticCurveTo(x, y, (x + stroke[k + 1][0]) / 2, (y + stroke[k + 1][1]) / 2);
  }
  context.lineTo(...stroke.at(-1));
  context.stroke();
}
