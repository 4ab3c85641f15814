// Words about digits.
/** A digit with its article. */
export const a = (digit) => `${digit === 8 ? "an" : "a"} ${digit}`;
