// Pointers held down on an element, and let go for certain: a release that was not seen, since it came outside the
// window, over a dialog or not at all, is known by a move without a button, a lost capture, or the window left.

/** `down(event, held)` and `move(event)` follow them, and move those that hover; `up(id, type)` comes once for each, its
 * type "pointerup" only where a person let go. `held` are the kinds of all that are down, by id. */
export function followPointers(element, { down, move, up }) {
  const held = new Map();

  function release(id, type) {
    if (held.delete(id)) up(id, type);
  }
  function releaseAll({ type }) {
    for (const id of held.keys()) release(id, type);
  }
  element.addEventListener("pointerdown", (event) => {
    const { pointerId, pointerType, button } = event;
    if (button !== 0) return;
    release(pointerId, "lost");
    held.set(pointerId, pointerType);
    capture(element, pointerId);
    down(event, held);
  });
  element.addEventListener("pointermove", (event) => {
    const isPressed = event.pointerType === "touch" || event.buttons & 1;
    if (!isPressed) release(event.pointerId, "lost");
    move(event);
  });
  for (const type of ["pointerup", "pointercancel", "lostpointercapture"]) {
    element.addEventListener(type, ({ pointerId }) => release(pointerId, type));
  }
  window.addEventListener("blur", releaseAll);
}

function capture(element, id) {
  try {
    element.setPointerCapture(id);
  } catch {
    /* it is up again already */
  }
}
