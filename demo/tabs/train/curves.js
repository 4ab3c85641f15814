// Small charts as SVG: a term over the epochs, of training and test, and the KL of each dimension.
const WIDTH = 260;
const HEIGHT = 120;
const LEFT = 40; // room for the numbers of the axis
const RIGHT = 256;
const TOP = 8;
const BOTTOM = 102;

/** A chart of one term; `series` are [class, reader of an epoch's report]. The first goes on, in the epoch under way,
 * through the points [epoch, value] of `trail`. */
export function makeCurve(title, series, format) {
  const { figure, svg, value } = frame(title);
  let shown = null; // the epochs last drawn, for the pointer

  function draw(epochs, total, trail = []) {
    shown = { epochs, total };
    const lines = series.map(([name, read]) => ({ name, points: epochs.map((report, k) => [k + 1, read(report)]).filter(([, y]) => Number.isFinite(y)) }));
    lines[0].trail = trail;
    const values = lines.flatMap(({ points, trail = [] }) => [...points, ...trail].map(([, y]) => y));
    const [low, high] = range(values);
    const x = (epoch) => LEFT + (epoch / total) * (RIGHT - LEFT);
    const y = (number) => BOTTOM - ((number - low) / (high - low)) * (BOTTOM - TOP);
    const at = ([epoch, number]) => `${x(epoch).toFixed(1)},${y(number).toFixed(1)}`;
    svg.innerHTML = axes(values.length ? [format(high), format(low)] : ["", ""], total) + lines.map((line) => path(line, at)).join("");
    say(epochs.length - 1);
  }

  function say(k) {
    const numbers = series.map(([, read]) => shown.epochs[k] && read(shown.epochs[k])).filter((number) => Number.isFinite(number));
    value.textContent = numbers.map(format).join(" · ");
    svg.setAttribute("aria-label", numbers.length ? `${title} in epoch ${k + 1}: ${numbers.map(format).join(", ")}` : `${title}: no epoch yet`);
  }

  svg.onpointermove = (event) => {
    const box = svg.getBoundingClientRect();
    const share = (((event.clientX - box.left) / box.width) * WIDTH - LEFT) / (RIGHT - LEFT);
    const k = Math.round(share * shown.total) - 1;
    if (k >= 0 && k < shown.epochs.length) {
      say(k);
      value.textContent = `epoch ${k + 1}: ${value.textContent}`;
    }
  };
  svg.onpointerleave = () => say(shown.epochs.length - 1);
  return { figure, draw };
}

/** A bar for each latent dimension; those below `idle` nats are pale. */
export function makeBars(title, idle) {
  const { figure, svg, value } = frame(title);
  function draw(numbers) {
    const high = Math.max(...numbers, idle);
    const step = (RIGHT - LEFT) / Math.max(1, numbers.length);
    const bars = numbers.map((number, k) => {
      const height = Math.max(1, (number / high) * (BOTTOM - TOP));
      return `<rect class="${number < idle ? "idle" : "bar"}" x="${(LEFT + k * step + step * 0.1).toFixed(1)}" y="${(BOTTOM - height).toFixed(1)}" width="${(step * 0.8).toFixed(1)}" height="${height.toFixed(1)}"><title>z${k}: ${number.toFixed(2)} nats</title></rect>`;
    });
    svg.innerHTML = axes(numbers.length ? [high.toFixed(1), "0"] : ["", ""], 0, numbers.length ? ["z0", numbers.length > 1 ? `z${numbers.length - 1}` : ""] : ["", ""]) + bars.join("");
    const used = numbers.filter((number) => number >= idle).length;
    value.textContent = numbers.length ? `${used} of ${numbers.length} used` : "";
    svg.setAttribute("aria-label", `${title}: ${value.textContent || "no epoch yet"}`);
  }
  return { figure, draw };
}

function frame(title) {
  const figure = document.createElement("figure");
  figure.innerHTML = `<figcaption><b></b><span></span></figcaption><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${title}"></svg>`;
  figure.querySelector("b").textContent = title;
  return { figure, svg: figure.querySelector("svg"), value: figure.querySelector("span") };
}

function axes([high, low], total, ends = ["0", String(total)]) {
  const label = (x, y, anchor, text) => `<text x="${x}" y="${y}" text-anchor="${anchor}">${text}</text>`;
  return (
    `<path class="axis" d="M${LEFT},${TOP}H${RIGHT}M${LEFT},${BOTTOM}H${RIGHT}"/>` +
    label(LEFT - 6, TOP + 4, "end", high) + label(LEFT - 6, BOTTOM + 2, "end", low) +
    label(LEFT, HEIGHT - 5, "start", ends[0]) + label(RIGHT, HEIGHT - 5, "end", ends[1])
  );
}

function path({ name, points, trail = [] }, at) {
  const line = (kind, among) => `<polyline class="${kind}" points="${among.map(at).join(" ")}"/>`;
  const last = points.slice(-1);
  const [cx, cy] = [...last, ...trail].length ? at([...last, ...trail].at(-1)).split(",") : [];
  const dot = cx ? `<circle class="${name}" cx="${cx}" cy="${cy}" r="3"/>` : "";
  return line(name, points) + line(`${name} live`, [...last, ...trail]) + dot;
}

function range(values) {
  if (!values.length) return [0, 1];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return high > low ? [low, high] : [low - Math.abs(low) * 0.05 - 1e-6, high + Math.abs(high) * 0.05 + 1e-6];
}
