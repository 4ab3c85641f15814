// What a person made, kept in the browser while the page is loaded anew; nowhere else, and for this tab of the browser.
// The shelf outlasts the tab, and stands in stored-shelf.js.
import { follow } from "./page.js";

const NAME = "page";
const REST = 1000; // ms without a change after which it is kept, should the browser end without a word
const LEAST = ["history", "shelfSteps"]; // go first where storage is full

/** By name, as the page was left; {} where it was not, or where nothing may be stored. */
export const kept = read();

/** Whether the page is come back to where it was left, so that a link in its address was opened then. */
export const cameBack = kept.hash === location.hash && performance.getEntriesByType("navigation")[0]?.type !== "navigate";

const givers = new Map();

/** From now on keep what `give` tells under a name; until then what was kept under it stays. */
export const keep = (name, give) => givers.set(name, give);

function read() {
  try {
    const found = JSON.parse(sessionStorage.getItem(NAME));
    return found && typeof found === "object" ? found : {};
  } catch {
    return {};
  }
}

function write(values) {
  try {
    sessionStorage.setItem(NAME, JSON.stringify(values));
    return true;
  } catch {
    return false; // no storage here, or it is full: nothing is lost but this
  }
}

/** Keep it all now. */
function store() {
  const values = { ...kept };
  for (const [name, give] of givers) values[name] = give();
  for (const name of LEAST) {
    if (write(values)) return;
    delete values[name];
  }
  write(values);
}

let resting;
follow(() => {
  clearTimeout(resting);
  resting = setTimeout(store, REST);
});
window.addEventListener("pagehide", store);
document.addEventListener("visibilitychange", () => document.hidden && store());
