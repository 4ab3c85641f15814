// A photo in place of a drawing: a file that is chosen, dropped or pasted, or what the camera sees.
import { latest } from "../../page/latest.js";
import { give } from "../../runtime/server.js";
import { makeCamera } from "./camera.js";
import { reduced } from "./reduced.js";

const LIMIT = 40_000_000; // bytes

/** `element` is the tab; `put` gets {image, ...}, what the model sees of the photo; `say` what is wrong with it. */
export function makePhoto(element, put, say) {
  const find = (selector) => element.querySelector(`#photo ${selector}`);
  const [open, panel, input] = [find(".photo-open"), find("#photo-panel"), find("[type=file]")];

  const look = latest(async (file) => {
    const sent = await reduced(file);
    if (sent.size > LIMIT) throw new Error(`Expected a picture of at most ${LIMIT / 1e6} MB.`);
    put(await give("photo", sent));
  }, say);
  const take = (files) => {
    if (files && files.length) look(files[0]);
    return Boolean(files && files.length);
  };

  open.onclick = () => {
    panel.hidden = !panel.hidden;
    open.setAttribute("aria-expanded", String(!panel.hidden));
  };
  find(".photo-choose").onclick = () => input.click();
  input.onchange = () => {
    take(input.files);
    input.value = ""; // so that the same file may be chosen again
  };
  takeDrops(element, take);
  document.addEventListener("paste", (event) => {
    if (shown(element) && !isField(event.target) && take(event.clipboardData && event.clipboardData.files)) event.preventDefault();
  });
  makeCamera(find, look, say);
}

const shown = (element) => Boolean(element.querySelector("#pad").offsetParent);
const isField = (target) => target instanceof Element && Boolean(target.closest("input, textarea, [contenteditable=true]"));
const bringsFiles = ({ dataTransfer }) => Boolean(dataTransfer) && Array.from(dataTransfer.types).includes("Files");

// Wherever a file is dropped the browser would leave the page for it, on other tabs too.
function takeDrops(element, take) {
  const marked = [element.querySelector("#pad"), element.querySelector("#photo-panel")];
  const mark = (over) => marked.forEach((place) => place.classList.toggle("over", over));
  document.addEventListener("dragover", (event) => {
    if (event.defaultPrevented || !bringsFiles(event)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = shown(element) ? "copy" : "none";
    mark(shown(element));
  });
  document.addEventListener("dragleave", (event) => event.relatedTarget === null && mark(false));
  document.addEventListener("drop", (event) => {
    mark(false);
    if (event.defaultPrevented || !bringsFiles(event)) return;
    event.preventDefault();
    if (shown(element)) take(event.dataTransfer.files);
  });
}
