// The lines that compute it, as they stand in the files of the model package.
export function placeSources(root, sources) {
  for (const { step, architecture, file, line, text } of sources) {
    const details = document.createElement("details");
    details.className = "source";
    details.dataset.architecture = architecture;
    const summary = document.createElement("summary");
    summary.textContent = `${file}:${line}`;
    const code = document.createElement("pre");
    code.tabIndex = 0; // may scroll sideways
    code.textContent = text;
    details.append(summary, code);
    root.querySelector(`[data-source=${step}]`).append(details);
  }
}
