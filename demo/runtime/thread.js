// A thread of the page's own that computes; worker.js is what runs in it.

/** The browser cannot compute: no thread, no WebAssembly, no memory, a broken download. */
export class Broken extends Error {}

/** `graphs` are those of a model that it has ready before it says that it has the model. A place is {vendor, folder,
 * draws}, as in_browser.js knows it. */
export function makeThread(graphs) {
  let worker = null;
  let count = 0;
  const asked = new Map(); // questions under way, by number
  const loaded = new Map(); // by folder, whether the model is there yet

  function start() {
    worker = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
    worker.onerror = () => fail("its thread ended");
    worker.onmessage = ({ data: { id, early, answer, error, broken } }) => {
      const { resolve, reject, tell } = asked.get(id);
      if (early) return tell(early);
      asked.delete(id);
      if (error) reject(broken ? new Broken(error) : new Error(error));
      else resolve(answer);
    };
  }

  function fail(reason) {
    for (const { reject } of asked.values()) reject(new Broken(reason));
    asked.clear();
    worker?.terminate();
    worker = null;
  }

  const thread = {
    /** `tell` gets what is known of the answer before all is. */
    ask: (name, place, question, tell) =>
      new Promise((resolve, reject) => {
        try {
          if (!worker) start();
        } catch (error) {
          reject(new Broken(error.message));
          return;
        }
        count += 1;
        asked.set(count, { resolve, reject, tell });
        worker.postMessage({ id: count, name, place, question }, []);
      }),
    has: (place) => loaded.get(place?.folder) === true,
    /** Have a model ready; it is loaded once. Throws Broken. */
    async load(place) {
      const { folder } = place;
      if (!loaded.has(folder)) loaded.set(folder, thread.ask("load", place, { graphs }).then(() => loaded.set(folder, true)));
      try {
        await loaded.get(folder);
      } catch (error) {
        loaded.delete(folder); // another time, perhaps
        throw error;
      }
    },
  };
  return thread;
}
