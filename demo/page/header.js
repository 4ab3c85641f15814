// The page starts at the middle of the prior, or at the picture a link leads to; the model is chosen here for all tabs.
import { choose } from "../runtime/choose.js";
import { fromLink } from "./link.js";
import { catalog } from "../runtime/model.js";
import { holdsKey } from "./owner.js";
import { change, follow, openTab, page } from "./page.js";

export function start({ element, props }) {
  const select = element.querySelector("select");
  const say = (text) => (element.querySelector("[role=status]").textContent = text);
  const attempt = (work) => work.then(() => say(""), (error) => (say(error.message), place()));

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
    if (linked) attempt(choose(linked.model ?? props.model.name, linked.place).then(() => openTab("explore")));
  }

  follow((parts) => {
    if (parts.model && [...select.options].some(({ value }) => value === parts.model.name)) place();
    else if (parts.model) catalog().then(list, () => {});
  });
  select.onchange = () => attempt(choose(select.value));
  select.onfocus = () => catalog().then(list, () => {}); // models that were trained since
  change({ model: props.model });
  list(props.names);
  window.addEventListener("hashchange", followLink);
  followLink();
}
