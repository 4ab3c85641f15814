// The page starts at the middle of the prior, or at the picture a link leads to.
import { fromLink } from "./link.js";
import { change, openTab, page } from "./page.js";

export function start({ props }) {
  function follow() {
    const linked = fromLink();
    if (linked?.z.length !== props.latent_dim) return; // none, or another model's
    change(linked);
    openTab("explore");
  }
  page.z = Array(props.latent_dim).fill(0);
  window.addEventListener("hashchange", follow);
  follow();
}
