// The page of the static site: its tabs, its sliders and its widgets, without Gradio.
import { modelKnown } from "../page/page.js";

const KEYS = { ArrowLeft: -1, ArrowRight: 1 };
const APP = "Photos are read by the app: python app.py.";

function makeTabs(list) {
  const tabs = [...list.querySelectorAll("[role=tab]")];
  const panel = (tab) => document.getElementById(tab.getAttribute("aria-controls"));

  function open(chosen) {
    for (const tab of tabs) {
      tab.setAttribute("aria-selected", tab === chosen);
      tab.tabIndex = tab === chosen ? 0 : -1;
      panel(tab).hidden = tab !== chosen;
    }
  }
  for (const tab of tabs) tab.onclick = () => open(tab);
  list.onkeydown = ({ key }) => {
    const next = tabs[(tabs.indexOf(document.activeElement) + (KEYS[key] ?? 0) + tabs.length) % tabs.length];
    if (!KEYS[key]) return;
    next.focus();
    open(next);
  };
}

/** Range and number of a slider follow each other, and the track is filled as far as it is. */
function makeSlider(range) {
  const number = range.closest(".wrap").querySelector("input[type=number]");
  const tell = () => {
    const share = (range.value - range.min) / (range.max - range.min);
    range.style.setProperty("--range_progress", `${100 * share}%`);
    if (document.activeElement !== number) number.value = range.value;
  };
  range.addEventListener("input", tell);
  number.addEventListener("input", () => {
    range.value = number.value;
    tell();
  });
  tell();
}

/** Each begins as soon as it can: none waits for another's module. */
const makeWidgets = () => Promise.all(Array.from(document.querySelectorAll("[data-module]"), makeWidget));

async function makeWidget(element) {
  const { start } = await import(new URL(`../${element.dataset.module}`, import.meta.url));
  if ("waits" in element.dataset) await modelKnown;
  start({ element, props: JSON.parse(element.dataset.props), watch() {} });
}

const dark = matchMedia("(prefers-color-scheme: dark)");
const follow = () => document.body.classList.toggle("dark", dark.matches);
dark.onchange = follow;
follow();
document.querySelectorAll("[role=tablist]").forEach(makeTabs);
document.querySelectorAll("#sliders input[type=range]").forEach(makeSlider);
await makeWidgets();
document.querySelector("#photo")?.replaceChildren(Object.assign(document.createElement("p"), { textContent: APP }));
