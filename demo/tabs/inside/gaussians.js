// What the encoder says of each dimension: its Gaussian over the prior's, both drawn to the same height, and z on it.
import { write } from "../../page/words.js";
import { fixed } from "./numbers.js";

const EDGE = 4; // sigma of the prior, left and right
const HEIGHT = 3.2;
const BELL = `M${Array.from({ length: 81 }, (_, k) => k / 10 - 4)
  .map((x) => `${x.toFixed(2)} ${(-HEIGHT * Math.exp((-x * x) / 2)).toFixed(3)}`)
  .join("L")}`;

/** show({mean, std, z}) draws all; `arrange(order, idle)` first makes one panel a dimension. */
export function makeGaussians(place) {
  let panels = [];

  function arrange(order, idle) {
    panels = order.map((k) => panel(k, idle.includes(k)));
    place.replaceChildren(...panels.map(({ figure }) => figure));
  }

  function show({ mean, std, z }) {
    for (const { k, figure, posterior, dot, caption } of panels) {
      figure.dataset.mean = mean[k];
      figure.dataset.std = std[k];
      figure.dataset.z = z[k];
      posterior.setAttribute("transform", `translate(${mean[k]} 0) scale(${Math.max(std[k], 0.012)} 1)`);
      dot.setAttribute("cx", Math.min(EDGE, Math.max(-EDGE, z[k])));
      write(caption, `μ ${fixed(mean[k])} σ ${fixed(std[k])}`);
      figure.setAttribute("aria-label", `z${k}: mean ${fixed(mean[k])}, sigma ${fixed(std[k])}, z ${fixed(z[k])}`);
    }
  }
  return { arrange, show };
}

function panel(k, idle) {
  const figure = document.createElement("figure");
  figure.setAttribute("role", "img");
  figure.setAttribute("aria-label", `z${k}`);
  figure.classList.toggle("idle", idle);
  figure.innerHTML = `<svg viewBox="${-EDGE} ${-HEIGHT - 0.2} ${2 * EDGE} ${HEIGHT + 0.6}" aria-hidden="true">
      <line x1="${-EDGE}" x2="${EDGE}"/><path class="prior" d="${BELL}"/><path class="posterior" d="${BELL}"/><circle r="0.3"/>
    </svg><figcaption><b>z<sub>${k}</sub></b><span></span></figcaption>`;
  const find = (selector) => figure.querySelector(selector);
  return { k, figure, posterior: find(".posterior"), dot: find("circle"), caption: find("figcaption span") };
}
