// Digits of the test set as points: a colour a digit, and from near its figure.
const NEAR = 2.5; // zoom from which figures are legible
const DOT = 3; // CSS pixels, radius, less on a small map
const FIGURE = 13; // CSS pixels, height
const SPRITE = 20; // CSS pixels

/** {x, y, digits} onto a canvas; `isShown` says of which digits. Returns how many there are in the window. */
export function drawPoints(context, view, { x, y, digits }, isShown, colours, paper) {
  const sprites = colours.map((colour, digit) => sprite(colour, paper, Math.min(DOT, view.size[0] / 150), view.zoom >= NEAR ? digit : null));
  let count = 0;
  for (let n = 0; n < digits.length; n++) {
    const k = (n * 101) % digits.length; // mixed, so that no digit hides another
    const place = [x[k], y[k]];
    if (!isShown(digits[k]) || !view.isInside(place)) continue;
    const [left, top] = view.toPixel(place);
    context.drawImage(sprites[digits[k]], left - SPRITE / 2, top - SPRITE / 2, SPRITE, SPRITE);
    count += 1;
  }
  return count;
}

function sprite(colour, paper, radius, figure) {
  const side = SPRITE * devicePixelRatio;
  const canvas = Object.assign(document.createElement("canvas"), { width: side, height: side });
  const context = canvas.getContext("2d");
  context.scale(devicePixelRatio, devicePixelRatio);
  context.translate(SPRITE / 2, SPRITE / 2);
  Object.assign(context, { fillStyle: colour, strokeStyle: paper, lineJoin: "round" });
  if (figure === null) {
    context.lineWidth = 1.5;
    context.beginPath();
    context.arc(0, 0, radius, 0, 2 * Math.PI);
    context.stroke();
    context.fill();
  } else {
    Object.assign(context, { font: `700 ${FIGURE}px system-ui, sans-serif`, textAlign: "center", textBaseline: "middle", lineWidth: 3 });
    context.strokeText(figure, 0, 1);
    context.fillText(figure, 0, 1);
  }
  return canvas;
}
