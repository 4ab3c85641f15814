// The digit read, large, its ten probabilities, and the verdict in words.
import { a, write } from "../../page/words.js";

const INVITATION = "Draw a digit and it is read while you draw.";

/** `take` gets the image of one of several digits, or of a picture that was turned, when it is clicked. */
export function makeReading(element, verdict, take) {
  const digit = element.querySelector(".digit");
  const found = element.querySelector("#found");
  const bars = [...element.querySelectorAll(".bars li")];

  // A screen reader is told of changes only, not of every stroke's thirty readings a second.
  function say(words, kind = "") {
    verdict.dataset.kind = kind;
    write(verdict, words);
  }

  function offer({ parts = [], turned } = {}) {
    const offers = parts.map((part) => ({ ...part, text: part.doubt ? "?" : part.digit, label: `Read the ${part.digit} alone` }));
    if (turned) offers.push({ ...turned, text: `Turned, ${a(turned.digit)}`, label: `Turn it: then it is ${a(turned.digit)}`, kind: "turn" });
    found.hidden = !offers.length;
    found.replaceChildren(...offers.map(({ image, text, label, kind = "", digit: value }) => {
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: text, title: label, className: kind, onclick: () => take(image) });
      button.setAttribute("aria-label", label);
      button.dataset.digit = value;
      return button;
    }));
  }

  /** An answer; or none, and why. */
  function show(answer, words = INVITATION) {
    const probabilities = answer?.probabilities ?? [];
    element.dataset.digit = answer?.digit ?? "";
    element.dataset.probabilities = probabilities.join(",");
    const doubt = ["strange", "several"].includes(answer?.verdict.kind) ? answer.verdict.kind : "";
    element.dataset.doubt = doubt && answer.parts?.length ? "several" : doubt && "strange";
    write(digit, String(doubt ? "?" : answer?.digit ?? "–"));
    offer(answer ?? {});
    bars.forEach((bar, k) => {
      const probability = probabilities[k] ?? 0;
      bar.style.setProperty("--p", probability.toFixed(3));
      bar.classList.toggle("first", k === answer?.digit);
      write(bar.lastElementChild, `${Math.round(probability * 100)}%`);
    });
    if (answer) say(answer.verdict.words, answer.verdict.kind);
    else say(words);
  }

  const setBusy = (busy) => element.setAttribute("aria-busy", busy);
  const isBusy = () => element.getAttribute("aria-busy") === "true";

  return { show, setBusy, isBusy };
}
