// The shelf under the pad: ten places, the drawings of each digit, and what can be done with one or with all.
import { emptyShelf, canUndoShelf, fromFile, relabel, takeAway, toFile, undoShelf } from "../../page/shelf.js";
import { follow, page } from "../../page/page.js";
import { unpack } from "../../page/picture.js";
import { save } from "../../page/save.js";
import { addPictures, press } from "../../page/tile.js";
import { a } from "../../page/words.js";

/** `act` is told to `invite` a drawing of a digit, and to `open` one that was kept. */
export function makeShelf(element, act) {
  const find = (selector) => element.querySelector(selector);
  const places = [...element.querySelectorAll(".place")];
  let chosen = null; // one that was kept
  let tiles = []; // in the shelf's order

  const say = (words) => (find("#shelf-message").textContent = words);
  /** Do what changes the shelf, and tell what came of it. */
  function attempt(work) {
    try {
      say(work());
    } catch (error) {
      say(error.message);
    }
  }

  function choose(drawing) {
    chosen = drawing === chosen ? null : drawing;
    mark();
  }
  function mark() {
    press(tiles, page.shelf.indexOf(chosen));
    find("#kept-one").hidden = !chosen;
    if (chosen) find(`[name=kept-digit][value="${chosen.digit}"]`).checked = true;
  }
  function show() {
    if (!page.shelf.includes(chosen)) chosen = null;
    tiles = [];
    for (const [digit, place] of places.entries()) {
      const own = page.shelf.filter((each) => each.digit === digit).reverse(); // the newest is seen best
      if (own.length) fill(place, own, digit);
      else invite(place, digit);
    }
    for (const name of ["empty", "save"]) find(`#shelf-${name}`).disabled = !page.shelf.length;
    find("#shelf-undo").disabled = !canUndoShelf();
    mark();
  }
  function fill(place, own, digit) {
    const added = addPictures(place, own.map(({ image }) => unpack(image)[0]), (k) => `${a(digit)}, kept drawing ${own.length - k} of ${own.length}`, (k) => choose(own[k]));
    added.forEach((tile, k) => (tiles[page.shelf.indexOf(own[k])] = tile));
  }
  function invite(place, digit) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "empty", onclick: () => act.invite(digit) });
    button.innerHTML = `<span>draw ${digit === 8 ? "an" : "a"}</span> ${digit}`;
    place.replaceChildren(button);
  }

  find("#kept-one fieldset").addEventListener("input", ({ target }) => {
    const k = page.shelf.indexOf(chosen);
    attempt(() => relabel(chosen, Number(target.value)));
    choose(page.shelf[k]);
    target.focus();
  });
  find("#kept-open").onclick = () => act.open(chosen);
  find("#kept-remove").onclick = () => {
    const { digit } = chosen;
    attempt(() => takeAway(chosen));
    places[digit].firstElementChild.focus();
  };
  find("#shelf-empty").onclick = () => attempt(() => emptyShelf() || "My hand is empty; Undo brings it back until this tab is closed.");
  find("#shelf-undo").onclick = () => attempt(undoShelf);
  find("#shelf-save").onclick = () => save(toFile(), "my-hand.json");
  find("#shelf-load").onclick = () => find("#shelf-file").click();
  find("#shelf-file").onchange = async ({ target }) => {
    const text = await target.files[0]?.text().catch(() => "");
    target.value = ""; // so that the same file may be chosen again
    if (text !== undefined) attempt(() => fromFile(text));
  };
  follow((parts) => "shelf" in parts && show());
  show();
  return { say, attempt };
}
