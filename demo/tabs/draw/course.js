// How a hand comes to be known: each drawing a dot, from left to right, the mean of those so far a line, and around it one
// standard error, which narrows.
const [WIDTH, HEIGHT] = [220, 72];
const MARGIN = 6;
const LEAST = 6; // places, so that the first drawings do not fill the figure

/** On an svg element; `course` as course.py has it. */
export function drawCourse(svg, { drawings, mean, error, known }) {
  const count = Math.max(LEAST, mean.length);
  const values = [...drawings, ...mean.flatMap((value, k) => [value - error[k], value + error[k]]), 0];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const x = (k) => (MARGIN + ((WIDTH - 2 * MARGIN) * (k + 0.5)) / count).toFixed(1);
  const y = (value) => (HEIGHT - MARGIN - ((HEIGHT - 2 * MARGIN) * (value - low)) / (high - low)).toFixed(1);
  const line = (rows) => rows.map(([k, value]) => `${x(k)} ${y(value)}`).join("L");
  const above = mean.map((value, k) => [k, value + error[k]]);
  const below = mean.map((value, k) => [k, value - error[k]]);
  // one drawing alone has a band as well
  const wide = (rows) => (rows.length > 1 ? rows : [[rows[0][0] - 0.25, rows[0][1]], [rows[0][0] + 0.25, rows[0][1]]]);
  svg.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
  svg.setAttribute("aria-label", `After ${mean.length} of them the hand is ${Math.round(100 * known[known.length - 1])} % sure`);
  svg.innerHTML = `<path class="usual" d="M0 ${y(0)}H${WIDTH}"/><path class="band" d="M${line(wide(above))}L${line(wide(below).reverse())}Z"/>
    <path class="mean" d="M${line(wide(mean.map((value, k) => [k, value])))}"/>${drawings.map((value, k) => `<circle cx="${x(k)}" cy="${y(value)}" r="2.5"/>`).join("")}`;
}
