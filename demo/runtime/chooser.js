// The header: the model that answers is chosen here for all tabs. The page starts at the middle of the prior, or at the
// picture a link leads to.
import { choose } from "./choose.js";
import { begin } from "./either.js";
import { cameBack, keep, kept } from "../page/kept.js";
import { drawn } from "../page/frame.js";
import { latest } from "../page/latest.js";
import { fromLink } from "../page/link.js";
import { holdsKey } from "../page/owner.js";
import { catalog } from "./model.js";
import { change, drawingKnown, follow, openedTab, openTab, page } from "../page/page.js";
import { followServer } from "../page/presence.js";
import { guardSliders } from "../page/slider-touch.js";

const SIGNS = { browser: "answered in your browser", server: "answered by the server" };

export function start({ element, props }) {
  const select = element.querySelector("select");
  const say = (text) => (element.querySelector("[role=status]").textContent = text);
  const sign = element.querySelector("#answering");
  /** Do what leads to another place, the newest last. */
  const go = latest(async (work) => say((await work()) ?? ""), (words) => {
    say(words);
    place();
  });
  const refresh = latest(async () => list(await catalog()), () => {});

  function place() {
    select.value = page.model.name;
  }
  function list(found) {
    const names = [...new Set([...found, page.model.name])]; // a link may lead to a model that another page brought
    if (names.join() !== [...select.options].map(({ value }) => value).join()) {
      select.replaceChildren(...names.map((name) => new Option(name, name)));
    }
    place();
  }
  function followLink() {
    if (holdsKey()) openTab("train"); // which takes it
    const linked = fromLink();
    if (linked) go(() => open(linked));
  }

  async function open({ model, place: there, tab }) {
    const told = await choose(model ?? props.model.name, there);
    keepPlace();
    openTab(tab);
    return told;
  }

  follow(({ answering, trouble }) => {
    if (answering) sign.textContent = SIGNS[answering];
    if (answering) sign.dataset.by = answering;
    if (trouble) say(trouble);
  });
  follow((parts) => {
    if (parts.model && [...select.options].some(({ value }) => value === parts.model.name)) place();
    else if (parts.model) refresh();
  });
  select.onchange = () => {
    const { value } = select;
    go(() => choose(value));
  };
  select.onfocus = refresh; // models that were trained since
  followServer((words) => (element.querySelector("#server-word").textContent = words));
  window.addEventListener("popstate", followLink); // a link that is opened again, too
  guardSliders();

  const { model, names } = props;
  const keyed = holdsKey();
  const linked = fromLink() && !cameBack;
  const asLeft = kept.model === model.name && kept.style?.length === model.latent_dim && !linked;
  change({ model, ...(asLeft && { style: kept.style, digit: kept.digit }) });
  list(names);
  whenLoaded(begin);
  const begun = page.style;
  drawingKnown.then(async () => {
    if (!linked && kept.tab && !keyed) await openTab(kept.tab);
    keep("tab", openedTab);
  });
  if (linked || keyed) followLink();
  if (asLeft) keepPlace();
  else if (!linked) go(comeBack);

  /** To the model and style as they were left; where the model is gone since, the drawing stays. */
  async function comeBack() {
    if (kept.model && page.style === begun && (await catalog()).includes(kept.model)) {
      await choose(kept.model, { style: kept.style, digit: kept.digit });
    }
    keepPlace();
  }
}

/** Where one is now, at this address: a link in it is not opened again when the page is loaded anew. */
function keepPlace() {
  keep("hash", () => location.hash);
  keep("model", () => page.model.name);
  keep("style", () => page.style);
  keep("digit", () => page.digit);
}

/** When the page has been loaded and drawn. */
function whenLoaded(work) {
  const rest = () => drawn().then(work);
  if (document.readyState === "complete") rest();
  else addEventListener("load", rest, { once: true });
}
