// Whose hand writes: one or more styles of one person, of which the server takes what they agree on.
import { openTab, page } from "../../page/page.js";

const TOLD = {
  drawing: "In the hand of your drawing.",
  explored: "In the hand that Explore shows; draw a digit to write in yours.",
  linked: "In the hand that the link brought.",
};

/** `buttons` choose by their data-source; `changed` is called when another was chosen. */
export function makeHand(buttons, told, changed) {
  let source = null; // as a button names it, or null for what the person has at hand
  let linked = null; // styles

  const sources = {
    drawing: () => page.reading && [page.reading.style],
    explored: () => [page.style],
    linked: () => linked,
  };
  const isOfModel = (styles) => styles?.every((style) => style.length === page.model.latent_dim);

  function current() {
    if (source && isOfModel(sources[source]())) return source;
    return page.reading && page.style === page.reading.style ? "drawing" : "explored";
  }
  for (const button of buttons) {
    button.onclick = () => {
      source = button.dataset.source;
      if (source === "drawing" && !page.drawing) openTab("draw");
      changed();
    };
  }

  return {
    /** The styles that the hand is made of. */
    styles: () => sources[current()](),
    /** Several styles that came with a link, or none. */
    link(styles) {
      linked = styles ?? null;
      source = linked && "linked";
    },
    linked: () => linked,
    arrange() {
      const now = current();
      told.textContent = TOLD[now];
      for (const button of buttons) {
        const name = button.dataset.source;
        button.setAttribute("aria-pressed", name === now);
        button.hidden = name === "linked" && !isOfModel(linked);
        if (name === "drawing") button.textContent = page.drawing ? "My drawing" : "Draw one";
      }
    },
  };
}
