// The digit read, large, its ten probabilities, and the verdict in words.
const INVITATION = "Draw a digit and it is read while you draw.";

export function makeReading(element, verdict) {
  const digit = element.querySelector(".digit");
  const bars = [...element.querySelectorAll(".bars li")];

  // A screen reader is told of changes only, not of every stroke's thirty readings a second.
  function say(words, kind = "") {
    verdict.dataset.kind = kind;
    if (verdict.textContent !== words) verdict.textContent = words;
  }

  /** An answer; or none, and why. */
  function show(answer, words = INVITATION) {
    const probabilities = answer?.probabilities ?? [];
    element.dataset.digit = answer?.digit ?? "";
    element.dataset.probabilities = probabilities.join(",");
    digit.textContent = answer?.digit ?? "–";
    bars.forEach((bar, k) => {
      const probability = probabilities[k] ?? 0;
      bar.style.setProperty("--p", probability);
      bar.classList.toggle("first", k === answer?.digit);
      bar.lastElementChild.textContent = `${Math.round(probability * 100)}%`;
    });
    if (answer) say(answer.verdict.words, answer.verdict.kind);
    else say(words);
  }

  const setBusy = (busy) => element.setAttribute("aria-busy", busy);
  const isBusy = () => element.getAttribute("aria-busy") === "true";

  return { show, setBusy, isBusy };
}
