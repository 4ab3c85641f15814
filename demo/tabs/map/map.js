// The Map tab: a plane of a latent space as a tapestry, the test set's digits and the drawing on it, and the picture
// under the pointer.
import { makeKeeper } from "./map-kept.js";
import { figureOf } from "../../page/keys.js";
import { latest } from "../../page/latest.js";
import { decode, hand as handOf, locate, points } from "../../runtime/model.js";
import { change, follow, page } from "../../page/page.js";
import { paint } from "../../page/picture.js";
import { makeScene } from "./map-scene.js";
import { makeSpace } from "../../page/plane.js";
import { makeTapestry } from "./map-tapestry.js";
import { makeView } from "./map-view.js";
import { whenOpen } from "../../page/visible.js";
import { FACTOR, followHand } from "./map-hand.js";

const PLANE = "plane"; // the model that is shown whole
const REST = 120; // ms without a change before the window is filled

export function start({ element }) {
  const find = (selector) => element.querySelector(selector);
  const map = find("#map");
  const view = makeView();
  let space = null; // of the model shown
  let mine = null; // {drawing, style, std}: the drawing, and where it lies in that space
  let hand = null; // {shelf, model, styles, style}: the kept drawings, and where they and their mean lie in that space
  let cursor = [0, 0]; // a place
  let other = "conv"; // the model of the second choice
  let resting;

  const say = (text) => (find("#map-message").textContent = text);
  const keeper = makeKeeper(find(".map-keeps"), say);
  const tapestry = makeTapestry(() => scene.draw(), say, (busy) => map.setAttribute("aria-busy", busy));
  const scene = makeScene(element, view, () => ({ space, mine, hand, cursor, tapestry, kept: keeper.all }));
  const shown = () => (find("#map-model input").checked ? PLANE : other);
  const digit = () => (space.conditional ? page.digit : null);

  const load = latest(async () => {
    const { drawing, shelf } = page;
    const model = shown();
    find("#map-hand").hidden = !hand?.style || hand.model !== model;
    if (space?.model !== model) {
      space = { ...makeSpace(await points(model)), model };
      mine = null;
      view.setHome(space.whole);
      cursor = space.whole.centre;
      describe();
    }
    if ((mine?.drawing ?? null) !== drawing) {
      mine = drawing && { drawing, ...(await locate(drawing, model).catch(() => null)) };
      space.through(mine?.style);
      if (mine?.style) goToStyle(mine.style);
    }
    if (hand?.shelf !== shelf || hand.model !== model) {
      hand = shelf.length ? { ...(await handOf(shelf, model)), shelf, model } : { shelf, model };
      if (!mine?.style && hand.style) goToStyle(hand.style);
    }
    find("#map-hand").hidden = !hand.style;
    refill();
    look();
  }, say);

  const decodeHere = latest(async (model, style, digit) => {
    paint(find("#map-picture"), (await decode(style, digit, model))[0]);
    say("");
  }, say);

  const keep = latest(async () => {
    const picture = { model: space.model, place: cursor, style: space.at(cursor), digit: digit() };
    const [grey] = await decode(picture.style, picture.digit, picture.model);
    keeper.add({ ...picture, grey });
    scene.draw();
    if (picture.model === page.model.name) change({ style: picture.style, digit: picture.digit ?? page.digit });
  }, say);

  /** The cursor went somewhere: its picture is decoded at once. */
  function look() {
    find("#map-place").textContent = space.names.map((name, axis) => `${name} ${cursor[axis].toFixed(2)}`).join("   ");
    scene.mark();
    decodeHere(space.model, space.at(cursor), digit());
  }
  function refill() {
    scene.draw();
    if (find("#map-tapestry").checked) tapestry.fill(view, space, digit(), cursor);
  }
  /** The window changed: it is filled when it rests. */
  function shift() {
    scene.draw();
    clearTimeout(resting);
    resting = setTimeout(refill, REST);
  }
  function goTo(place) {
    cursor = place;
    look();
  }
  /** Lay the plane through a style, and the cursor on it. */
  function goToStyle(style) {
    space.through(style);
    cursor = view.reveal(space.of(style));
  }
  function zoom(pixel, factor) {
    view.zoomAt(pixel ?? view.toPixel(cursor), factor);
    shift();
  }
  function describe() {
    map.parentElement.classList.toggle("unconditional", !space.conditional);
    find("#map-explanation").textContent = space.sentence;
  }
  function refresh() {
    if (page.model.name !== PLANE) {
      other = page.model.name;
      find("#map-model label:last-child span").textContent = page.model.latent_dim > 2 ? `${other}, projected` : other;
    }
    find(`#map-digit input[value="${page.digit}"]`).checked = true;
    find("#map-mine").disabled = !page.drawing;
    if (isOpen()) load(); // else when the tab is opened
  }

  followHand(map.querySelector("canvas"), {
    move: (pixel) => space && goTo(view.toPlace(pixel)),
    step([right, down]) {
      if (!space) return;
      const [left, top] = view.toPixel(cursor);
      cursor = view.reveal(view.toPlace([left + right, top + down]));
      shift();
      look();
    },
    keep: () => space && keep(),
    pan(pixels) {
      view.pan(pixels);
      shift();
    },
    zoom,
  });
  find("#map-keep").onclick = () => space && keep();
  find("#map-in").onclick = () => zoom(null, FACTOR);
  find("#map-out").onclick = () => zoom(null, 1 / FACTOR);
  find("#map-home").onclick = () => {
    view.goHome();
    shift();
  };
  find("#map-mine").onclick = () => {
    mine = null;
    load();
  };
  find("#map-hand").onclick = () => {
    goToStyle(hand.style);
    refill();
    look();
  };
  find("#map-model").oninput = refresh;
  find("#map-digit").oninput = ({ target }) => change({ digit: Number(target.value) });
  find(".map-layers").addEventListener("change", () => space && refill());
  document.addEventListener("keydown", (event) => {
    const digit = figureOf(event);
    if (isOpen() && digit !== null) change({ digit });
  });
  new ResizeObserver(() => scene.fit() && space && shift()).observe(map);
  const isOpen = whenOpen(element, refresh);
  follow((parts) => ("model" in parts || "drawing" in parts || "shelf" in parts || "digit" in parts) && refresh());
  refresh();
}
