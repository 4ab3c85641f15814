// The Morph tab: two ends, and every picture on the way between them. All are asked for at once when an end changes;
// sliding and playing only choose among them.
import { latest } from "../../page/latest.js";
import * as model from "../../runtime/model.js";
import { makeEnd } from "./morph-end.js";
import { makePlayer } from "./morph-player.js";
import { change, follow, openTab, page } from "../../page/page.js";
import { paint } from "../../page/picture.js";
import { save, savePng, sheet } from "../../page/save.js";
import { whenOpen } from "../../page/visible.js";

const STRIP = 11; // pictures
const ENLARGED = 8; // times, in the saved strip
const EXPLANATIONS = {
  style: "It moves along an arc from one style to the other; the digit stays.",
  digit: "The digit’s ten values move from one digit to the other; the style stays.",
  both: "It moves along an arc from one style to the other, and the digit’s ten values with it.",
};

export function start({ element }) {
  const find = (selector) => element.querySelector(selector);
  const say = (text) => (find("#morph-message").textContent = text);
  let shown = null; // the question and what was answered to it

  const [first, last] = [...element.querySelectorAll(".morph-end")].map((card) => makeEnd(card, refresh, say));
  const player = makePlayer(find("#morph-slider"), find("#morph-play"), (share) => paint(find("#morph-picture"), shown?.pictures[index(share)]));
  const index = (share) => Math.round(share * (shown.pictures.length - 1));
  const strip = () => Array.from({ length: STRIP }, (_, k) => shown.pictures[index(k / (STRIP - 1))]);
  const vary = () => (page.model.conditional ? find("#morph-vary input:checked").value : "style");

  const show = latest(async () => {
    const question = [first.place(), last.place(), vary(), page.model.name];
    if (!question[0] || !question[1] || JSON.stringify(question) === shown?.asked) return;
    const answer = await model.morph(...question);
    if (question[3] !== page.model.name) return; // the new one is asked next
    shown = { ...answer, question, asked: JSON.stringify(question) };
    first.show(answer.ends[0], question[0].digit);
    last.show(answer.ends[1], question[1].digit);
    paint(find("#morph-strip"), ...strip());
    player.show();
    say("");
  }, say);

  function refresh() {
    if (!isOpen()) return; // done when the tab is opened
    find(".explanation").textContent = EXPLANATIONS[vary()];
    first.arrange();
    last.arrange();
    show();
  }

  /** What the files are called. */
  function name() {
    const [{ digit }, end, varied] = shown.question;
    if (!page.model.conditional) return "morph";
    return varied === "style" ? `morph-${digit}-style` : `morph-${digit}-to-${end.digit}`;
  }
  const saveGif = latest(async () => {
    say("Making the GIF …");
    const file = `${name()}.gif`;
    save(new Blob([await model.gif(...shown.question)], { type: "image/gif" }), file);
    say("");
  }, say);

  find("#morph-vary").addEventListener("input", refresh);
  find("#morph-strip").onclick = ({ offsetX, target }) => {
    player.goTo(Math.min(STRIP - 1, Math.floor((offsetX / target.clientWidth) * STRIP)) / (STRIP - 1));
  };
  find("#morph-explore").onclick = () => {
    if (!shown) return;
    const k = index(player.share());
    first.keep();
    change({ style: shown.style[k], digit: shown.digits[k] });
    openTab("explore");
  };
  find("#morph-png").onclick = () => shown && savePng(sheet(strip(), STRIP, ENLARGED), `${name()}.png`);
  find("#morph-gif").onclick = () => shown && saveGif();

  last.begin(first.place()?.digit ?? page.digit);
  follow((parts) => {
    if (parts.model) [first, last].forEach((end) => end.renew());
    refresh();
  });
  const isOpen = whenOpen(element, refresh);
}
