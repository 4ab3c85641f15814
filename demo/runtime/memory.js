// What was worked out is not worked out again: values by their keys, those that were asked for last.
/** `get` gives nothing for what is not there, any more or yet. */
export function makeMemory(most) {
  const values = new Map();

  function set(key, value) {
    values.delete(key); // so that the newest is last
    values.set(key, value);
    if (values.size > most) values.delete(values.keys().next().value);
    return value;
  }
  return { get: (key) => (values.has(key) ? set(key, values.get(key)) : undefined), set };
}

/** One for each object, and as long as it is there. */
export function memoriesOf(most) {
  const memories = new WeakMap();
  return (owner) => {
    if (!memories.has(owner)) memories.set(owner, makeMemory(most));
    return memories.get(owner);
  };
}
