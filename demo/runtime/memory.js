// What was worked out is not worked out again: values by their keys, the newest of them.
export function makeMemory(most) {
  const values = new Map();

  function set(key, value) {
    values.delete(key); // so that the newest is last
    values.set(key, value);
    if (values.size > most) values.delete(values.keys().next().value);
    return value;
  }
  return { has: (key) => values.has(key), get: (key) => set(key, values.get(key)), set };
}

/** One for each object, and as long as it is there. */
export function memoriesOf(most) {
  const memories = new WeakMap();
  return (owner) => {
    if (!memories.has(owner)) memories.set(owner, makeMemory(most));
    return memories.get(owner);
  };
}
