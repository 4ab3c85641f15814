// The Draw tab: what is on the pad is read while the pen moves, and every view shows the same answer.
import { base64, loadTestDigits, paint } from "./picture.js";
import { latest } from "./latest.js";
import { read } from "./model.js";
import { makePad } from "./pad.js";
import { change, openTab } from "./page.js";
import { makeReading } from "./reading.js";

export function start({ element, props, watch }) {
  const find = (selector) => element.querySelector(selector);
  const reading = makeReading(find("#reading"), find("#verdict"));
  const hand = [...find("#hand").children];

  function show(answer) {
    reading.show(answer);
    for (const view of ["seen", "reconstruction", "spread"]) paint(find(`#${view}`), answer?.[view]);
    hand.forEach((tile, digit) => {
      tile.disabled = !answer;
      paint(tile.firstElementChild, answer?.hand[digit]);
    });
    change(answer ? { reading: answer, z: answer.z, digit: answer.digit ?? 0 } : { reading: null });
  }

  const look = latest(async (drawing) => show(drawing && (await read(drawing))), reading.say, reading.setBusy);
  const pad = makePad(find("#pad canvas"), (drawing) => {
    find("#pad").classList.toggle("used", Boolean(drawing));
    find("#undo").disabled = find("#clear").disabled = !drawing;
    look(drawing);
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
  loadTestDigits().then((digits) => digits.forEach((grey, k) => find("#examples").append(example(grey, k % 10))));
  watch("value", () => (props.value?.error ? reading.say(props.value.error) : props.value?.image && pad.put(props.value)));
  show(null);

  function example(grey, digit) {
    const tile = document.createElement("button");
    tile.type = "button";
    tile.setAttribute("aria-label", `Read a test digit, a ${digit}`);
    tile.innerHTML = '<canvas class="paper" width="28" height="28"></canvas>';
    tile.onclick = () => pad.put({ image: base64(grey) });
    paint(tile.firstElementChild, grey);
    return tile;
  }
}
