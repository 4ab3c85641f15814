// A finger moves a slider only along it: one that swipes across scrolls the page, and one that taps changes nothing. What
// the browser does with the touch meanwhile is taken back before it is seen.
const SLACK = 8; // CSS pixels a finger may move before it has a direction

export function guardSliders() {
  let touch = null; // {slider, value, x, y, along}: where it began, and whether it goes along the slider, null before it is known

  const listen = (name, act) => window.addEventListener(name, act, { capture: true, passive: name !== "touchend" });
  listen("touchstart", ({ target, touches }) => {
    touch = null;
    if (target.type !== "range" || touches.length > 1) return;
    const [{ clientX: x, clientY: y }] = touches;
    touch = { slider: target, value: target.value, x, y, along: null };
  });
  listen("touchmove", ({ touches: [finger] }) => {
    if (!touch || touch.along !== null) return;
    const [right, down] = [Math.abs(finger.clientX - touch.x), Math.abs(finger.clientY - touch.y)];
    if (Math.max(right, down) > SLACK) touch.along = right > down;
  });
  function end(event) {
    if (!touch || touch.along) return;
    if (event.cancelable) event.preventDefault(); // else the browser clicks where the finger was
    touch.slider.value = touch.value;
  }
  listen("touchend", end);
  listen("touchcancel", end);
  for (const name of ["input", "change"]) {
    listen(name, (event) => {
      if (!event.isTrusted || event.target !== touch?.slider || touch.along) return;
      event.target.value = touch.value;
      event.stopImmediatePropagation();
    });
  }
  listen("pointerdown", ({ pointerType }) => {
    if (pointerType !== "touch") touch = null;
  });
  listen("keydown", () => (touch = null));
}
