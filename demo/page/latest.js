// At most one call under way: while it runs only the newest arguments wait, so the last value always wins
// and requests never pile up. `failed` is told in a sentence, `busy` when work begins and when all is done.
export function latest(call, failed, busy = () => {}) {
  let running = false;
  let waiting = null;
  return async function ask(...values) {
    waiting = values;
    if (running) return;
    running = true;
    busy(true);
    while (waiting) {
      const newest = waiting;
      waiting = null;
      try {
        await call(...newest);
      } catch (error) {
        failed(error.message);
      }
    }
    running = false;
    busy(false);
  };
}
