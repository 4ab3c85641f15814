// Whether a widget's tab is open, told by its size: asking the element at every change would force a layout.
/** Calls `opened` each time the tab is opened; gives a function that says whether it is open. */
export function whenOpen(element, opened) {
  let open = false;
  new ResizeObserver(([{ contentRect }]) => {
    const before = open;
    open = contentRect.width > 0;
    if (open && !before) opened();
  }).observe(element);
  return () => open;
}
