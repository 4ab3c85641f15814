// The keyboard's pen: arrow keys move it, the space bar puts it down and lifts it, Delete clears.
import { inside, UNITS } from "./ink.js";
import { keyOf } from "../../page/keys.js";

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const STRIDE = UNITS / 25;

export function followKeys(canvas, pad) {
  const cursor = canvas.parentElement.querySelector(".cursor");
  let at = [UNITS / 2, UNITS / 4];
  let writing = false; // the stroke under way is this pen's
  const isDown = () => writing && pad.isDown();

  function show() {
    cursor.style.left = `${(100 * at[0]) / UNITS}%`;
    cursor.style.top = `${(100 * at[1]) / UNITS}%`;
    cursor.classList.toggle("down", isDown());
  }
  function move(arrow) {
    at = at.map((value, axis) => inside((value + STRIDE * arrow[axis]) / UNITS));
    if (isDown()) pad.extend([at]);
  }
  function toggle() {
    writing = !isDown();
    if (writing) pad.begin(at);
    else pad.end();
  }
  function leave() {
    if (isDown()) pad.end();
    writing = false;
    show();
  }

  canvas.addEventListener("keydown", (event) => {
    const key = keyOf(event);
    if (ARROWS[key]) move(ARROWS[key]);
    else if (key === " ") toggle();
    else if (key === "Delete" || key === "Backspace") pad.clear();
    else return;
    event.preventDefault();
    show();
  });
  canvas.addEventListener("keyup", show); // undone, perhaps
  canvas.addEventListener("blur", leave);
  canvas.addEventListener("pointerdown", () => {
    writing = false; // the stroke is another's
    show();
  });
  show();
}
