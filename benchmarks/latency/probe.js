// Notes in the page, by the page's own clock, what a hand does, what is asked, and when a frame shows the answer.
// Injected before the page's own scripts; benchmarks/latency reads the notes.
(() => {
  const SIDE = 28;
  const LOST = 30_000; // ms after which no answer is expected any more
  let notes = [];
  let views = [];
  let renewed = new Set();
  let pending = 0; // questions without an answer
  const TICK = 4; // ms, the shortest pause of a timer that starts itself
  let ticking = false;
  let longest = 0; // ms from one tick to the next
  const waiting = []; // for the next frame that shows something new

  let of = null; // when the reading was asked whose answer came last

  const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  const note = (kind, more) => notes.push({ kind, at: performance.now(), ...more });

  function task() {
    const { port1, port2 } = new MessageChannel();
    const done = new Promise((resolve) => (port1.onmessage = resolve));
    port2.postMessage(null);
    return done;
  }

  let inFrame = false; // a frame is being made: what changes now is in it

  async function frame() {
    await new Promise(requestAnimationFrame);
    inFrame = true;
    task().then(() => (inFrame = false));
  }

  // A task posted while a frame is made runs when it is laid out and painted.
  async function drawn() {
    if (!inFrame) await frame();
    await task();
    return performance.now();
  }

  // Something new is shown when every view watched has been renewed.
  async function renew(target) {
    const view = views.find((candidate) => candidate.contains(target));
    if (!view) return;
    renewed.add(view);
    if (renewed.size < views.length) return;
    renewed = new Set();
    const shown = { kind: "shown", at: performance.now(), of, pixels: views.length === 1 ? pixels(target) : null };
    notes.push(shown);
    shown.drawn = await drawn();
    waiting.splice(0).forEach((resolve) => resolve());
  }

  const nextShown = () => Promise.race([new Promise((resolve) => waiting.push(resolve)), pause(LOST)]);

  const small = Object.assign(document.createElement("canvas"), { width: SIDE, height: SIDE });
  const context = small.getContext("2d", { willReadFrequently: true });

  function pixels(picture) {
    if (!picture.matches("canvas, img")) return null;
    context.drawImage(picture, 0, 0, SIDE, SIDE);
    return [...context.getImageData(0, 0, SIDE, SIDE).data].filter((_, k) => k % 4 === 0);
  }

  for (const kind of ["input", "pointerdown", "pointermove", "pointerup"]) {
    window.addEventListener(kind, ({ buttons }) => note(kind, { down: buttons > 0 }), true);
  }
  document.addEventListener("load", ({ target }) => target instanceof HTMLImageElement && renew(target), true);
  new MutationObserver((records) => records.forEach(({ target }) => renew(target))).observe(document, {
    subtree: true,
    attributeFilter: ["data-revision", "data-probabilities"],
  });
  new PerformanceObserver((list) => {
    for (const { startTime, name } of list.getEntries()) notes.push({ kind: "request", at: startTime, address: name });
  }).observe({ type: "resource" });

  const ask = window.fetch;
  window.fetch = async (...request) => {
    const body = request[1]?.body;
    const once = typeof body === "string" && body.includes('"fn_name":"read"'); // as earlier versions asked
    const reading = once || String(request[0]).endsWith("/live/read");
    const at = performance.now();
    pending += 1;
    try {
      return await ask(...request);
    } finally {
      pending -= 1;
      if (reading) of = at;
    }
  };

  // A page that computes the answers itself asks its threads: to read and, in earlier versions, then to fill in what else is
  // shown of that.
  const asked = new WeakMap(); // by thread and number
  const readings = new Map(); // when each was asked, by its style
  window.Worker = class extends Worker {
    constructor(...given) {
      super(...given);
      asked.set(this, new Map());
      this.addEventListener("message", ({ data: { id, early, answer } }) => {
        const begun = asked.get(this).get(id).of;
        if (!early) pending -= 1;
        of = begun ?? of;
        if (answer?.rest) readings.set(String(answer.rest.style), begun);
      });
    }
    postMessage(question, ...more) {
      const begun = { read: performance.now(), fill: readings.get(String(question.question.style)) }[question.name];
      asked.get(this).set(question.id, { of: begun });
      pending += 1;
      return super.postMessage(question, ...more);
    }
  };

  function tick(before) {
    const now = performance.now();
    longest = Math.max(longest, now - before);
    if (ticking) setTimeout(tick, TICK, now);
  }

  function slide(range, value) {
    range.value = value;
    range.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function point(element, [x, y]) {
    const { left, top, width, height } = element.getBoundingClientRect();
    const at = { clientX: left + x * width, clientY: top + y * height };
    element.dispatchEvent(new PointerEvent("pointermove", { bubbles: true, pointerId: 1, pointerType: "mouse", ...at }));
  }

  // A hand acts at the beginning of a frame: that is when a browser delivers what a mouse does.
  async function oneByOne(values, act, [least, most]) {
    for (const value of values) {
      await frame();
      const done = nextShown();
      act(value);
      await done;
      await pause(least + (most - least) * Math.random());
    }
  }

  window.probe = {
    /** Watch these views from now on, and forget what was noted. */
    watch(selectors) {
      views = selectors.flatMap((selector) => [...document.querySelectorAll(selector)]);
      renewed = new Set();
      notes = [];
    },

    /** Until nothing has been noted for so many ms and nothing is under way; returns the notes and forgets them. */
    async settle(ms) {
      const began = performance.now();
      const last = () => Math.max(began, notes.at(-1)?.at ?? 0);
      const isUnderWay = () => pending || notes.some(({ kind, drawn }) => kind === "shown" && !drawn);
      while (isUnderWay() || performance.now() - last() < ms) await pause(20);
      return notes.splice(0);
    },

    /** From now on look how long the main thread is busy with one thing. */
    beginTicking() {
      [ticking, longest] = [true, 0];
      setTimeout(tick, TICK, performance.now());
    },

    /** The longest since then, in ms, with the tick before it. */
    endTicking() {
      ticking = false;
      return longest;
    },

    /** Until something new has been shown since `watch`. */
    async answered() {
      if (!notes.some(({ kind }) => kind === "shown")) await nextShown();
    },

    /** Values of a slider or a field, one by one: each some ms, of a range, after the picture of the last was drawn. */
    move(selector, values, rest) {
      const range = document.querySelector(selector);
      return oneByOne(values, (value) => slide(range, value), rest);
    },

    /** The same of a pointer, to places in shares of an element's sides. */
    hover(selector, places, rest) {
      const element = document.querySelector(selector);
      return oneByOne(places, (place) => point(element, place), rest);
    },

    /** A drag: one value a frame. */
    async drag(selector, values) {
      const range = document.querySelector(selector);
      for (const value of values) {
        await frame();
        slide(range, value);
      }
    },
  };
})();
