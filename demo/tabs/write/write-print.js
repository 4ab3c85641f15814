// Printed while the tab is open, the page is the sheet alone.
export function printAlone(svg, isOpen) {
  const root = document.documentElement;
  let sheet = null;
  const clear = () => {
    root.classList.remove("prints-writing");
    sheet?.remove();
  };
  window.addEventListener("beforeprint", () => {
    clear();
    if (!isOpen()) return;
    sheet = document.createElement("div");
    sheet.className = "written-print";
    sheet.append(svg.cloneNode(true));
    document.body.append(sheet);
    root.classList.add("prints-writing");
  });
  window.addEventListener("afterprint", clear);
}
