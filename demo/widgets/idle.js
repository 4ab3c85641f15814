// Dimensions that carry nothing are folded away until asked for.
export function start({ element, props }) {
  const button = element.querySelector("#show-idle");
  const folded = document.getElementById("idle");
  function fold(hide) {
    folded.hidden = hide;
    button.setAttribute("aria-expanded", !hide);
    button.textContent = `${hide ? "Show" : "Hide"} ${props.count} idle ${props.count === 1 ? "dimension" : "dimensions"}`;
    button.dispatchEvent(new Event("toggle", { bubbles: true }));
  }
  button.onclick = () => fold(!folded.hidden);
  fold(true);
}
