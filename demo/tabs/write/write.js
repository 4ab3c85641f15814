// The Write tab: what is typed is written live, in the hand of one or more styles, and can be taken away.
import { cameBack, keep, kept } from "../../page/kept.js";
import { latest } from "../../page/latest.js";
import { toWriting, writingFromLink } from "../../page/link.js";
import { follow, page } from "../../page/page.js";
import { save } from "../../page/save.js";
import { share } from "../../page/share.js";
import { whenOpen } from "../../page/visible.js";
import * as model from "../../runtime/model.js";
import { examples, today } from "./write-examples.js";
import { makeForm } from "./write-form.js";
import { makeHand } from "./write-hand.js";
import { makePaper } from "./write-paper.js";
import { printAlone } from "./write-print.js";

const DIGIT = 20; // of the model's pixels, how high a digit is
const LEAST_WIDTH = 60; // of the model's pixels, that a line may be broken at
const SCROLLBAR = 18; // px, of any system's, should the sheet be too high
const NARROW_SIZE = 32; // px, on a phone
const TYPES = { png: "image/png", svg: "image/svg+xml", gif: "image/gif" };

export function start({ element }) {
  const find = (selector) => element.querySelector(selector);
  const [text, frame, svg] = [find("#write-text"), find("#write-sheet"), find("#write-sheet svg")];
  const say = (words) => (find("#write-message").textContent = words);
  const tell = (words) => (find("#write-taken").textContent = words);
  const paper = makePaper(svg);
  const form = makeForm(find(".write-how"), refresh);
  const hand = makeHand(element.querySelectorAll("[data-source]"), find("#write-hand"), refresh);
  let seed = 0; // another for each way to write the same
  let sheet = null; // the answer that is shown
  let wide = 0; // pixels of the frame, for which it was asked

  const scale = () => form.values().size / DIGIT;
  const state = () => ({ text: text.value, seed, ...form.values() });

  /** What is to be written, as it is on this screen. */
  function question() {
    const { variation, spacing, slant, thickness, columns } = form.values();
    wide = frame.offsetWidth;
    const shape = page.model.shaped ? { slant, thickness } : {};
    return { text: text.value, styles: hand.styles(), seed, variation, spacing, columns, width: Math.max(LEAST_WIDTH, (wide - SCROLLBAR) / scale()), ...shape };
  }

  const write = latest(async () => {
    const asked = question();
    const answer = asked.text.trim() ? await model.write(asked) : null;
    sheet = answer;
    paper.show(answer, asked.text);
    dress();
    say("");
  }, say);

  function dress() {
    const { ink, paper: colour, clear, ruled } = form.values();
    paper.dress({ width: (sheet?.width ?? 0) * scale(), height: (sheet?.height ?? 0) * scale(), ink, paper: clear ? null : colour, ruled });
    frame.classList.toggle("clear", clear);
    frame.style.backgroundColor = clear ? "" : colour;
  }

  function refresh() {
    if (!isOpen() || !page.model) return; // done when the tab is opened, and when a model is known
    form.arrange(page.model.shaped);
    hand.arrange();
    dress();
    write();
  }

  const take = latest(async (kind) => {
    tell("Making the file …");
    const { ink, paper: colour, clear, ruled } = form.values();
    const times = kind === "png" ? Math.round(Math.min(8, Math.max(1, Number(find("#write-times").value) || 1))) : 1;
    const look = { kind, scale: scale() * times, ink, paper: clear ? null : colour, ruled };
    save(new Blob([await model.written({ ...question(), ...look })], { type: TYPES[kind] }), `writing.${kind}`);
    tell("");
  }, tell);

  function put(values) {
    text.value = values.text ?? text.value;
    seed = Number.isSafeInteger(Number(values.seed)) ? Math.abs(Number(values.seed)) : 0;
    form.put(values);
  }
  function open() {
    const linked = writingFromLink();
    if (!linked) return;
    put(linked.writing);
    hand.link(linked.hand, "explored");
    refresh();
  }

  text.addEventListener("input", refresh);
  element.addEventListener("click", ({ target }) => {
    const { example, kind } = target.dataset;
    if (example) {
      put({ ...examples[example](), seed });
      refresh();
    }
    if (kind) take(kind);
  });
  find("#write-again").onclick = () => {
    seed = Math.floor(2 ** 31 * Math.random());
    refresh();
  };
  find("#write-link").onclick = async () => tell(await share(toWriting(state(), hand.styles()), find("#write-address")));
  find("#write-print").onclick = () => window.print();

  const isOpen = whenOpen(element, refresh);
  if (matchMedia("(max-width: 720px)").matches) form.put({ size: NARROW_SIZE });
  put({ text: today(), ...kept.writing });
  hand.link(kept.writing?.hand);
  if (!cameBack) open();
  keep("writing", () => ({ ...state(), hand: hand.linked() }));
  window.addEventListener("popstate", open); // a link that is opened again, too
  follow((parts) => ["model", "style", "reading", "drawing", "hand"].some((name) => name in parts) && refresh());
  new ResizeObserver(() => frame.offsetWidth === wide || refresh()).observe(frame);
  printAlone(svg, isOpen);
}
