// What a person made, kept in the browser while the page is loaded anew; nowhere else, and for this tab of the browser.
import { page } from "./page.js";

const NAME = "page";

/** {model, drawing, style, digit, tab} as the page was left, or {} where it was not, or where nothing may be stored. */
export const kept = read();

function read() {
  try {
    return JSON.parse(sessionStorage.getItem(NAME)) ?? {};
  } catch {
    return {};
  }
}

function keep() {
  const { model, drawing, style, digit } = page;
  const tab = document.querySelector("#tabs [role=tab][aria-selected=true]")?.dataset.tabId;
  try {
    sessionStorage.setItem(NAME, JSON.stringify({ model: model?.name, drawing, style, digit, tab }));
  } catch {
    /* no storage here, or it is full: nothing is lost but this */
  }
}

window.addEventListener("pagehide", keep);
document.addEventListener("visibilitychange", () => document.hidden && keep());
