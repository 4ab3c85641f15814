// Several kinds of work for one widget, one at a time and the most urgent first. Work is described by what it refreshes,
// so asking twice before it begins is asking once, and what it sees is always the newest.
import { drawn } from "./frame.js";
import { latest } from "./latest.js";

const PATIENCE = 150; // ms that the less urgent waits in a drag

/** `kinds` maps names to functions, the most urgent first; the answer marks some of them as due. */
export function makeQueue(kinds, failed) {
  const names = Object.keys(kinds);
  const due = new Map(); // to when it was asked for
  let wake = () => {};

  function next() {
    const waiting = names.filter((name) => due.has(name));
    return waiting.find((name) => performance.now() - due.get(name) > PATIENCE) ?? waiting[0];
  }

  const work = latest(async () => {
    for (let done = null; ; ) {
      if (names.indexOf(next()) > names.indexOf(done) && done) await Promise.race([drawn(), new Promise((resolve) => (wake = resolve))]);
      const kind = next();
      if (!kind) return failed("");
      due.delete(kind);
      try {
        await kinds[kind]();
      } catch (error) {
        due.set(kind, performance.now()); // tried again when anything else is asked for
        throw error;
      }
      done = kind;
    }
  }, failed);
  return (...asked) => {
    for (const name of asked) if (!due.has(name)) due.set(name, performance.now());
    wake();
    work();
  };
}
