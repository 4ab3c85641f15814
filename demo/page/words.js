// Words about digits, and how words come into the page.
/** A digit with its article. */
export const a = (digit) => `${digit === 8 ? "an" : "a"} ${digit}`;

/** What is there already stays: any new text has the page laid out anew. */
export function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}
