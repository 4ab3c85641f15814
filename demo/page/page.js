// What belongs to the person's page and follows them from tab to tab. Nothing of it is kept on the server.
export const page = {
  model: null, // the model shown: name, latent_dim, conditional, order and idle dimensions
  drawing: null, // {strokes} or {image}, what is on the pad
  reading: null, // the answer to that drawing
  style: [], // w, in sigmas of the prior: how a digit is written, whichever it is
  digit: 0,
  answering: "", // who answered last: server or browser
  shelf: [], // drawings that were kept, as shelf.js has them
  hand: null, // what they tell of the person's hand by the model shown: style, styles, pictures, course, words, shelf
  locked: new Set(), // dimensions of the style that chance leaves alone
};

const followers = [];

/** Change parts of the page; another model starts at the middle of its prior unless a style comes with it. */
export function change(parts) {
  if (parts.model) {
    page.locked.clear();
    page.style = Array(parts.model.latent_dim).fill(0);
    page.hand = null; // another model's
    document.body.classList.toggle("digitless", !parts.model.conditional);
  }
  Object.assign(page, parts);
  for (const follower of followers) follower(parts);
}

/** Call `follower` with the parts that changed. */
export function follow(follower) {
  followers.push(follower);
}

const first = (part) => new Promise((resolve) => follow((parts) => part in parts && resolve()));

/** Resolves when a model is known; when the pad is there, and what is on it. */
export const modelKnown = first("model");
export const drawingKnown = first("drawing");

const BRIEFLY = 50; // ms
const OFTEN = 400; // looks for a tab before there is thought to be none

/** Open a tab, as soon as it is there: a page that is still loading may have widgets before it has tabs. */
export async function openTab(name) {
  for (let looks = 0; looks < OFTEN; looks++) {
    const tab = document.querySelector(`[role=tab][data-tab-id=${name}]`);
    if (tab) return tab.click();
    await new Promise((resolve) => setTimeout(resolve, BRIEFLY));
  }
}

/** The name of the tab that is open. */
export const openedTab = () => document.querySelector("#tabs [role=tab][aria-selected=true]")?.dataset.tabId;
