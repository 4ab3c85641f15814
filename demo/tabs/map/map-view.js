// The window on the map: where a place is on the canvas, in CSS pixels. y points up on the map, down on the canvas.
const ZOOM = [0.5, 60]; // of the whole map

export function makeView() {
  let size = [1, 1];
  let home = { centre: [0, 0], half: [3, 3] }; // sigma
  let centre = [0, 0];
  let zoom = 1;
  const scale = () => zoom * Math.min(...size.map((pixels, axis) => pixels / (2 * home.half[axis]))); // pixels a sigma

  const view = {
    get size() { return size; },
    get zoom() { return zoom; },
    get scale() { return scale(); },
    toPixel: ([x, y]) => [size[0] / 2 + (x - centre[0]) * scale(), size[1] / 2 - (y - centre[1]) * scale()],
    toPlace: ([left, top]) => [centre[0] + (left - size[0] / 2) / scale(), centre[1] - (top - size[1] / 2) / scale()],
    resize: (width, height) => (size = [width, height]),
    setHome(whole) {
      home = whole;
      view.goHome();
    },
    goHome() {
      centre = home.centre;
      zoom = 1;
    },
    pan([right, down]) {
      const limit = (value, axis) => Math.min(home.centre[axis] + 2 * home.half[axis], Math.max(home.centre[axis] - 2 * home.half[axis], value));
      centre = [centre[0] - right / scale(), centre[1] + down / scale()].map(limit);
    },
    /** Zoom by a factor; what is at `pixel` stays there. */
    zoomAt(pixel, factor) {
      const place = view.toPlace(pixel);
      zoom = Math.min(ZOOM[1], Math.max(ZOOM[0], zoom * factor));
      const now = view.toPixel(place);
      view.pan([pixel[0] - now[0], pixel[1] - now[1]]);
    },
    isInside(place) {
      const [left, top] = view.toPixel(place);
      return left >= 0 && top >= 0 && left <= size[0] && top <= size[1];
    },
    /** Pan until a place is in the window; returns the nearest to it that can be. */
    reveal(place) {
      const into = (pixel) => pixel.map((value, axis) => Math.min(size[axis], Math.max(0, value)));
      const apart = (pixel) => into(pixel).map((value, axis) => value - pixel[axis]);
      view.pan(apart(view.toPixel(place)));
      return view.toPlace(into(view.toPixel(place)));
    },
  };
  return view;
}
