// Whose hand writes: one or more styles of one person, of which the server takes what they agree on.
import { openTab, page } from "../../page/page.js";

const EMPTY = "Nothing is kept in My hand yet: draw a digit and press Keep.";
const TOLD = {
  drawing: "In the hand of your drawing; keep several, and their spread is the variation.",
  explored: "In the hand that Explore shows; draw a digit to write in yours.",
  linked: "In the hand that the link brought.",
};

const ofShelf = (count) => `In your hand, of ${count} kept drawing${count === 1 ? "" : "s"}, as varied as they are.`;

/** `buttons` choose by their data-source; `changed` is called when another was chosen. */
export function makeHand(buttons, told, changed) {
  let source = null; // as a button names it, or null for what the person has at hand
  let linked = null; // styles
  let missed = false; // the hand was asked for, and there is none

  const sources = {
    drawing: () => page.reading && [page.reading.style],
    hand: () => page.hand?.styles,
    explored: () => [page.style],
    linked: () => linked,
  };
  const isOfModel = (styles) => styles?.every((style) => style.length === page.model.latent_dim);

  function current() {
    if (source && isOfModel(sources[source]())) return source;
    if (page.hand) return "hand";
    return page.reading && page.style === page.reading.style ? "drawing" : "explored";
  }
  for (const button of buttons) {
    button.onclick = () => {
      missed = button.dataset.source === "hand" && !page.hand;
      if (!missed) source = button.dataset.source;
      if (source === "drawing" && !page.drawing) openTab("draw");
      changed();
    };
  }

  return {
    /** The styles that the hand is made of. */
    styles: () => sources[current()](),
    /** Several styles that came with a link, or none: then the hand is of another source, if one is named. */
    link(styles, otherwise = null) {
      linked = styles ?? null;
      source = linked ? "linked" : otherwise;
    },
    linked: () => linked,
    arrange() {
      const now = current();
      if (page.hand) missed = false;
      told.textContent = missed ? EMPTY : now === "hand" ? ofShelf(page.shelf.length) : TOLD[now];
      for (const button of buttons) {
        const name = button.dataset.source;
        button.setAttribute("aria-pressed", name === now);
        button.hidden = name === "linked" && !isOfModel(linked);
        if (name === "drawing") button.textContent = page.drawing ? "My drawing" : "Draw one";
      }
    },
  };
}
