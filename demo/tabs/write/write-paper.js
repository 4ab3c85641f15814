// What is written, as SVG: a path for each sign, from numbers. A sign that stays as it is keeps its path, so that typing on
// costs one path.
import { painted } from "../../page/picture.js";

const NAMESPACE = "http://www.w3.org/2000/svg";
const RULE = { width: 0.35, strength: 0.25, inset: 4 }; // pixels of the model, share of the ink, and pixels at both ends

/** Draws on an svg element. */
export function makePaper(svg) {
  const make = (name, attributes, parent = svg) => {
    const element = parent.appendChild(document.createElementNS(NAMESPACE, name));
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    return element;
  };
  const sheet = make("rect", { width: "100%", height: "100%" });
  const rules = make("path", { "stroke-opacity": RULE.strength, fill: "none" });
  const ink = make("g", {});
  const drawn = []; // {path, told} of each sign

  function sign(k, d, place) {
    if (!drawn[k]) drawn[k] = { path: make("path", {}, ink), d: "", place: "" };
    if (drawn[k].d !== d) drawn[k].path.setAttribute("d", (drawn[k].d = d));
    if (drawn[k].place !== place) drawn[k].path.setAttribute("transform", (drawn[k].place = place));
  }

  return {
    /** An answer as `write` in writing.py tells it, or null for nothing, and what text it is. */
    show(answer, text) {
      const { width, height, units, signs } = answer ?? { width: 0, height: 0, units: 1, signs: [] };
      svg.setAttribute("viewBox", `0 0 ${width * units} ${height * units}`);
      svg.setAttribute("aria-label", text || "Nothing is written");
      rules.setAttribute("stroke-width", RULE.width * units);
      rules.setAttribute("d", (answer?.rules ?? []).map((y) => `M${RULE.inset * units} ${y * units}H${(width - RULE.inset) * units}`).join(""));
      const points = answer?.points ?? new Int16Array();
      let at = 0;
      signs.forEach(([, x, y, contours], k) => {
        const end = at + 2 * contours.reduce((sum, count) => sum + count, 0);
        sign(k, pathOf(points.subarray(at, end), contours), `translate(${x * units} ${y * units})`);
        at = end;
      });
      for (const { path } of drawn.splice(signs.length)) path.remove();
      painted(svg);
    },
    /** How wide and high it is on the screen, in pixels, and its colours; no paper where null. */
    dress({ width, height, ink: colour, paper, ruled }) {
      svg.style.width = width ? `${width}px` : "";
      svg.style.height = width ? "auto" : "";
      svg.style.aspectRatio = width ? `${width} / ${height}` : "";
      sheet.setAttribute("fill", paper ?? "none");
      ink.setAttribute("fill", colour);
      rules.setAttribute("stroke", ruled ? colour : "none");
    },
  };
}

/** Closed quadratic B-splines of the control points: a parabola from middle to middle of two neighbours. */
function pathOf(points, contours) {
  let first = 0;
  return contours
    .map((count) => {
      const own = points.subarray(2 * first, 2 * (first += count));
      const middle = (k) => `${(own[2 * k] + own[(2 * k + 2) % own.length]) / 2} ${(own[2 * k + 1] + own[(2 * k + 3) % own.length]) / 2}`;
      const spans = Array.from({ length: count }, (_, k) => `Q${own[2 * k]} ${own[2 * k + 1]} ${middle(k)}`);
      return `M${middle(count - 1)}${spans.join("")}Z`;
    })
    .join("");
}
