// A sheet as SVG, one path a sign: the words of vae_core/writing/svg.py, byte for byte; tests hold one to the other.
import { rint, tenths } from "./even.js";
import { MARGIN } from "./layout.js";

export const UNITS = 32; // of a path in one pixel of the model; whole numbers keep it short
export const RULE_WIDTH = 0.35; // pixels
export const RULE_STRENGTH = 0.25; // of the ink
const RULE_BELOW = 1.5; // pixels, from the baseline to the line that is ruled

/** The whole file of {text, outlines, baselines, width, height} in the look {scale, ink, paper, ruled}. */
export function svgText(sheet, { scale, ink, paper, ruled }) {
  const size = [sheet.width, sheet.height];
  const [width, height] = size.map((side) => tenths(side * scale));
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" role="img" width="${width}" height="${height}" viewBox="0 0 ${size.map(units).join(" ")}">`,
    `<title>${escaped(sheet.text)}</title>`,
  ];
  if (paper) parts.push(`<rect width="100%" height="100%" fill="${paper}"/>`);
  if (ruled) parts.push(`<path d="${rulesPath(sheet)}" stroke="${ink}" stroke-width="${units(RULE_WIDTH)}" stroke-opacity="${RULE_STRENGTH}"/>`);
  const signs = sheet.outlines.filter(({ length }) => length).map((contours) => `<path d="${contours.map(closed).join("")}"/>`);
  return [...parts, `<g fill="${ink}">`, ...signs, "</g></svg>\n"].join("\n");
}

const units = (pixels) => rint(UNITS * pixels);
const escaped = (text) => text.replace(/&/g, "&amp;").replace(/>/g, "&gt;").replace(/</g, "&lt;");

/** How far down a line is ruled, each, in pixels. */
export const rulesOf = ({ baselines }) => baselines.map((baseline) => baseline + RULE_BELOW);

function rulesPath(sheet) {
  const [from, to] = [MARGIN / 2, sheet.width - MARGIN / 2].map(units);
  return rulesOf(sheet).map((y) => `M${from} ${units(y)}H${to}`).join("");
}

/** One closed B-spline: a parabola from middle to middle, each told from where the last one ended. */
function closed(contour) {
  const middles = contour.map((value, k) => units((value + contour.at(k - 2)) / 2));
  let path = `M${middles[0]} ${middles[1]}`;
  for (let k = 0; k < contour.length; k += 2) {
    const after = (k + 2) % contour.length;
    const [x, y] = [middles[k], middles[k + 1]];
    path += `q${units(contour[k]) - x} ${units(contour[k + 1]) - y} ${middles[after] - x} ${middles[after + 1] - y}`;
  }
  return `${path}z`.replace(/ -/g, "-");
}
