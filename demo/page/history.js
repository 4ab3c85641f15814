// What stood before and what stands now, step by step, to go back and forth in. A state is any value that is never
// changed itself, so that steps may share their parts.
const MOST = 300; // states; then the oldest goes

/** With the states it had and the place among them, or from nothing. */
export function makeHistory(states = [null], at = states.length - 1) {
  const go = (to) => {
    const there = to >= 0 && to < states.length;
    if (there) at = to;
    return there;
  };
  return {
    now: () => states[at],
    canUndo: () => at > 0,
    canRedo: () => at < states.length - 1,
    /** A step to another state; what was undone before it is let go. A step to the same is none. */
    add(state) {
      if (JSON.stringify(state) === JSON.stringify(states[at])) return;
      states = [...states.slice(0, at + 1), state].slice(-MOST);
      at = states.length - 1;
    },
    /** Back, or forth; whether there was anywhere to go. */
    undo: () => go(at - 1),
    redo: () => go(at + 1),
    all: () => ({ states, at }),
  };
}
