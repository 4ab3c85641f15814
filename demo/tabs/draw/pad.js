// A sheet of paper: strokes, lists of [x, y] in thousandths of its side, or a picture in their place; a new stroke then
// starts afresh. Every stroke, and every other change of what is on it, is a step of its history.
import { drawPad } from "./ink.js";
import { followKeys } from "./pen-keys.js";
import { followPen } from "./pen.js";
import { makeHistory } from "../../page/history.js";

const STEP = 4; // units the pen moves before a point is kept
const POINTS = 3000; // above this, every second point is let go
const STROKES = 200; // above this, a stroke is not begun
const DOT = 64; // units; a stroke no longer than the line is wide has only begun

const last = (drawing) => drawing?.strokes?.[drawing.strokes.length - 1];
const apart = ([a, b], [c, d]) => Math.hypot(a - c, b - d);
const lengthOf = (stroke) => stroke.reduce((sum, point, k) => sum + (k && apart(point, stroke[k - 1])), 0);

/** `changed` is called with {strokes}, {image: base64} or null at every movement of the pen. A stroke starts afresh, too,
 * after a drawing that `isDone`. */
export function makePad(canvas, changed, history = makeHistory(), isDone = () => false) {
  let drawing = history.now();
  let down = false; // a stroke is under way, and no step of the history yet

  const paint = () => drawPad(canvas, drawing?.strokes ?? [], drawing?.image);
  function show(next) {
    drawing = next;
    paint();
    changed(drawing);
  }
  function step(next) {
    pad.end();
    history.add(next);
    show(next);
  }
  function go(way) {
    pad.end();
    if (way()) show(history.now());
  }

  const pad = {
    drawing: () => drawing,
    isDown: () => down,
    /** Whether what is on the pad is that drawing, or that drawing with its last stroke gone on. */
    shows: (asked) => asked === drawing || (down && last(asked) === last(drawing)),
    begin(point) {
      pad.end();
      const strokes = isDone(drawing) ? [] : (drawing?.strokes ?? []);
      if (strokes.length >= STROKES) return;
      down = true;
      show({ strokes: [...strokes, [point]] });
    },
    extend(points) {
      if (!down) return;
      const stroke = last(drawing);
      for (const point of points) {
        if (apart(point, stroke[stroke.length - 1]) >= STEP) stroke.push(point);
      }
      const { strokes } = drawing;
      const crowded = strokes.reduce((count, { length }) => count + length, 0) > POINTS;
      show({ strokes: crowded ? strokes.map((each) => each.filter((_, k) => k % 2 === 0)) : strokes });
    },
    end() {
      if (down) history.add(drawing);
      down = false;
    },
    /** Take the stroke under way off the pad, as if it had not been begun. */
    drop() {
      if (!down) return;
      down = false;
      show(history.now());
    },
    /** The stroke under way was perhaps not meant: it goes if it had only begun. */
    breakOff: () => (down && lengthOf(last(drawing)) <= DOT ? pad.drop() : pad.end()),
    canUndo: () => down || history.canUndo(),
    canRedo: () => !down && history.canRedo(),
    undo: () => go(history.undo),
    redo: () => go(history.redo),
    clear: () => drawing && step(null),
    put: step,
  };
  followPen(canvas, pad);
  followKeys(canvas, pad);
  paint();
  new ResizeObserver(paint).observe(canvas);
  return pad;
}
