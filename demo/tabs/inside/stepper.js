// The walk: one step after another in the light, the others dimmed; or all at once.
const FREE = "input, select, textarea, summary, [role=tab]"; // where arrow keys have another meaning

export function makeStepper(root, find) {
  const steps = [...root.querySelectorAll(".step")];
  const buttons = { walk: find("#inside-walk"), back: find("#inside-back"), next: find("#inside-next"), all: find("#inside-all") };
  let at = null; // the step in the light, null for all

  function go(to) {
    const walking = to !== null;
    at = walking ? Math.min(steps.length - 1, Math.max(0, to)) : null;
    root.classList.toggle("walking", walking);
    steps.forEach((step, k) => step.classList.toggle("current", k === at));
    buttons.walk.hidden = walking;
    for (const name of ["back", "next", "all"]) buttons[name].hidden = !walking;
    buttons.back.disabled = at === 0;
    buttons.next.disabled = at === steps.length - 1;
    find("#inside-place").textContent = walking ? `Step ${at + 1} of ${steps.length}` : "";
    if (!walking) return buttons.walk.focus();
    if (!root.contains(document.activeElement) || document.activeElement.disabled || document.activeElement.hidden) {
      (buttons.next.disabled ? buttons.back : buttons.next).focus();
    }
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    steps[at].scrollIntoView({ block: "start", behavior: calm ? "auto" : "smooth" });
  }

  buttons.walk.onclick = () => go(0);
  buttons.back.onclick = () => go(at - 1);
  buttons.next.onclick = () => go(at + 1);
  buttons.all.onclick = () => go(null);
  document.addEventListener("keydown", (event) => {
    if (at === null || !root.offsetParent || event.target.closest(FREE) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "ArrowRight") go(at + 1);
    else if (event.key === "ArrowLeft") go(at - 1);
    else if (event.key === "Escape") go(null);
    else return;
    event.preventDefault();
  });
}
