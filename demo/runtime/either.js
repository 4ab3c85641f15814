// Who answers: the browser's own thread as soon as it has the model, the server until then and where it cannot.
import { change, follow, page } from "../page/page.js";
import * as server from "./by_server.js";
import * as browser from "./in_browser.js";
import { alone, told } from "./server.js";
import { keepPage } from "../page/keep-page.js";
import { Silence } from "../page/presence.js";

const wish = alone ? "browser" : (new URLSearchParams(location.search).get("runtime") ?? told("runtime")); // auto, browser or server
const forced = wish === "browser";
let begun = false; // to bring the runtime before it is asked
let broken = wish === "server"; // not tried again

/** From now on models are brought as they are shown: the page itself is there. */
export function begin() {
  begun = true;
  if (page.model) prepare(page.model.name);
}

/** The answer to a question of a model; `more` is for whoever can do more than answer. */
export async function answer(name, model, question, ...more) {
  if (broken || !browser[name]) return byServer(name, model, question, more);
  if (forced || !navigator.onLine || browser.isReady(model)) return inBrowser(name, model, question, more);
  if (begun) prepare(model);
  try {
    return await byServer(name, model, question, more);
  } catch (error) {
    if (broken || !(error instanceof Silence)) throw error;
    return inBrowser(name, model, question, more);
  }
}

async function inBrowser(name, model, question, more) {
  try {
    if (!browser.isReady(model) && !(await have(model))) return await byServer(name, model, question, more);
    const found = await browser[name](...question, model, ...more);
    tell({ answering: "browser" });
    return found;
  } catch (error) {
    if (!(error instanceof browser.Broken)) throw error;
    giveUp(error);
    return byServer(name, model, question, more);
  }
}

function byServer(name, model, question, more) {
  if (alone && broken) throw new Error("This browser cannot compute the answers, and here is no server to ask.");
  tell({ answering: "server" });
  return server[name](...question, model, ...more);
}

/** Whether the browser has the model, now that it was waited for. */
async function have(model) {
  if (!browser.isKnown(model)) browser.note(await server.describe(model));
  if (!browser.isKnown(model)) return false;
  try {
    await browser.load(model);
    keepPage(told("app-version"));
    return true;
  } catch (error) {
    if (error instanceof browser.Broken || alone) throw error;
    browser.forget(model);
    return false;
  }
}

const preparing = new Set();

async function prepare(model) {
  if (broken || preparing.has(model)) return;
  preparing.add(model);
  try {
    await have(model);
  } catch (error) {
    if (error instanceof browser.Broken) giveUp(error);
  }
  preparing.delete(model);
}

function giveUp({ message }) {
  if (broken) return;
  broken = true;
  if (alone) return;
  tell({ answering: "server", trouble: `This browser cannot compute the answers itself, so the server gives them (${message}).` });
}

function tell(parts) {
  if (parts.answering !== page.answering || parts.trouble) change(parts);
}

follow(({ model }) => {
  if (!model) return;
  browser.note(model);
  if (begun) prepare(model.name);
});
