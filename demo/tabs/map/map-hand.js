// A hand on the map. A mouse moves the cursor and drags the map; one finger moves the cursor, two pan and zoom; arrow keys
// move the cursor. The wheel is the page's, but with Ctrl, which is also what a pinch on a trackpad tells, it zooms.
import { followPointers } from "../../page/pointers.js";

const SLACK = 6; // CSS pixels a click may move
const STRIDE = 1 / 40; // of the window, of an arrow key
const WHEEL = 0.0015; // zoom of one unit of the wheel
const PINCH = { zoom: 0.2, units: 20 }; // more for the first units: a trackpad counts in few of them
const LINE = 20; // units of a wheel that counts in lines
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
export const FACTOR = 1.5; // of one zoom by key or button

/** `hand`: move(pixel), step(pixels), keep(), pan(pixels), zoom(pixel or null for the cursor, factor). */
export function followHand(canvas, hand) {
  followFingers(canvas, hand);
  canvas.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const units = event.deltaY * (event.deltaMode ? LINE : 1);
    hand.zoom(pixelOf(event, canvas), Math.exp(-WHEEL * units - PINCH.zoom * Math.tanh(units / PINCH.units)));
  }, { passive: false });
  followGestures(canvas, hand);
  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const stride = STRIDE * Math.min(canvas.clientWidth, canvas.clientHeight) * (event.shiftKey ? 5 : 1);
    if (ARROWS[event.key]) hand.step(ARROWS[event.key].map((value) => value * stride));
    else if (event.key === "+" || event.key === "=") hand.zoom(null, FACTOR);
    else if (event.key === "-") hand.zoom(null, 1 / FACTOR);
    else if (event.key === "Enter") hand.keep();
    else return;
    event.preventDefault();
  });
}

/** A pinch on a trackpad as Safari tells it. */
function followGestures(canvas, hand) {
  let before = 1;
  canvas.addEventListener("gesturestart", (event) => {
    event.preventDefault();
    before = 1;
  });
  canvas.addEventListener("gesturechange", (event) => {
    event.preventDefault();
    hand.zoom(pixelOf(event, canvas), event.scale / before);
    before = event.scale;
  });
}

function followFingers(canvas, hand) {
  const down = new Map(); // where each pointer that is down was last
  let travelled = 0; // CSS pixels since the first came down
  const isFinger = (event) => event.pointerType === "touch";

  followPointers(canvas, {
    down(event) {
      if (down.size === 2) return;
      down.set(event.pointerId, pixelOf(event, canvas));
      travelled = down.size === 1 ? 0 : Infinity;
      if (isFinger(event) && down.size === 1) hand.move(pixelOf(event, canvas));
    },
    move(event) {
      const now = pixelOf(event, canvas);
      const last = down.get(event.pointerId);
      if (!last) return void (down.size || hand.move(now));
      const before = [...down.values()];
      down.set(event.pointerId, now);
      travelled += apart(last, now);
      if (down.size === 2) pinch(before, [...down.values()], hand);
      else if (isFinger(event)) hand.move(now);
      else if (travelled > SLACK) hand.pan([now[0] - last[0], now[1] - last[1]]);
    },
    up(id, type) {
      if (down.delete(id) && type === "pointerup" && travelled <= SLACK) hand.keep();
    },
  });
  canvas.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false });
}

function pinch(before, now, hand) {
  const [from, to] = [middle(before), middle(now)];
  hand.pan([to[0] - from[0], to[1] - from[1]]);
  hand.zoom(to, apart(...now) / Math.max(1, apart(...before)));
}

const apart = ([a, b], [c, d]) => Math.hypot(a - c, b - d);
const middle = ([[a, b], [c, d]]) => [(a + c) / 2, (b + d) / 2];

function pixelOf(event, canvas) {
  const box = canvas.getBoundingClientRect();
  return [event.clientX - box.left, event.clientY - box.top];
}
