// A sheet of paper: mouse, pen, finger or keys to strokes, lists of [x, y] in thousandths of its side.
// It may show a picture in place of strokes; a new stroke then starts afresh.
import { drawPad, UNITS } from "./ink.js";

const STEP = 4; // units the pen moves before a point is kept
const POINTS = 3000; // above this, every second point is let go
const STROKES = 200; // above this, a stroke is not begun

/** `changed` is called with {strokes}, {image: base64} or null at every movement of the pen. */
export function makePad(canvas, changed) {
  let strokes = [];
  let image = null;
  let down = false;

  const drawing = () => (image ? { image } : strokes.length ? { strokes } : null);

  function update(nextStrokes, nextImage = null) {
    strokes = nextStrokes;
    image = nextImage;
    drawPad(canvas, strokes, image);
    changed(drawing());
  }

  const pad = {
    begin(point) {
      if (strokes.length >= STROKES) return;
      down = true;
      update([...strokes, [point]]);
    },
    extend(points) {
      if (!down) return;
      const stroke = strokes.at(-1);
      for (const point of points) {
        const last = stroke.at(-1);
        if (Math.hypot(point[0] - last[0], point[1] - last[1]) >= STEP) stroke.push(point);
      }
      const crowded = strokes.reduce((count, { length }) => count + length, 0) > POINTS;
      update(crowded ? strokes.map((stroke) => stroke.filter((_, k) => k % 2 === 0)) : strokes);
    },
    end: () => (down = false),
    undo: () => !down && drawing() && update(strokes.slice(0, -1)),
    clear: () => !down && drawing() && update([]),
    put: (given) => !down && update(given.strokes ?? [], given.image),
  };
  followPointer(canvas, pad);
  followKeys(canvas, pad);
  new ResizeObserver(() => drawPad(canvas, strokes, image)).observe(canvas);
  return pad;
}

function followPointer(canvas, pad) {
  let pen = null; // id of the pointer that draws; others are ignored
  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    return [inside((event.clientX - box.left) / box.width), inside((event.clientY - box.top) / box.height)];
  };
  canvas.addEventListener("pointerdown", (event) => {
    if (pen !== null || event.button !== 0) return;
    pen = event.pointerId;
    canvas.setPointerCapture(pen);
    pad.begin(place(event));
  });
  canvas.addEventListener("pointermove", (event) => {
    if (event.pointerId !== pen) return;
    const samples = event.getCoalescedEvents?.() ?? [];
    pad.extend((samples.length ? samples : [event]).map(place));
  });
  const lift = (event) => {
    if (event.pointerId !== pen) return;
    pen = null;
    pad.end();
  };
  // A stroke is not a swipe: left to itself the browser may take the tap after it for the end of one, and swallow it.
  canvas.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false });
  canvas.addEventListener("pointerup", lift);
  canvas.addEventListener("pointercancel", lift);
}

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const STRIDE = UNITS / 25; // of the keyboard's pen

function followKeys(canvas, pad) {
  const cursor = canvas.parentElement.querySelector(".cursor");
  let at = [UNITS / 2, UNITS / 4];
  let down = false;
  function show() {
    cursor.style.left = `${(100 * at[0]) / UNITS}%`;
    cursor.style.top = `${(100 * at[1]) / UNITS}%`;
    cursor.classList.toggle("down", down);
  }
  function lift() {
    if (down) pad.end();
    down = false;
    show();
  }
  canvas.addEventListener("keydown", (event) => {
    const arrow = ARROWS[event.key];
    if (arrow) {
      at = at.map((value, axis) => inside((value + STRIDE * arrow[axis]) / UNITS));
      if (down) pad.extend([at]);
    } else if (event.key === " ") {
      if (down) pad.end();
      else pad.begin(at);
      down = !down;
    } else return;
    event.preventDefault();
    show();
  });
  canvas.addEventListener("blur", lift);
  canvas.addEventListener("pointerdown", lift);
  show();
}

const inside = (share) => Math.round(Math.min(1, Math.max(0, share)) * UNITS);
