// How the page reaches its server: questions under live/, each answered by whichever process it comes to.
import { ownToken } from "../page/owner.js";

const told = (name) => document.querySelector(`meta[name=${name}]`)?.content ?? "";
const SILENT = "The server does not answer. What you made is still here; try again in a moment.";
const OTHER_VERSION = "The server is of another version than this page. Reload it: what you made is kept.";

/** Where something of the app is; the app may stand behind a path prefix. */
export const address = (path) => new URL(path, document.baseURI).href;

/** The answer to a question; throws its sentence where it is refused. */
export const ask = (name, question) =>
  send(name, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(question) });

/** What changes rarely, and is only fetched again where it did. */
export const get = (name, query = {}) => send(`${name}?${new URLSearchParams(query)}`, {});

/** A file to `name`. */
export const give = (name, file) =>
  send(name, { method: "POST", headers: { "Content-Type": "application/octet-stream" }, body: file });

async function send(path, { headers, ...options }) {
  const response = await fetch(address(`live/${path}`), { ...options, headers: { ...headers, "X-App-Token": told("app-token"), "X-Page-Token": ownToken() } }).catch(() => null);
  const answer = await response?.json().catch(() => null);
  if (!answer) throw new Error(SILENT); // no network, or no server
  const version = response.headers.get("X-Version");
  if (version && version !== told("app-version")) throw new Error(OTHER_VERSION);
  if (answer.error) throw new Error(answer.error);
  return answer;
}
