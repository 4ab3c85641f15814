// The Compare tab: what two models share. Each column asks for itself, so both are asked at once.
import { makeColumn } from "./column.js";
import { latest } from "../../page/latest.js";
import { catalog } from "../../runtime/model.js";
import { follow, openTab, page } from "../../page/page.js";
import { base64, loadTestDigits, paint } from "../../page/picture.js";
import { normals } from "../../page/chance.js";
import { inHand } from "../../page/shelf.js";
import { addPictures, press } from "../../page/tile.js";
import { a } from "../../page/words.js";

const MODELS = { left: "conv", right: "blog" }; // to begin with
const EXAMPLE = 2;
const SAMPLES = 10;
const LATENT_LIMIT = 32; // values of the largest model

export async function start({ element }) {
  const find = (selector) => element.querySelector(selector);
  const sliders = [find("#compare-first"), find("#compare-second")];
  const digits = await loadTestDigits();
  let seed = 1;
  const shared = {
    drawing: null, // {image} or {strokes}
    digit: null, // the one chosen, or null for the one each model reads
    steps: [0, 0], // along the two axes of each model's map, in sigmas of the prior
    sample: null, // the row of noise to go on from, or null for the drawing
    noise: normals(seed, SAMPLES, LATENT_LIMIT), // the same for both: a model takes as many of a row as it has values
  };

  const examples = addPictures(find("#compare-examples"), digits, (k) => `Compare on a test digit, ${a(k % 10)}`, (k) => pickUp({ image: base64(digits[k]) }, k));
  const seen = (grey) => paint(find("#compare-drawing"), grey);
  const columns = Object.entries(MODELS).map(([side, name]) => makeColumn(find(`#compare-${side}`), { name, shared, share, seen }));

  /** Change what is shared; every column then refreshes what depends on it. */
  function share(parts) {
    Object.assign(shared, parts);
    sliders.forEach((slider, k) => {
      slider.value = shared.steps[k];
      slider.nextElementSibling.textContent = shared.steps[k].toFixed(2);
    });
    for (const column of columns) column.refresh(Object.keys(parts));
  }

  function pickUp(drawing, example) {
    press(examples, example);
    share({ drawing, digit: null, steps: [0, 0], sample: null });
  }

  const refresh = latest(async () => { // models were trained since
    const names = await catalog();
    for (const column of columns) column.list(names);
  }, () => {});

  let known = null; // the drawing that was on the pad when this tab was last opened
  function appear() {
    find("#compare-mine").textContent = page.drawing ? "Take my drawing" : "Draw one";
    if (page.drawing && page.drawing !== known) pickUp((known = page.drawing));
    refresh();
  }

  sliders.forEach((slider, k) => {
    const step = (value) => share({ steps: shared.steps.map((own, j) => (j === k ? value : own)) });
    slider.oninput = () => step(Number(slider.value));
    slider.ondblclick = () => step(0);
  });
  find("#compare-home").onclick = () => share({ digit: null, steps: [0, 0], sample: null });
  find("#compare-others").onclick = () => share({ noise: normals((seed += 1), SAMPLES, LATENT_LIMIT), sample: null });
  find("#compare-mine").onclick = () => (page.drawing ? pickUp(page.drawing) : openTab("draw"));
  find("#compare-hand").onclick = () => pickUp({ image: base64(inHand(page.digit).grey) });
  const offerHand = () => (find("#compare-hand").hidden = !page.hand);
  follow((parts) => ("hand" in parts || "model" in parts) && offerHand());
  offerHand();
  pickUp({ image: base64(digits[EXAMPLE]) }, EXAMPLE);
  new IntersectionObserver((entries) => entries.at(-1).isIntersecting && appear()).observe(element);
}
