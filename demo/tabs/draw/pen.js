// Mouse, pen or finger on the pad. One of them draws; a pen comes before a hand that rests beside it, and a second
// finger means the page, which is then the browser's to zoom.
import { inside } from "./ink.js";
import { followPointers } from "../../page/pointers.js";

export function followPen(canvas, pad) {
  let drawn = null; // id and kind of the pointer that draws

  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    return [inside((event.clientX - box.left) / box.width), inside((event.clientY - box.top) / box.height)];
  };
  function take(event) {
    drawn = { id: event.pointerId, kind: event.pointerType };
    pad.begin(place(event));
  }
  function putDown(event, held) {
    const fingers = [...held.values()].filter((kind) => kind === "touch").length;
    if (event.pointerType !== "touch") {
      if (event.pointerType === "pen" && drawn?.kind === "touch") pad.drop();
      take(event);
    } else if (drawn?.kind === "pen") {
      // a palm
    } else if (fingers > 1) {
      if (drawn?.kind === "touch") pad.breakOff();
      drawn = null;
    } else take(event);
  }

  followPointers(canvas, {
    down: putDown,
    move(event) {
      if (event.pointerId !== drawn?.id) return;
      const samples = event.getCoalescedEvents?.() ?? [];
      pad.extend((samples.length ? samples : [event]).map(place));
    },
    up(id, type) {
      if (id !== drawn?.id) return;
      drawn = null;
      if (type === "pointercancel") pad.breakOff();
      else pad.end();
    },
  });
  // A stroke is not a swipe: left to itself the browser may take the tap after it for the end of one, and swallow it.
  const keep = (event) => (event.touches.length < 2 || pad.isDown()) && event.preventDefault();
  canvas.addEventListener("touchmove", keep, { passive: false });
  canvas.addEventListener("contextmenu", (event) => pad.isDown() && event.preventDefault()); // of a finger that rests
}
