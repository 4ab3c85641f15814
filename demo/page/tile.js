// Small pictures that are buttons.
import { paint } from "./picture.js";

/** Fill `place` with the pictures, each with a label to be read out; `chosen` is told which was clicked. */
export function addPictures(place, pictures, label, chosen) {
  const tiles = addTiles(place, pictures.length, label, chosen);
  tiles.forEach((tile, k) => paint(tile.firstElementChild, pictures[k]));
  return tiles;
}

/** The same with nothing on them yet. */
export function addTiles(place, count, label, chosen) {
  const tiles = Array.from({ length: count }, (_, k) => {
    const tile = Object.assign(document.createElement("button"), { type: "button", onclick: () => chosen(k) });
    tile.setAttribute("aria-label", label(k));
    tile.innerHTML = '<canvas class="paper" width="28" height="28"></canvas>';
    return tile;
  });
  place.replaceChildren(...tiles);
  return tiles;
}

/** Mark the tile that is chosen, if any; those that stay as they are are left alone. */
export function press(tiles, chosen) {
  for (const [k, tile] of tiles.entries()) {
    const pressed = String(k === chosen);
    if (tile.getAttribute("aria-pressed") !== pressed) tile.setAttribute("aria-pressed", pressed);
  }
}
