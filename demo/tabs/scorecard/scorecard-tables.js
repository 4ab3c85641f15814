// What a scorecard tells in tables and lists. Text from a report is only ever set as text.
import { paint, unpack } from "../../page/picture.js";

function make(tag, parts = {}, ...children) {
  const node = Object.assign(document.createElement(tag), parts);
  node.append(...children);
  return node;
}

/** A table a group: what was measured, its value and interval; behind a fold, how. */
export function showFigures(place, groups) {
  const folds = [...place.querySelectorAll("details")].map(({ open }) => open);
  place.replaceChildren(...groups.map((group, k) => section(group, folds[k])));
}

function section({ title, sentence, rows }, open = false) {
  const how = rows.map(({ figure, name, protocol }) => [make("dt", { textContent: `${name} (${figure})` }), make("dd", { textContent: protocol })]);
  const node = make("section", {}, make("h2", {}, title), make("p", {}, sentence), make("table", {}, make("tbody", {}, ...rows.map(line))), make("details", { open }, make("summary", {}, "How it was measured"), make("dl", {}, ...how.flat())));
  node.setAttribute("aria-label", title);
  return node;
}

function line({ figure, name, sentence, more, value, interval }) {
  const head = make("th", { scope: "row" }, name, make("small", {}, sentence));
  const arrow = more === null ? [] : [make("i", { title: more ? "more is better" : "less is better" }, more ? "↑" : "↓"), " "];
  const row = make("tr", {}, head, make("td", {}, ...arrow, make("b", {}, value), ...(interval ? [make("small", {}, interval)] : [])));
  row.dataset.figure = figure;
  return row;
}

/** Counts, a row a digit as labelled, a column a digit read; the more of a row's mistakes, the darker. */
export function showConfusion(table, rows) {
  const most = Math.max(1, ...rows.flatMap((row, digit) => row.filter((_, read) => read !== digit)));
  const heads = rows.map((_, read) => make("th", { scope: "col" }, String(read)));
  table.replaceChildren(
    make("thead", {}, make("tr", {}, make("td"), ...heads)),
    make("tbody", {}, ...rows.map((row, digit) => make("tr", {}, make("th", { scope: "row" }, String(digit)), ...row.map((count, read) => cell(count, digit, read, most))))),
  );
}

function cell(count, digit, read, most) {
  const node = make("td", { title: `${count} × ${digit} read as ${read}` }, String(count));
  node.className = digit === read ? "right" : count ? "wrong" : "none";
  node.style.setProperty("--share", Math.sqrt(count / most)); // the root, for a single mistake to be seen
  return node;
}

export function showMistakes(list, worst) {
  list.replaceChildren(...worst.map(mistake));
}

function mistake({ digit, read, probability, picture }) {
  const canvas = make("canvas", { className: "paper pixels", width: 28, height: 28 });
  paint(canvas, unpack(picture)[0]);
  return make("li", {}, canvas, make("span", {}, `${digit} → ${read}`), make("small", {}, `${Math.floor(100 * probability)} %`));
}
