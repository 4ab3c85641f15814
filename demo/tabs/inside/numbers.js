// Numbers as they are read: a true minus sign, a fixed count of decimals, and null for what is infinite.
export const real = (value) => value ?? Infinity;

export function fixed(value, decimals = 2) {
  if (!Number.isFinite(value)) return value < 0 ? "−∞" : "∞";
  const text = Math.abs(value).toFixed(decimals);
  return value < 0 && Number(text) ? `−${text}` : text;
}

export const sum = (values) => values.reduce((total, value) => total + value, 0);
