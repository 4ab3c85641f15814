// The page is kept in the browser, so that it opens without a network; see service-worker.js.
const base = document.baseURI.split("#")[0];
const LIVE = ["live/", "gradio_api/"].map((folder) => new URL(folder, base).href); // is kept otherwise, or not at all
let begun = false;

/** Keep it, once it works by itself. A browser that keeps nothing, as on plain http, is none the worse. */
export async function keepPage(version) {
  if (begun || !navigator.serviceWorker) return;
  begun = true;
  try {
    await navigator.serviceWorker.register(new URL("service-worker.js", base));
    const { active, waiting } = await navigator.serviceWorker.ready;
    (waiting ?? active).postMessage({ app: version, parts: parts() }, []);
  } catch {
    /* not here */
  }
}

/** What the page took to come to be. */
function parts() {
  const taken = performance.getEntriesByType("resource").map(({ name }) => name);
  return taken.filter((name) => name.startsWith(new URL("./", base).href) && !LIVE.some((folder) => name.startsWith(folder)));
}
