// At most one call under way: while it runs only the newest arguments wait, so the last value always wins
// and requests never pile up.
export function latest(call, failed) {
  let running = false;
  let waiting = null;
  return async function ask(...values) {
    waiting = values;
    if (running) return;
    running = true;
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
  };
}
