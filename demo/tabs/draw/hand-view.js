// Your hand, 0 to 9: the ten digits as the kept drawings tell the hand, or in the style of the drawing on the pad alone.
import { inHand } from "../../page/shelf.js";
import { keep, kept } from "../../page/kept.js";
import { change, follow, openTab, page } from "../../page/page.js";
import { paint } from "../../page/picture.js";
import { write } from "../../page/words.js";
import { drawCourse } from "./course.js";

const OF_ONE = "all ten digits in the style of your drawing; click one to explore it";

export function makeHandView(section) {
  const find = (selector) => section.querySelector(selector);
  const tiles = [...find("#hand").children];
  let reading = null; // of what is on the pad

  const isOfAll = () => Boolean(page.hand) && find("[name=hand-of]:checked").value === "all";
  const at = (digit) => (isOfAll() ? inHand(digit) : reading && { grey: reading.hand[digit], style: null, drawing: null });

  function showTiles() {
    tiles.forEach((tile, digit) => {
      const one = at(digit);
      tile.disabled = !one;
      tile.classList.toggle("drawn", Boolean(one?.drawing));
      tile.setAttribute("aria-label", one?.drawing ? `Explore your own ${digit}` : `Explore ${digit} in this hand`);
      paint(tile.firstElementChild, one?.grey);
    });
    write(find("#hand-words"), isOfAll() ? page.hand.words : OF_ONE);
  }
  function show() {
    find(".hand-known").hidden = !page.hand;
    if (page.hand) drawCourse(find("#hand-course"), page.hand.course);
    showTiles();
  }

  tiles.forEach((tile, digit) => {
    tile.onclick = () => {
      const { style } = at(digit);
      change(style ? { style, digit } : { digit });
      openTab("explore");
    };
  });
  find("#hand-of").addEventListener("input", showTiles);
  if (kept.handOf === "one") find("[value=one]").checked = true;
  keep("handOf", () => find("[name=hand-of]:checked").value);
  follow((parts) => ("hand" in parts || "model" in parts) && show());
  return {
    /** Another drawing was read, or none. */
    show(answer) {
      reading = answer;
      if (!isOfAll()) showTiles();
    },
  };
}
