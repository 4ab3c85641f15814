// The header: the model that answers is chosen here for all tabs. The page starts at the middle of the prior, or at the
// picture a link leads to.
import { choose } from "./choose.js";
import { kept } from "../page/kept.js";
import { fromLink } from "../page/link.js";
import { holdsKey } from "../page/owner.js";
import { catalog } from "./model.js";
import { change, follow, openTab, page } from "../page/page.js";
import { guardSliders } from "../page/slider-touch.js";

export function start({ element, props }) {
  const select = element.querySelector("select");
  const say = (text) => (element.querySelector("[role=status]").textContent = text);
  const attempt = (work) => work.then(say, (error) => (say(error.message), place()));

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
    if (linked) attempt(open(linked));
  }

  async function open({ model, place: there }) {
    const told = await choose(model ?? props.model.name, there);
    openTab("explore");
    return told;
  }

  follow((parts) => {
    if (parts.model && [...select.options].some(({ value }) => value === parts.model.name)) place();
    else if (parts.model) catalog().then(list, () => {});
  });
  select.onchange = () => attempt(choose(select.value));
  select.onfocus = () => catalog().then(list, () => {}); // models that were trained since
  guardSliders();
  const { model, names } = props;
  const asLeft = kept.model === model.name && kept.style?.length === model.latent_dim && !fromLink();
  change({ model, ...(asLeft && { style: kept.style, digit: kept.digit }) });
  list(names);
  window.addEventListener("hashchange", followLink);
  if (fromLink() || holdsKey()) followLink();
  else attempt(comeBack());

  /** To where the page was left when it was loaded anew; where the model is gone since, the drawing stays. */
  async function comeBack() {
    if (!asLeft && kept.model && (await catalog()).includes(kept.model)) await choose(kept.model, { style: kept.style, digit: kept.digit });
    if (kept.tab) openTab(kept.tab);
  }
}
