// Work of a thread that does one thing at a time. Whoever has least left goes first, so that one picture never waits for
// a hundred; between two turns the thread hears what is asked meanwhile.
const waiting = [];
let working = false;

/** The answer of `run`, when it is its turn; `left` is how much its question still has to do. */
export function turn(left, run) {
  return new Promise((resolve, reject) => {
    waiting.push({ left, run, resolve, reject });
    if (!working) work();
  });
}

async function work() {
  working = true;
  while (waiting.length) {
    await heard();
    const least = waiting.reduce((best, { left }, k) => (left < waiting[best].left ? k : best), 0);
    const [{ run, resolve, reject }] = waiting.splice(least, 1);
    await Promise.resolve().then(run).then(resolve, reject);
  }
  working = false;
}

const { port1, port2 } = new MessageChannel();

/** Resolves behind the messages that have come. */
const heard = () =>
  new Promise((resolve) => {
    port1.onmessage = resolve;
    port2.postMessage(null);
  });
