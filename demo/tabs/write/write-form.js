// How it is written, as the form's own inputs hold it, and back from a link or from before a reload. What comes from outside
// is put into the inputs, which take what they can take and nothing else.
const valueOf = (input) => (input.type === "checkbox" ? input.checked : input.type === "range" ? Number(input.value) : input.value);

export function makeForm(form, changed) {
  const inputs = [...form.querySelectorAll("[name]")];

  function tell(input) {
    const output = input.parentElement.querySelector("output");
    if (!output) return;
    const number = Number(input.value);
    const text = `${number > 0 && Number(input.min) < 0 ? "+" : ""}${input.step < 1 ? number.toFixed(2).replace(/0$/, "") : number}${input.parentElement.dataset.unit ?? ""}`;
    output.textContent = input.name === "variation" && number === 0 ? "none" : text;
    input.setAttribute("aria-valuetext", output.textContent);
  }

  form.addEventListener("input", ({ target }) => {
    tell(target);
    changed();
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("dblclick", ({ target }) => {
    if (target.type !== "range") return;
    target.value = target.defaultValue;
    tell(target);
    changed();
  });
  inputs.forEach(tell);

  return {
    values: () => Object.fromEntries(inputs.map((input) => [input.name, valueOf(input)])),
    put(values) {
      for (const input of inputs.filter(({ name }) => name in values)) {
        if (input.type === "checkbox") input.checked = [true, "true"].includes(values[input.name]);
        else input.value = values[input.name];
        tell(input);
      }
    },
    /** Only a model whose shape was measured has sliders of it. */
    arrange(shaped) {
      for (const label of form.querySelectorAll(".shaped")) label.hidden = !shaped;
    },
  };
}
