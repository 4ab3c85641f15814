// At most one call under way: while it runs only the newest arguments wait, so the last value always wins
// and requests never pile up. `failed` is told in a sentence, `busy` when work begins and when all is done.
// What the server's silence left undone is asked again when it is back, unless something newer was asked since; what it
// was too busy for, as soon as it says, by its newest value.
import { Busy, complain, pause, serverBack, Silence } from "./presence.js";

export function latest(call, failed, busy = () => {}) {
  let running = false;
  let waiting = null;
  let asked = null;

  async function ask(...values) {
    asked = waiting = values;
    if (running) return;
    running = true;
    busy(true);
    while (waiting) {
      const newest = waiting;
      waiting = null;
      try {
        await call(...newest);
      } catch (error) {
        if (error instanceof Busy) {
          await pause(error.time);
          waiting = waiting || newest;
          continue;
        }
        complain(error, failed);
        if (error instanceof Silence) serverBack().then(() => newest === asked && ask(...newest));
      }
    }
    running = false;
    busy(false);
  }
  return ask;
}
