// Chance: numbers of the standard normal distribution, from a generator that is not meant to be repeatable.
/** Box and Muller. */
export const normal = () => Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
