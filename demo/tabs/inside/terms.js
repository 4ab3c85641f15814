// The loss of one picture: where its nats come from, and what they add up to.
import { imageData, painted, paint, SIDE } from "../../page/picture.js";
import { write } from "../../page/words.js";
import { fixed, real, sum } from "./numbers.js";

const FULL = 3; // nats of a pixel in full colour
const COLOUR = [234, 88, 12]; // to be seen on light and dark paper

export function makeTerms(find) {
  const views = { x: find("[data-view=x]"), reconstruction: find("[data-view=reconstruction]") };
  let bars = [];
  let shown = null;

  function arrange(order) {
    bars = order.map((k) => {
      const bar = document.createElement("li");
      bar.innerHTML = `<b>z<sub>${k}</sub></b><i><span></span></i><em></em>`;
      return { k, bar, text: bar.lastElementChild };
    });
    find("#inside-kl").replaceChildren(...bars.map(({ bar }) => bar));
  }

  function show(answer, { scale, zZero }) {
    shown = answer;
    const { terms } = answer;
    const kl = terms.kl.map(real);
    for (const view of ["x", "reconstruction"]) paint(views[view], answer[view]);
    paintNats(find("#inside-nats"), answer.nats);
    find("#inside-nats").dataset.value = terms.reconstruction;
    const most = Math.max(...kl, 1);
    for (const { k, bar, text } of bars) {
      bar.dataset.value = kl[k];
      bar.style.setProperty("--p", Number.isFinite(kl[k]) ? kl[k] / most : 1);
      write(text, fixed(kl[k]));
    }
    find("#inside-kl").dataset.value = sum(kl);
    tell(find("#inside-nats-sum"), terms.reconstruction);
    const total = sum(kl) - terms.gain;
    tell(find("#inside-kl-sum"), total);
    write(find("[data-note=gain]"), `The bars are from N(0, 1). At this z the prior’s flow is worth ${fixed(terms.gain)} nats: KL = ${fixed(sum(kl))} − ${fixed(terms.gain)}.`);
    tell(find("#inside-classification"), terms.classification ?? 0, 3);
    tell(find("#inside-elbo"), terms.elbo ?? -Infinity);
    write(find("[data-sum=elbo]"), `= −${fixed(terms.reconstruction)} − ${fixed(total)}`);
    write(find("[data-note=elbo]"), scale === 1 && !zZero ? bound(answer) : NO_BOUND);
    showLoss(answer, total);
    find("#inside").dataset.likelihood = answer.likelihood;
    if (answer.label !== null) find("#inside-label").value = answer.label;
  }

  function showLoss({ terms, train }, kl) {
    find("#inside-loss").closest("section").hidden = !train;
    const weight = train?.classification_weight ?? 1;
    const parts = { reconstruction: terms.reconstruction, kl: (train?.beta ?? 1) * kl, classification: weight * (terms.classification ?? 0) };
    for (const [name, part] of Object.entries(parts)) find(`.total .${name}`).style.flexGrow = Number.isFinite(part) ? part : 1e9;
    if (!train) return;
    tell(find("#inside-loss"), real(train.loss));
    const digit = terms.classification === null ? "" : ` + ${weight} × ${fixed(terms.classification, 3)}`;
    write(find("[data-sum=loss]"), `= ${fixed(terms.reconstruction)} + ${train.beta} × ${fixed(kl)}${digit}`);
    write(find("[data-note=loss]"), howTrained(train, terms.classification !== null));
  }

  followPixels([views.x, views.reconstruction, find("#inside-nats")], find(".pixel"), (k) => {
    if (!shown) return "";
    const [x, made] = [shown.x[k], shown.reconstruction[k]].map((grey) => fixed(grey / 255));
    return `row ${Math.floor(k / SIDE) + 1}, column ${(k % SIDE) + 1}: x ${x}, x̂ ${made}, ${fixed(shown.nats[k])} nats`;
  });
  return { arrange, show };
}

const bound = ({ y }) => `Its mean over ε is a lower bound of log p(x${y ? "|y" : ""}); this is one ε.`;
const NO_BOUND = "Not the bound: z is no longer a sample of q(z|x).";

const howTrained = ({ beta, classification_weight, classifier_apart, critic_weight, decoder_digits, hand_weight }, conditional) =>
  [
    conditional ? `β = ${beta} and ω = ${classification_weight}, as this model was trained.` : `β = ${beta}, as this model was trained.`,
    classifier_apart && !classification_weight ? "The classifier was taught apart from the rest." : "",
    conditional && decoder_digits === "labels" ? "In training, its decoder is told the true digit." : "",
    critic_weight ? `A critic of other digits’ pictures adds to it (weight ${critic_weight}), which no single picture has.` : "",
    hand_weight ? `So does a reader of hands (weight ${hand_weight}).` : "",
  ].join(" ");

function tell(output, value, decimals) {
  output.dataset.value = value;
  write(output, fixed(value, decimals));
}

function paintNats(canvas, nats) {
  const image = imageData(new Uint8Array(SIDE * SIDE));
  nats.forEach((value, k) => image.data.set([...COLOUR, 255 * Math.min(1, value / FULL)], 4 * k));
  canvas.getContext("2d").putImageData(image, 0, 0);
  painted(canvas);
}

/** The pixel that is pointed at, on whichever canvas, is told in words. */
function followPixels(canvases, line, words) {
  for (const canvas of canvases) {
    canvas.addEventListener("pointermove", ({ offsetX, offsetY }) => {
      const [column, row] = [offsetX / canvas.clientWidth, offsetY / canvas.clientHeight].map((share) => Math.min(SIDE - 1, Math.max(0, Math.floor(share * SIDE))));
      line.textContent = words(row * SIDE + column);
    });
  }
}
