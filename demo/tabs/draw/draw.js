// The Draw tab: what is on the pad is read while the pen moves, and every view shows the same answer.
import { base64, loadTestDigits, paint } from "../../page/picture.js";
import { kept } from "../../page/kept.js";
import { latest } from "../../page/latest.js";
import { read } from "../../runtime/model.js";
import { makePad } from "./pad.js";
import { makePhoto } from "./photo.js";
import { change, follow, openTab, page } from "../../page/page.js";
import { makeReading } from "./reading.js";
import { addPictures } from "../../page/tile.js";
import { a } from "../../page/words.js";

export function start({ element }) {
  const find = (selector) => element.querySelector(selector);
  const reading = makeReading(find("#reading"), find("#verdict"));
  const hand = [...find("#hand").children];
  let comingBack = false; // to a drawing that was on the pad before the page was loaded anew

  function show(answer, moves) {
    reading.show(answer);
    for (const view of ["seen", "reconstruction", "spread"]) paint(find(`#${view}`), answer?.[view]);
    hand.forEach((tile, digit) => {
      tile.disabled = !answer;
      paint(tile.firstElementChild, answer?.hand[digit]);
    });
    if (!answer) change({ reading: null });
    else if (moves) change({ reading: answer, style: answer.style, digit: answer.digit ?? page.digit });
    else change({ reading: answer });
  }

  /** Read the drawing; `moves` says whether style and digit follow it. */
  const look = latest(async (moves = true) => {
    const { drawing, model } = page;
    if (!model) return; // comes, and is followed
    const answer = drawing && (await read(drawing));
    if (model === page.model) show(answer, moves); // else it is another model's, which is asked next
  }, reading.say, reading.setBusy);
  const pad = makePad(find("#pad canvas"), (drawing) => {
    find("#pad").classList.toggle("used", Boolean(drawing));
    find("#undo").disabled = find("#clear").disabled = !drawing;
    change({ drawing });
    look(!comingBack);
  });

  find("#undo").onclick = pad.undo;
  find("#clear").onclick = pad.clear;
  document.addEventListener("keydown", (event) => {
    if (!element.offsetParent || event.target.closest("input, textarea")) return;
    if ((event.ctrlKey || event.metaKey) && event.key === "z") pad.undo();
    else if (event.key === "Delete" || event.key === "Backspace") pad.clear();
    else return;
    event.preventDefault();
  });

  hand.forEach((tile, digit) => {
    tile.onclick = () => {
      change({ digit });
      openTab("explore");
    };
  });
  loadTestDigits().then((digits) =>
    addPictures(find("#examples"), digits, (k) => `Read a test digit, ${a(k % 10)}`, (k) => pad.put({ image: base64(digits[k]) })),
  );
  makePhoto(find("#photo"), pad.put, reading.say);
  follow((parts) => parts.model && look(!parts.style));
  show(null);
  document.body.classList.add("drawable");
  if (kept.drawing) {
    comingBack = true;
    pad.put(kept.drawing);
    comingBack = false;
  }
}
