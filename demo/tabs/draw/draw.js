// The Draw tab: what is on the pad is read while the pen moves, and every view shows the same answer.
import { base64, loadTestDigits, paint } from "../../page/picture.js";
import { keep } from "../../page/kept.js";
import { keyOf } from "../../page/keys.js";
import { latest } from "../../page/latest.js";
import { read } from "../../runtime/model.js";
import { makePad } from "./pad.js";
import { makePhoto } from "./photo.js";
import { change, follow, openTab, page } from "../../page/page.js";
import { followServer } from "../../page/presence.js";
import { makeReading } from "./reading.js";
import { comeBackToHistory } from "./steps.js";
import { addPictures } from "../../page/tile.js";
import { a } from "../../page/words.js";

export function start({ element }) {
  const find = (selector) => element.querySelector(selector);
  const reading = makeReading(find("#reading"), find("#verdict"), (image) => pad.put({ image }));
  const hand = [...find("#hand").children];
  let moves = false; // style and digit are to follow the reading that comes
  let placing = false; // style and digit follow it now
  let known = page.model; // that reads

  /** What is known first, while spread and hand are still to come. */
  function showFirst(answer, words) {
    reading.show(answer, words);
    for (const view of ["seen", "reconstruction"]) paint(find(`#${view}`), answer?.[view]);
  }

  function show(answer, words) {
    showFirst(answer, words);
    paint(find("#spread"), answer?.spread);
    hand.forEach((tile, digit) => {
      tile.disabled = !answer;
      paint(tile.firstElementChild, answer?.hand[digit]);
    });
    placing = true;
    if (answer && moves) change({ reading: answer, style: answer.style, digit: answer.digit ?? page.digit });
    else change({ reading: answer });
    placing = false;
  }
  /** There is no reading of what is on the pad, and this is why. */
  const refuse = (words) => words && show(null, words);

  const look = latest(async () => {
    const { drawing, model } = page;
    if (!model) return; // comes, and is followed
    const isAsked = () => model === page.model && pad.shows(drawing);
    const answer = drawing && (await read(drawing, model.name, (first) => isAsked() && showFirst(first)));
    if (isAsked()) show(answer); // else what is there now is asked next
  }, refuse, reading.setBusy);

  const pad = makePad(find("#pad canvas"), (drawing) => {
    moves = true;
    place(drawing);
    if (!drawing) show(null); // whatever is still asked
  }, comeBackToHistory());

  function place(drawing) {
    find("#pad").classList.toggle("used", Boolean(drawing));
    find("#undo").disabled = !pad.canUndo();
    find("#redo").disabled = !pad.canRedo();
    find("#clear").disabled = !drawing;
    change({ drawing });
    look();
  }

  /** A photo on the pad: the one way in for files, drops, pastes and the camera. */
  function putPhoto(photo) {
    pad.put(photo);
  }

  find("#undo").onclick = pad.undo;
  find("#redo").onclick = pad.redo;
  find("#clear").onclick = pad.clear;
  const acts = { "Mod+z": pad.undo, "Mod+y": pad.redo, "Mod+Shift+z": pad.redo };
  document.addEventListener("keydown", (event) => {
    const act = element.offsetParent && acts[keyOf(event)];
    if (!act) return;
    act();
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
  makePhoto(element, putPhoto, refuse);
  follow((parts) => {
    if (placing) return;
    if ("style" in parts || "digit" in parts) moves = false; // set since, by hand or by a link
    else if (parts.model && known) moves = true;
    if (!parts.model) return;
    known = parts.model;
    look();
  });
  followServer((words) => page.drawing && reading.isBusy() && refuse(words));
  show(null);
  place(pad.drawing());
  keep("drawing", () => page.drawing);
  document.body.classList.add("drawable");
}
