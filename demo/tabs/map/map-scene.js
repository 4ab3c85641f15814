// What is seen of the map: tapestry and points on its canvas, cursor, drawing and what was kept above it.
import { painted } from "../../page/picture.js";
import { drawPoints } from "./map-points.js";

const FAINT = 0.45; // of the ink below points
const PIN = { mark: '<circle r="9"></circle>', text: 4 };
const HAND = { mark: '<path class="halo" d="M0 -9L9 0L0 9L-9 0Z"></path><path d="M0 -9L9 0L0 9L-9 0Z"></path>', text: -16 };
const DIGITS = Array.from({ length: 10 }, (_, digit) => digit);

/** `get` gives {space, mine, hand, cursor, tapestry, kept} as they are now. */
export function makeScene(element, view, get) {
  const find = (selector) => element.querySelector(selector);
  const map = find("#map");
  const canvas = map.querySelector("canvas");
  const legend = find("#map-legend");
  let frame = null;

  const move = (mark, place) => mark.setAttribute("transform", `translate(${view.toPixel(place).map((value) => value.toFixed(1))})`);

  /** The canvas as large as it is shown; whether it is. */
  function fit() {
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    if (!width) return false;
    view.resize(width, height);
    [canvas.width, canvas.height] = [width, height].map((pixels) => Math.round(pixels * devicePixelRatio));
    return true;
  }

  function paintCanvas() {
    frame = null;
    const { space, mine, hand, tapestry, kept } = get();
    if (!space || !canvas.clientWidth) return;
    const style = getComputedStyle(map);
    const context = canvas.getContext("2d");
    const withPoints = find("#map-points").checked;
    context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    context.clearRect(0, 0, ...view.size);
    if (find("#map-tapestry").checked) {
      tapestry.draw(context, view);
      context.globalCompositeOperation = "source-in";
      context.globalAlpha = withPoints ? FAINT : 1;
      context.fillStyle = style.color;
      context.fillRect(0, 0, ...view.size);
      context.globalCompositeOperation = "source-over";
      context.globalAlpha = 1;
    }
    const chosen = [...legend.querySelectorAll("[aria-pressed=true]")].map(({ dataset }) => Number(dataset.digit));
    const isShown = (digit) => withPoints && (!chosen.length || chosen.includes(digit));
    const colours = DIGITS.map((digit) => style.getPropertyValue(`--digit-${digit}`));
    map.dataset.points = drawPoints(context, view, space.points, isShown, colours, style.backgroundColor);
    map.dataset.zoom = view.zoom.toFixed(3);
    map.dataset.model = space.model;
    placeDrawing(space, mine);
    placeHand(space, hand?.style && hand.model === space.model ? hand : null);
    find("#map-kept").replaceChildren(...kept.flatMap(({ model, place }, k) => (model === space.model ? [pin(PIN, k + 1, place)] : [])));
    mark();
    painted(canvas);
  }

  /** The cursor alone, at each move. */
  function mark() {
    const { cursor } = get();
    move(find("#map-cursor"), cursor);
    [map.dataset.x, map.dataset.y] = cursor.map((value) => value.toFixed(4));
  }

  function placeDrawing(space, mine) {
    const group = find("#map-drawing");
    group.setAttribute("visibility", mine?.style ? "visible" : "hidden");
    map.classList.toggle("drawn", Boolean(mine?.style));
    map.dataset.drawing = mine?.style ? space.of(mine.style).map((value) => value.toFixed(4)) : "";
    if (!mine?.style) return;
    const { radii, angle } = space.ellipse(mine.std);
    move(group, space.of(mine.style));
    group.querySelector("text").setAttribute("y", -Math.max(26, 2 * radii[0] * view.scale + 8));
    group.querySelectorAll("ellipse").forEach((ellipse, k) => {
      ellipse.setAttribute("rx", radii[0] * view.scale * (k < 2 ? 2 : 1));
      ellipse.setAttribute("ry", radii[1] * view.scale * (k < 2 ? 2 : 1));
      ellipse.setAttribute("transform", `rotate(${(-angle * 180) / Math.PI})`);
    });
  }

  /** Every kept drawing as its digit, and their mean. */
  function placeHand(space, hand) {
    const drawn = (hand?.styles ?? []).map((style, k) => pin(PIN, hand.shelf[k].digit, space.of(style)));
    find("#map-shelf").replaceChildren(...drawn, ...(hand ? [pin(HAND, "my hand", space.of(hand.style))] : []));
    map.dataset.shelf = drawn.length;
    map.dataset.hand = hand ? space.of(hand.style).map((value) => value.toFixed(4)) : "";
  }

  function pin(shape, words, place) {
    const group = document.createElementNS("http://www.w3.org/2000/svg", "g");
    group.innerHTML = `${shape.mark}<text y="${shape.text}">${words}</text>`;
    move(group, place);
    return group;
  }

  legend.addEventListener("click", ({ target }) => {
    const button = target.closest("button");
    if (button) button.setAttribute("aria-pressed", button.getAttribute("aria-pressed") !== "true");
    legend.classList.toggle("choosing", Boolean(legend.querySelector("[aria-pressed=true]")));
    draw();
  });

  const draw = () => (frame ??= requestAnimationFrame(paintCanvas));
  return { draw, mark, fit };
}
