// Dimensions that carry nothing are folded away until asked for.
import { follow, page } from "../../page/page.js";

export function start({ element }) {
  const button = element.querySelector("#show-idle");
  const sliders = document.getElementById("sliders");
  function fold(hide) {
    const count = page.model.idle.length;
    button.hidden = !count;
    button.setAttribute("aria-expanded", !hide);
    button.textContent = `${hide ? "Show" : "Hide"} ${count} idle ${count === 1 ? "dimension" : "dimensions"}`;
    sliders.classList.toggle("folded", hide);
    button.dispatchEvent(new Event("toggle", { bubbles: true }));
  }
  button.onclick = () => fold(!sliders.classList.contains("folded"));
  follow((parts) => parts.model && fold(true));
  fold(true);
}
