// One end of a morph: whose style it has, and which digit is written in it.
import { normal } from "../../page/chance.js";
import { latest } from "../../page/latest.js";
import { readBriefly } from "../../runtime/model.js";
import { openTab, page } from "../../page/page.js";
import { base64, loadTestDigits, paint } from "../../page/picture.js";
import { addPictures } from "../../page/tile.js";
import { a } from "../../page/words.js";

export function makeEnd(card, changed, say) {
  const canvas = card.querySelector("canvas");
  const tiles = card.querySelector(".tiles");
  let source = null; // as a button names it, or null for what the person has at hand
  let chosen = null; // the digit asked for in place of the source's own
  let chance = null; // {style, digit}
  let test = null; // {k, style, digit}; without style until it is read

  function current() {
    if (source && (source !== "drawing" || page.drawing) && (source !== "hand" || page.hand)) return source;
    const drawn = page.reading && page.style === page.reading.style && page.digit === (page.reading.digit ?? page.digit);
    return drawn ? "drawing" : "explored";
  }
  /** {style, digit}, or null while it is not known. */
  function place() {
    const at = { drawing: page.reading, hand: page.hand && { style: page.hand.style, digit: page.digit }, explored: page, test, random: chance }[current()];
    return at?.style?.length === page.model.latent_dim ? { style: at.style, digit: chosen ?? at.digit ?? 0 } : null;
  }

  const take = {
    drawing: () => page.drawing || openTab("draw"),
    hand: () => {},
    explored: () => {},
    random: () => (chance = { style: styleAtRandom(), digit: any(10) }),
    test: () => readTest(any(tiles.children.length)),
  };
  function use(name) {
    source = name;
    chosen = null;
    take[name]();
    changed();
  }
  const readTest = latest(async (k) => {
    const { model } = page;
    test = { k };
    const { style, digit } = await readBriefly({ image: base64((await testDigits)[k]) });
    if (model === page.model) test = { k, style, digit }; // else it is another model's, which is asked next
    changed();
  }, say);

  function arrange() {
    for (const button of card.querySelectorAll("[data-source]")) {
      button.setAttribute("aria-pressed", button.dataset.source === current());
    }
    card.querySelector("[data-source=drawing]").textContent = page.drawing ? "My drawing" : "Draw one";
    card.querySelector("[data-source=hand]").hidden = !page.hand;
    tiles.hidden = current() !== "test";
    [...tiles.children].forEach((tile, k) => tile.setAttribute("aria-pressed", k === test?.k));
    const at = place();
    if (at) card.querySelector(`.morph-digit input[value="${at.digit}"]`).checked = true;
  }

  card.addEventListener("click", ({ target }) => target.dataset.source && use(target.dataset.source));
  card.querySelector(".morph-digit").addEventListener("input", ({ target }) => {
    chosen = Number(target.value);
    changed();
  });
  testDigits.then((digits) =>
    addPictures(tiles, digits, (k) => `Test digit, ${a(k % 10)}`, (k) => {
      chosen = null;
      readTest(k);
    }),
  );

  return {
    place,
    arrange,
    show(grey, digit) {
      canvas.dataset.digit = page.model.conditional ? digit : "";
      paint(canvas, grey);
    },
    /** Begin with any test digit but one. */
    begin(other) {
      source = "test";
      readTest(((other + 1 + any(9)) % 10) + 10 * any(2));
    },
    /** Stay with the source there is now. */
    keep: () => (source = current()),
    /** The same by another model. */
    renew() {
      if (chance) chance = { ...chance, style: styleAtRandom() };
      if (test) readTest(test.k);
    },
  };
}

const testDigits = loadTestDigits();
const styleAtRandom = () => Array.from({ length: page.model.latent_dim }, normal);
const any = (count) => Math.floor(count * Math.random());
