// The Draw tab: what is on the pad is read while the pen moves, and every view shows the same answer.
import { base64, loadTestDigits, paint } from "../../page/picture.js";
import { addToShelf, comeBackToShelf, isKept } from "../../page/shelf.js";
import { keep } from "../../page/kept.js";
import { keyOf } from "../../page/keys.js";
import { latest } from "../../page/latest.js";
import { followShelf } from "../../runtime/hand.js";
import { read, readBriefly } from "../../runtime/model.js";
import { makeHandView } from "./hand-view.js";
import { makePad } from "./pad.js";
import { makePhoto } from "./photo.js";
import { change, follow, page } from "../../page/page.js";
import { complain, followServer, Silence } from "../../page/presence.js";
import { makeReading } from "./reading.js";
import { makeShelf } from "./shelf-view.js";
import { comeBackToHistory } from "./steps.js";
import { addPictures } from "../../page/tile.js";
import { a } from "../../page/words.js";

const PRESSED_BY_ENTER = "a, button, input, select, summary, textarea, [role=tab]";

export function start({ element }) {
  const find = (selector) => element.querySelector(selector);
  const reading = makeReading(find("#reading"), find("#verdict"), (image) => pad.put({ image }));
  const hand = makeHandView(find(".draw-hand"));
  let moves = false; // style and digit are to follow the reading that comes
  let placing = false; // style and digit follow it now
  let known = page.model; // that reads

  /** What is known first, while spread and hand are still to come. */
  function showFirst(answer, words) {
    reading.show(answer, words);
    for (const view of ["seen", "reconstruction"]) paint(find(`#${view}`), answer?.[view]);
  }

  function showRest(answer) {
    paint(find("#spread"), answer?.spread);
    hand.show(answer);
  }

  function show(answer, words) {
    showFirst(answer, words);
    showRest(answer);
    placing = true;
    if (answer && moves) change({ reading: answer, style: answer.style, digit: answer.digit ?? page.digit });
    else change({ reading: answer });
    placing = false;
  }
  /** There is no reading of what is on the pad, and this is why. */
  const refuse = (words) => words && show(null, words);

  let asking = false; // a digit is not known yet
  let filling = 0; // readings of which not all is known yet
  let begun = 0; // readings
  let seen = 0; // the last of them whose digit is shown
  const tellBusy = () => reading.setBusy(asking || filling > 0);

  /** Read what is on the pad; `free` says that it may be read anew though not all is known. */
  async function lookAt({ drawing, model }, free) {
    if (!model) return; // comes, and is followed
    const mine = (begun += 1);
    const isAsked = () => model === page.model && pad.shows(drawing);
    filling += 1;
    try {
      const answer = drawing && (await read(drawing, model.name, (early) => {
        if (isAsked()) showFirst(early);
        seen = mine;
        free();
      }));
      if (!isAsked() || answer === undefined) return; // what is there now is asked next
      if (mine < seen) showRest(answer);
      else show(answer);
    } finally {
      filling -= 1;
      tellBusy();
    }
  }

  /** What fails when another may be read already is read anew if the server was silent, and told if not. */
  function lookOn() {
    return new Promise((resolve, reject) => {
      let isFree = false;
      const free = () => resolve((isFree = true));
      const fail = (error) => (error instanceof Silence ? look() : complain(error, refuse));
      lookAt(page, free).then(resolve, (error) => (isFree ? fail(error) : reject(error)));
    });
  }

  const look = latest(lookOn, refuse, (busy) => {
    asking = busy;
    tellBusy();
  });

  const pad = makePad(find("#pad canvas"), (drawing) => {
    moves = true;
    place(drawing);
    if (!drawing) show(null); // whatever is still asked
  }, comeBackToHistory(), isKept);

  const shelf = makeShelf(find("#shelf"), {
    invite(digit) {
      if (!isKept(page.drawing)) pad.clear();
      find("#pad canvas").focus();
      shelf.say(`Draw ${a(digit)} on the pad, and keep it.`);
    },
    open: ({ strokes, image }) => pad.put(strokes ? { strokes } : { image }),
  });
  let keeping = null; // what is read to be kept

  /** Put what is on the pad on the shelf, as what it is read. */
  async function keepIt() {
    pad.end();
    const { drawing } = page;
    if (!drawing || drawing === keeping || isKept(drawing) || !page.model?.conditional) return;
    keeping = drawing;
    try {
      const { digit, seen, verdict } = await readBriefly(drawing);
      const { strokes } = drawing;
      const one = { digit, image: strokes ? base64(seen) : drawing.image, ...(strokes && { strokes }), own: false };
      const doubt = ["strange", "several"].includes(verdict.kind) ? " It hardly looks like one: click it to say what it is." : "";
      shelf.attempt(() => addToShelf(one) || `Kept as ${a(digit)}.${doubt}`);
    } catch (error) {
      complain(error, shelf.say);
    }
    keeping = null;
  }

  function place(drawing) {
    find("#pad").classList.toggle("used", Boolean(drawing));
    find("#undo").disabled = !pad.canUndo();
    find("#redo").disabled = !pad.canRedo();
    find("#clear").disabled = !drawing;
    showKeep(drawing);
    change({ drawing });
    look();
  }

  function showKeep(drawing) {
    find("#keep").disabled = !drawing || isKept(drawing);
  }

  /** A photo on the pad: the one way in for files, drops, pastes and the camera. */
  function putPhoto(photo) {
    pad.put(photo);
  }

  find("#undo").onclick = pad.undo;
  find("#redo").onclick = pad.redo;
  find("#clear").onclick = pad.clear;
  find("#keep").onclick = keepIt;
  const acts = { "Mod+z": pad.undo, "Mod+y": pad.redo, "Mod+Shift+z": pad.redo, Enter: keepIt };
  document.addEventListener("keydown", (event) => {
    const key = keyOf(event);
    const act = element.offsetParent && acts[key];
    if (!act || (key === "Enter" && event.target.closest(PRESSED_BY_ENTER))) return;
    act();
    event.preventDefault();
  });

  loadTestDigits().then((digits) =>
    addPictures(find("#examples"), digits, (k) => `Read a test digit, ${a(k % 10)}`, (k) => pad.put({ image: base64(digits[k]) })),
  );
  makePhoto(element, putPhoto, refuse);
  follow((parts) => {
    if ("shelf" in parts) showKeep(page.drawing);
    if (placing) return;
    if ("style" in parts || "digit" in parts) moves = false; // set since, by hand or by a link
    else if (parts.model && known) moves = true;
    if (!parts.model) return;
    known = parts.model;
    look();
  });
  followServer((words) => page.drawing && reading.isBusy() && refuse(words));
  shelf.say(comeBackToShelf());
  followShelf(shelf.say);
  show(null);
  place(pad.drawing());
  keep("drawing", () => page.drawing);
  document.body.classList.add("drawable");
}
