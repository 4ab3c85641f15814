// Questions that are asked in one go travel in one request: two requests take nearly twice as long as one.
const LIMIT = 4; // questions in a request

/** `send` gives the answers to a list of questions; what comes back asks one, and all asked in the same task are sent. */
export function together(send) {
  let waiting = [];

  function sendAll() {
    const all = waiting;
    waiting = [];
    while (all.length) {
      const batch = all.splice(0, LIMIT);
      const answers = send(batch.map(({ question }) => question));
      batch.forEach(({ resolve, reject }, k) => answers.then((each) => resolve(each[k]), reject));
    }
  }
  return (question) =>
    new Promise((resolve, reject) => {
      waiting.push({ question, resolve, reject });
      if (waiting.length === 1) queueMicrotask(sendAll);
    });
}
