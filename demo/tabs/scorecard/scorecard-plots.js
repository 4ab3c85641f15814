// Two plots of a scorecard, as SVG made of checked numbers. Colours and letters are the style sheet's.
const WIDTH = 360;
const HEIGHT = 310;
const BOX = { left: 58, right: 344, top: 12, bottom: 272 }; // of the plot within its axes

const across = (share) => BOX.left + share * (BOX.right - BOX.left);
const up = (share) => BOX.bottom - share * (BOX.bottom - BOX.top);
const percent = (share) => `${Math.round(100 * share)} %`;

function draw(place, words, parts) {
  place.setAttribute("aria-label", words);
  place.innerHTML = `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" aria-hidden="true">${parts.join("")}</svg>`;
}

const line = (x1, y1, x2, y2, name) => `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" class="${name}"/>`;
const text = (x, y, words, name = "") => `<text x="${x}" y="${y}" class="${name}">${words}</text>`;

/** A horizontal line and a label for each [share of the height, label]. */
const heights = (marks) => marks.map(([share, label]) => line(BOX.left, up(share), BOX.right, up(share), "grid") + text(BOX.left - 6, up(share) + 4, label, "end"));

const axes = (below, beside) => [text(across(0.5), HEIGHT - 4, below, "middle"), `<text transform="translate(11 ${up(0.5)}) rotate(-90)" class="middle">${beside}</text>`];

/** How sure against how often right; a dot for the digits that were read about as surely, with its 95 % interval. */
export function showReliability(place, bins) {
  const total = bins.reduce((sum, { count }) => sum + count, 0);
  const quarters = [0, 0.25, 0.5, 0.75, 1];
  draw(place, `Sure of it, and right: ${bins.map(({ sure, right, count }) => `${percent(sure)}, ${percent(right)} of ${count}`).join("; ")}.`, [
    ...heights(quarters.map((share) => [share, percent(share)])),
    ...quarters.map((share) => text(across(share), BOX.bottom + 16, percent(share), "middle")),
    line(across(0), up(0), across(1), up(1), "ideal"),
    ...bins.map(({ sure, low, high }) => line(across(sure), up(low), across(sure), up(high), "interval")),
    ...bins.map(({ sure, right, count }) => `<circle cx="${across(sure)}" cy="${up(right)}" r="${3 + 9 * Math.sqrt(count / total)}" class="dot"/>`),
    ...axes("how sure it says it is", "how often it is right"),
  ]);
}

/** The nats of each dimension, those that carry most first. */
export function showBars(place, kl) {
  const order = kl.map((_, k) => k).sort((a, b) => kl[b] - kl[a]);
  const step = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50].find((size) => size * 4 >= kl[order[0]]) ?? 100;
  const top = step * Math.max(1, Math.ceil(kl[order[0]] / step));
  const marks = Array.from({ length: Math.round(top / step) + 1 }, (_, k) => [(k * step) / top, Number((k * step).toFixed(1))]);
  const slot = 1 / order.length;
  const width = Math.min(40, 0.75 * slot * (BOX.right - BOX.left));
  const tight = order.length > 16;
  draw(place, `Nats of each latent value: ${order.map((k) => `z${k} ${kl[k].toFixed(2)}`).join(", ")}.`, [
    ...heights(marks),
    ...order.map((k, place) => {
      const x = across((place + 0.5) * slot);
      const y = up(Math.max(0, kl[k]) / top);
      const label = tight ? `<text transform="translate(${x + 3.5} ${BOX.bottom + 5}) rotate(-90)" class="end small">${k}</text>` : text(x, BOX.bottom + 16, k, "middle");
      return `<rect x="${x - width / 2}" y="${y}" width="${width}" height="${BOX.bottom - y}" class="bar"><title>z${k}: ${kl[k].toFixed(2)} nats</title></rect>${label}`;
    }),
    ...axes("which value of z", "KL divergence, nats"),
  ]);
}
