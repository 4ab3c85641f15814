// A slider that can be played, there and back, until the tab is left or the slider taken.
const PASS = 2000; // ms from end to end
const LEAP = 100; // ms at most between two pictures; the page may have been hidden in between

/** `moved` is called with the slider's share, 0 to 1, of every new place. */
export function makePlayer(slider, button, moved) {
  let playing = 0; // the request for the next frame
  let way = 1;
  let at = Number(slider.value); // finer than the slider's steps
  let before = 0;

  const share = () => Number(slider.value);
  const show = () => {
    slider.setAttribute("aria-valuetext", `${Math.round(100 * share())} percent of the way`);
    moved(share());
  };
  function place(value) {
    const last = slider.value;
    slider.value = at = value;
    if (slider.value !== last) show();
  }
  function step(now) {
    if (!slider.offsetParent) return stop();
    at += (way * Math.min(LEAP, now - before)) / PASS;
    before = now;
    if (at <= 0 || at >= 1) way = at <= 0 ? 1 : -1;
    place(Math.min(1, Math.max(0, at)));
    playing = requestAnimationFrame(step);
  }
  function play() {
    before = performance.now();
    button.textContent = "Pause";
    playing = requestAnimationFrame(step);
  }
  function stop() {
    cancelAnimationFrame(playing);
    playing = 0;
    button.textContent = "Play";
  }

  button.onclick = () => (playing ? stop() : play());
  slider.oninput = () => {
    stop();
    at = share();
    show();
  };
  return { share, show, goTo: (value) => (stop(), place(value)) };
}
