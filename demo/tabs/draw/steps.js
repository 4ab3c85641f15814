// The pad's history as it is kept by the browser: a stroke that stands in many states is written once.
import { kept, keep } from "../../page/kept.js";
import { makeHistory } from "../../page/history.js";

/** The history as the page was left, kept from now on; its last step is what was on the pad. */
export function comeBackToHistory() {
  let history = makeHistory();
  try {
    history = kept.history ? unpacked(kept.history) : history;
  } catch {
    /* another version's: what was on the pad is still known */
  }
  if (kept.drawing !== undefined) history.add(kept.drawing);
  keep("history", () => packed(history.all()));
  return history;
}

function packed({ states, at }) {
  const strokes = [...new Set(states.flatMap((state) => state?.strokes ?? []))];
  const places = new Map(strokes.map((stroke, k) => [stroke, k]));
  return { strokes, at, states: states.map((state) => withStrokes(state, (stroke) => places.get(stroke))) };
}

const unpacked = ({ strokes, at, states }) => makeHistory(states.map((state) => withStrokes(state, (k) => strokes[k])), at);

const withStrokes = (state, change) => (state?.strokes ? { ...state, strokes: state.strokes.map(change) } : state);
