// What may wait until the frame under way is on the screen, so that it does not hold up what comes first.
/** Resolves when the next frame is drawn. */
export const drawn = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));

/** `work` once the next frame is drawn, of the newest arguments. */
export function afterFrame(work) {
  let newest = null;
  return async (...values) => {
    const waits = newest;
    newest = values;
    if (waits) return;
    await drawn();
    const mine = newest;
    newest = null;
    work(...mine);
  };
}
