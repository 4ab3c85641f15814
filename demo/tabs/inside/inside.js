// The Inside tab: one question a change, one under way at a time; chance and switches are kept here and sent along.
import { whatBreaks, withoutClassifier } from "./breaks.js";
import { normal } from "../../page/chance.js";
import { afterFrame } from "../../page/frame.js";
import { makeGaussians } from "./gaussians.js";
import { makePicture } from "./inside-picture.js";
import { latest } from "../../page/latest.js";
import { describe, dissect } from "../../runtime/model.js";
import { write } from "../../page/words.js";
import { fixed } from "./numbers.js";
import { follow, openTab, page } from "../../page/page.js";
import { paint } from "../../page/picture.js";
import { placeFormulas } from "./formulas.js";
import { placeSources } from "./sources.js";
import { makeStepper } from "./stepper.js";
import { makeTerms } from "./terms.js";
import { makeStyle, makeSums, makeVector, showProbabilities } from "./vector.js";
import { whenOpen } from "../../page/visible.js";

const LATENT_LIMIT = 32; // values of z that a model may have
const PLAIN = "plain";

export function start({ element, props }) {
  const find = (selector) => element.querySelector(selector);
  const parts = { gaussians: makeGaussians(find("#inside-gaussians")), sums: makeSums(find("#inside-z")), vector: makeVector(find("#inside-vector")), style: makeStyle(find("#inside-style")), terms: makeTerms(find) };
  const say = (text) => write(find("#inside-message"), text);
  let epsilon = draw();
  let label = null; // what the person says it is; null: the test digit's own, or the one read

  const switches = () => {
    const digit = find("#inside-digit input:checked").value;
    return {
      scale: Number(find("#inside-scale").value),
      zZero: find("#inside-z-zero").checked,
      sigmaZero: find("#inside-sigma-zero").checked,
      digit: /^\d$/.test(digit) ? Number(digit) : digit,
    };
  };

  const look = latest(async () => {
    const { model } = page;
    const picture = chosen.current();
    if (!picture?.drawing || !isOpen()) return; // done when the tab is opened
    const set = switches();
    const chance = epsilon;
    const question = { ...picture.drawing, ...set, label: label ?? picture.label };
    const answer = await dissect({ ...question, epsilon: chance.slice(0, model.latent_dim) });
    if (model !== page.model) return; // asked again of the other
    paint(find("#inside-reconstruction"), answer.reconstruction);
    showNumbers(model, answer, set, chance);
    say("");
    if (!find("#inside-plain").checked || !model.conditional) return;
    const { latent_dim } = (plain ??= await describe(PLAIN));
    const other = await dissect({ ...question, digit: "probabilities", label: null, epsilon: chance.slice(0, latent_dim) }, PLAIN);
    paint(find("#inside-plain-reconstruction"), other.reconstruction);
    find("[data-breaks=plain]").textContent = withoutClassifier(other, answer);
  }, say);
  let plain; // what is known of that model

  const showNumbers = afterFrame((model, answer, set, chance) => {
    if (model !== page.model) return;
    paint(find("#inside-x"), answer.x);
    parts.gaussians.show(answer);
    parts.sums.show(answer, chance.map((value) => set.scale * value), set.zZero);
    if (answer.probabilities) showProbabilities(find("#inside-probabilities"), answer.probabilities);
    parts.vector.show(answer);
    parts.style.show(answer);
    parts.terms.show(answer, set);
    Object.assign(find("#inside").dataset, { architecture: answer.architecture, flow: answer.flow });
    for (const [name, words] of Object.entries(whatBreaks(set, answer))) write(find(`[data-breaks=${name}]`), words);
  });

  function arrange() {
    const { order, idle, conditional, latent_dim } = page.model;
    parts.gaussians.arrange(order, idle);
    parts.sums.arrange(order);
    parts.vector.arrange(order, conditional);
    parts.style.arrange(order);
    parts.terms.arrange(order);
    find("#inside-without").hidden = !conditional;
    showPlain();
    find("#inside").dataset.dimensions = latent_dim;
  }

  function showPlain() {
    const beside = find("#inside-plain").checked && page.model.conditional;
    find("#inside-plain-picture").hidden = !beside;
    if (!beside) find("[data-breaks=plain]").textContent = "";
  }

  placeFormulas(element, props.katex);
  placeSources(element, props.sources);
  makeStepper(find("#inside"), find);
  const chosen = makePicture(find, () => {
    label = null;
    look();
  });
  find("#inside-epsilon").onclick = () => {
    epsilon = draw();
    look();
  };
  find("#inside").addEventListener("input", ({ target }) => {
    if (target.id === "inside-scale") find("output[for=inside-scale]").textContent = fixed(Number(target.value));
    if (target.id === "inside-label") label = Number(target.value);
    if (target.id === "inside-plain") showPlain();
    look();
  });
  for (const button of element.querySelectorAll("[data-open]")) button.onclick = () => openTab(button.dataset.open);
  follow(({ model }) => {
    if (!model) return;
    arrange();
    look();
  });
  arrange();
  const isOpen = whenOpen(element, look);
}

const draw = () => Array.from({ length: LATENT_LIMIT }, normal);
