// One model of the Compare tab: what it reads in the drawing, makes of it, and draws from the same steps and chance.
// The steps go along the two directions in which its styles vary most; the map shows all that they reach.
import { makeColumnView } from "./column-view.js";
import { clamp, STEPS } from "../../page/dimension.js";
import { makeSpace } from "../../page/plane.js";
import { decode, describe, points, readBriefly } from "../../runtime/model.js";
import { makeQueue } from "../../page/queue.js";

const DIGITS = [...Array(10).keys()];
const PLACES = [...STEPS].reverse().flatMap((up) => STEPS.map((across) => [across, up])); // on the map, row by row
const DUE = { // when a part of what is shared changes
  drawing: ["reading", "picture", "hand", "samples", "map"],
  sample: ["picture", "hand", "map"],
  digit: ["picture", "samples", "map"],
  noise: ["samples"],
  steps: ["picture", "hand"],
};

/** `shared` is read whenever something is asked; `share` changes it for both columns; `seen` gets the drawing as read. */
export function makeColumn(element, { name, shared, share, seen }) {
  let model = null; // as `describe` tells it
  let reading = null;
  let space = null; // its plane that is the map
  const view = makeColumnView(element, shared.noise.length, {
    model: () => ask("model"),
    digit: (digit) => share({ digit }),
    sample: (sample) => share({ sample, steps: [0, 0] }),
    go: ([x, y]) => reading && space && share({ steps: [x - start()[0], y - start()[1]].map(clamp) }),
  });

  const digit = () => shared.digit ?? reading.digit ?? 0;
  const base = () => (shared.sample === null ? reading.style : shared.noise[shared.sample].slice(0, model.latent_dim));
  /** Lay the plane through what one starts from; the answer is where that lies. */
  function start() {
    space.through(base());
    return space.of(base());
  }
  const place = () => start().map((value, axis) => value + shared.steps[axis]);

  const steps = {
    async model() {
      try {
        model = await describe(view.chosen() || name);
      } finally {
        if (model) view.showModel(model);
      }
      reading = space = null;
      ask("reading", "plane", "picture", "hand", "samples", "map");
    },
    async reading() {
      reading = await readBriefly(shared.drawing, model.name);
      seen(reading.seen);
      view.showReading(reading);
    },
    async plane() {
      space = makeSpace(await points(model.name));
      view.showAxes(space.names);
    },
  };
  const views = {
    async picture() {
      const at = place();
      view.showPicture((await decode(space.at(at), digit(), model.name))[0], digit(), at);
    },
    async hand() {
      view.showHand(await decode(space.at(place()), model.conditional ? DIGITS : 0, model.name));
    },
    async samples() {
      const codes = shared.noise.map((row) => row.slice(0, model.latent_dim));
      view.showSamples(await decode(codes, digit(), model.name));
    },
    async map() {
      start();
      view.showMap(await decode(PLACES.map(space.at), digit(), model.name));
    },
  };
  const ask = makeQueue(steps, views, view.say);

  view.list([name], name);
  return {
    list: (names) => view.list(names),
    refresh(parts) {
      view.pressSample(shared.sample);
      if (model) ask(...parts.flatMap((part) => DUE[part]));
      else ask("model");
    },
  };
}
