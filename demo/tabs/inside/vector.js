// What the decoder gets: how each number of z comes about, and the row of z and the digit values joined.
import { write } from "../../page/words.js";
import { fixed } from "./numbers.js";

/** One sum a dimension, mu + sigma x epsilon = z. */
export function makeSums(place) {
  let rows = [];
  function arrange(order) {
    rows = order.map((k) => {
      const row = document.createElement("p");
      row.innerHTML = `<b>z<sub>${k}</sub></b><span></span>+<span></span>×<span></span>=<strong></strong>`;
      return { k, row, fields: row.querySelectorAll("span, strong") };
    });
    place.replaceChildren(...rows.map(({ row }) => row));
  }
  function show({ mean, std, z }, epsilon, overruled) {
    place.classList.toggle("overruled", overruled);
    for (const { k, row, fields } of rows) {
      row.dataset.z = z[k];
      [mean[k], std[k], epsilon[k], z[k]].forEach((value, at) => write(fields[at], fixed(value)));
    }
  }
  return { arrange, show };
}

/** The joined vector, a cell a number: the more ink the farther from 0. */
export function makeVector(place) {
  let cells = [];
  let digits = [];
  function arrange(order, conditional) {
    cells = order.map((k) => cell(`z<sub>${k}</sub>`, k));
    digits = conditional ? Array.from({ length: 10 }, (_, digit) => cell(digit, digit)) : [];
    place.replaceChildren(row(cells, `z, ${cells.length} numbers`, "code"));
    if (conditional) place.append(row(digits, "y, 10 numbers", "digits"));
    const count = document.createElement("p");
    count.textContent = `These ${cells.length + digits.length} numbers are all that the decoder gets.`;
    place.append(count);
  }
  function show({ z, y }) {
    for (const { k, box, text } of cells) fill(box, text, z[k], Math.abs(z[k]) / 3, 1);
    for (const { k, box, text } of digits) fill(box, text, y[k], y[k], 2);
  }
  return { arrange, show };
}

/** The style that z is, a cell a number. */
export function makeStyle(place) {
  let cells = [];
  function arrange(order) {
    cells = order.map((k) => cell(`w<sub>${k}</sub>`, k));
    place.replaceChildren(row(cells, `w, ${cells.length} numbers`, "code"));
  }
  function show({ style }) {
    for (const { k, box, text } of cells) fill(box, text, style[k], Math.abs(style[k]) / 3, 1);
  }
  return { arrange, show };
}

function row(cells, label, name) {
  const place = Object.assign(document.createElement("div"), { className: `cells ${name}` });
  place.setAttribute("role", "group");
  place.setAttribute("aria-label", label);
  place.append(...cells.map(({ box }) => box));
  return place;
}

function cell(name, k) {
  const box = document.createElement("span");
  box.innerHTML = `<small>${name}</small><em></em>`;
  return { k, box, text: box.lastElementChild };
}

function fill(box, text, value, share, decimals) {
  box.dataset.value = value;
  box.classList.toggle("below", value < 0);
  box.style.setProperty("--share", Math.min(1, share));
  write(text, fixed(value, decimals));
}

/** Ten bars, the likeliest stands out. */
export function showProbabilities(list, probabilities) {
  list.dataset.probabilities = probabilities.join(",");
  const most = Math.max(...probabilities);
  [...list.children].forEach((bar, digit) => {
    bar.style.setProperty("--p", probabilities[digit]);
    bar.classList.toggle("first", probabilities[digit] === most);
    write(bar.lastElementChild, `${Math.round(100 * probabilities[digit])}%`);
  });
}
