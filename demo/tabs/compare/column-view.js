// What a column of the Compare tab shows, and what a person does in it.
import { EDGE, STEPS } from "../../page/dimension.js";
import { paintGrid } from "../../page/grid.js";
import { paint } from "../../page/picture.js";
import { addTiles, press } from "../../page/tile.js";

/** `act`: model(), digit(d), sample(k), go(place on the map). */
export function makeColumnView(element, count, act) {
  const find = (selector) => element.querySelector(selector);
  const part = (which) => find(`#${element.id}-${which}`);
  const select = part("model");
  const hand = addTiles(part("hand"), 10, (digit) => `${digit} in this hand, for both`, act.digit);
  const samples = addTiles(part("samples"), count, (k) => `Go on from sample ${k + 1}, in both`, act.sample);

  select.onchange = act.model;
  part("map").onclick = ({ offsetX, offsetY, target }) => act.go([EDGE * ((2 * offsetX) / target.clientWidth - 1), EDGE * (1 - (2 * offsetY) / target.clientHeight)]);

  return {
    say: (text) => (find("[role=status]").textContent = text),
    pressSample: (k) => press(samples, k),
    chosen: () => select.value,
    list(found, chosen = select.value) {
      const names = [...new Set([...found, chosen])]; // it may be a model that another page brought
      if (names.join() !== [...select.options].map(({ value }) => value).join()) select.replaceChildren(...names.map((name) => new Option(name, name)));
      select.value = chosen;
    },
    showModel({ name, conditional }) {
      select.value = name;
      element.classList.toggle("knows-no-digits", !conditional);
      element.dataset.model = name;
    },
    showReading({ digit, probabilities, seen, reconstruction }) {
      paint(part("reconstruction"), reconstruction);
      part("reading").dataset.digit = digit ?? "";
      find("output").textContent = digit ?? "–";
      find("output + span").textContent = probabilities ? sureness(probabilities[digit]) : "reads no digits";
      find("figcaption small").textContent = `${(100 * unexplained(seen, reconstruction)).toFixed(1)} % of the ink missed`;
    },
    showAxes: ([across, up]) => (find(".map figcaption small").textContent = `${across} across, ${up} up; click to go there`),
    /** A digit, and where on the map it is drawn. */
    showPicture(grey, digit, [x, y]) {
      paint(part("picture"), grey);
      press(hand, digit);
      find(".map i").style.left = `${percent(x)}%`;
      find(".map i").style.top = `${100 - percent(y)}%`;
    },
    /** Ten pictures, or one of a model without digits. */
    showHand: (pictures) => pictures.forEach((grey, k) => paint(hand[k].firstElementChild, grey)),
    showSamples: (pictures) => pictures.forEach((grey, k) => paint(samples[k].firstElementChild, grey)),
    showMap: (pictures) => paintGrid(part("map"), pictures, STEPS.length),
  };
}

const sureness = (probability) => (probability > 0.99 ? "over 99 % sure" : `${Math.floor(100 * probability)} % sure`);
const percent = (sigmas) => 50 + 50 * Math.min(1, Math.max(-1, sigmas / EDGE));

/** The squared error of a reconstruction, as a share of the squared ink. */
function unexplained(seen, reconstruction) {
  let [missed, ink] = [0, 0];
  seen.forEach((value, k) => {
    missed += (value - reconstruction[k]) ** 2;
    ink += value ** 2;
  });
  return missed / Math.max(1, ink);
}
