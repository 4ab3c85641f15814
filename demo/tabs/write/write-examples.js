// What is often written by hand, to click.
const PI = "3.141592653589793238462643383279";

/** {text, columns} by the name of the button. */
export const examples = {
  date: () => ({ text: today(), columns: false }),
  pi: () => ({ text: PI, columns: false }),
  sum: () => ({ text: "11 \n478\n+394\n----\n872", columns: true }),
  telephone: () => ({ text: "+1 (555) 010-0199", columns: false }),
};

export function today() {
  const now = new Date();
  return [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
}
