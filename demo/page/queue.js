// Several kinds of work for one widget, one at a time and the most urgent first. Work is described by what it refreshes,
// so asking twice before it begins is asking once, and what it sees is always the newest.
import { drawn } from "./frame.js";
import { latest } from "./latest.js";

const PATIENCE = 150; // ms that a view waits while a more urgent one is asked for again and again

/**
 * `steps` and `views` map names to functions, the most urgent first; the answer marks some of them as due. Views show
 * what the steps found out: none comes before a step that is due, and each is on the screen before a lesser one begins.
 */
export function makeQueue(steps, views, failed) {
  const kinds = { ...steps, ...views };
  const order = Object.keys(kinds);
  const due = new Map(); // to when it was asked for
  let wake = () => {};

  function next() {
    const waiting = order.filter((kind) => due.has(kind));
    const isOverdue = (kind) => performance.now() - due.get(kind) > PATIENCE;
    return waiting[0] in views ? (waiting.find(isOverdue) ?? waiting[0]) : waiting[0];
  }
  const woken = () => new Promise((resolve) => (wake = resolve));

  const work = latest(async () => {
    for (let last = null; due.size; ) {
      if (last in views && order.indexOf(next()) > order.indexOf(last)) await Promise.race([drawn(), woken()]);
      last = next();
      due.delete(last);
      try {
        await kinds[last]();
      } catch (error) {
        due.set(last, performance.now()); // tried again when anything else is asked for
        throw error;
      }
    }
    failed("");
  }, failed);
  return (...asked) => {
    for (const kind of asked) if (!due.has(kind)) due.set(kind, performance.now());
    wake();
    work();
  };
}
