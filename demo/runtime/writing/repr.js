// Values as Python's repr writes them, for sentences that quote what a page sent: `brief` of vae_core/config.py.
const QUOTED = 60; // characters of a value that a sentence quotes
const SHORT = { "\t": "\\t", "\n": "\\n", "\r": "\\r", "\\": "\\\\" };

/** A value on one line and cut short. */
export function brief(value) {
  const text = [...repr(value)];
  return text.length <= QUOTED ? text.join("") : `${text.slice(0, QUOTED).join("")}...`;
}

/** null, true, a number, a string, or a list or an object of them. */
export function repr(value) {
  if (value == null) return "None";
  if (typeof value === "string") return quoted(value);
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "number") return number(value);
  if (Array.isArray(value)) return `[${value.map(repr).join(", ")}]`;
  return `{${Object.entries(value).map(([name, member]) => `${quoted(name)}: ${repr(member)}`).join(", ")}}`;
}

/** Whole ones as JSON sends them, which are ints up to 10^21. */
function number(value) {
  if (!Number.isFinite(value)) return "None"; // so does JSON
  const small = value !== 0 && Math.abs(value) < 1e-4;
  return (small ? value.toExponential() : String(value)).replace(/(e[+-])(?=\d$)/, "$&0");
}

function quoted(text) {
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'";
  return mark + [...text].map((sign) => (sign === mark ? `\\${sign}` : (SHORT[sign] ?? printed(sign)))).join("") + mark;
}

/** What has no look of its own as its number. */
function printed(sign) {
  if (sign === " " || !/[\p{C}\p{Z}]/u.test(sign)) return sign;
  const code = sign.codePointAt(0).toString(16);
  if (code.length <= 2) return `\\x${code.padStart(2, "0")}`;
  return code.length <= 4 ? `\\u${code.padStart(4, "0")}` : `\\U${code.padStart(8, "0")}`;
}
