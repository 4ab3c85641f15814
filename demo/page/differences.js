// What became of a list of values that are never changed themselves: which went and which came, each with its place. So it
// can be done to a list, or taken back, that another tab of the browser has changed meanwhile.
const texts = (values) => new Set(values.map((value) => JSON.stringify(value)));

function missing(values, others) {
  const known = texts(others);
  return [...values.entries()].filter(([, value]) => !known.has(JSON.stringify(value)));
}

/** {gone, come}: [place, value] each. */
export const difference = (before, after) => ({ gone: missing(before, after), come: missing(after, before) });

export const inverse = ({ gone, come }) => ({ gone: come, come: gone });

export const isNone = ({ gone, come }) => !gone.length && !come.length;

/** The list with the same done to it, as far as it is not done; the list itself where that is nothing. */
export function apply(list, { gone, come }) {
  const [leaving, there] = [texts(gone.map(([, value]) => value)), texts(list)];
  const next = list.filter((value) => !leaving.has(JSON.stringify(value)));
  const added = come.filter(([, value]) => !there.has(JSON.stringify(value)));
  for (const [place, value] of added) next.splice(place, 0, value);
  return added.length || next.length < list.length ? next : list;
}

/** The list with each value once. */
export function unique(list) {
  const known = new Set();
  return list.filter((value) => {
    const text = JSON.stringify(value);
    return !known.has(text) && known.add(text);
  });
}
