// The shelf in the browser's storage, for all its tabs and for another day; nowhere else. What another page of the same
// host keeps has another name.
import { fromText, toText } from "./drawings.js";

const NAME = `my-hand:${new URL(".", document.baseURI).pathname}`;

/** The drawings that are stored; null where nothing may be, or where `isBroken`. */
export function load() {
  const text = stored();
  return text === null ? null : fromText(text);
}

/** Whether what is stored is nothing of ours. */
export const isBroken = () => stored() !== null && !load();

function stored() {
  try {
    return localStorage.getItem(NAME) ?? toText([]);
  } catch {
    return null;
  }
}

/** Store these, and of none nothing; whether that could be done. */
export function store(drawings) {
  try {
    if (drawings.length) localStorage.setItem(NAME, toText(drawings));
    else localStorage.removeItem(NAME);
    return true;
  } catch {
    return false; // no storage here, or it is full
  }
}

/** Call `work` when another tab may have stored something. */
export function followStored(work) {
  window.addEventListener("storage", ({ key }) => (key === NAME || key === null) && work());
  window.addEventListener("pageshow", ({ persisted }) => persisted && work()); // it was put aside, and heard nothing
}
