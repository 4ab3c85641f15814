// The formulas, which Gradio sets beside the widget with the KaTeX it brings: each is put in its place, and set here
// where the server was away when Gradio asked for it. A static page has them as MathML.
import { persist } from "../../page/presence.js";
import { address } from "../../runtime/server.js";

/** `katex` tells the paths of its script and its style sheet. */
export function placeFormulas(root, katex) {
  const places = [...root.querySelectorAll("[data-formula]")];
  for (const place of places) place.append(document.getElementById(`formula-${place.dataset.formula}`));
  const isThere = (place) => place.textContent.trim();
  persist(async () => {
    if (!places.every(isThere)) throw new Error("Gradio is not done yet.");
    const raw = places.filter((place) => !place.querySelector(".katex, math"));
    if (raw.length) await typeset(raw, katex);
  });
}

async function typeset(places, { script, style }) {
  const [{ default: render }] = await Promise.all([import(address(script)), load(address(style))]);
  for (const place of places) render(place, { delimiters: [{ left: "$", right: "$", display: false }], throwOnError: false });
}

function load(href) {
  const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href });
  return new Promise((resolve, reject) => {
    link.onload = resolve;
    link.onerror = () => {
      link.remove();
      reject(new Error("no style"));
    };
    document.head.append(link);
  });
}
