// Work of which only the newest matters: one is under way, the newest waits, and those between are answered by nothing.
export function newest(call) {
  let running = false;
  let waiting = null;

  async function run(question, resolve, reject) {
    running = true;
    await call(...question).then(resolve, reject);
    running = false;
    const next = waiting;
    waiting = null;
    if (next) run(...next);
  }
  return (...question) =>
    new Promise((resolve, reject) => {
      if (!running) return run(question, resolve, reject);
      waiting?.[1]();
      waiting = [question, resolve, reject];
    });
}
