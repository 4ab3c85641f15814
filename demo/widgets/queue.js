// Several kinds of work for one widget, one at a time and the most urgent first. Work is described by what it refreshes,
// so asking twice before it begins is asking once, and what it sees is always the newest.
import { latest } from "./latest.js";

/** `kinds` maps names to functions, the most urgent first; the answer marks some of them as due. */
export function makeQueue(kinds, failed) {
  const due = new Set();
  const work = latest(async () => {
    for (;;) {
      const kind = Object.keys(kinds).find((name) => due.has(name));
      if (!kind) return failed("");
      due.delete(kind);
      try {
        await kinds[kind]();
      } catch (error) {
        due.add(kind); // tried again when anything else is asked for
        throw error;
      }
    }
  }, failed);
  return (...names) => {
    for (const name of names) due.add(name);
    work();
  };
}
