// How the page reaches its server: questions under live/, each answered by whichever process it comes to. A server that
// does not answer is looked for until it does.
import { ownToken } from "../page/owner.js";
import { Busy, pause, persist, serverAnswered, Silence, tellOfServer, wakeWaiting } from "../page/presence.js";

const SLOW = 3000; // ms after which the person is told
const LIMIT = 30_000; // ms that a question may take
const FILE_LIMIT = 180_000; // ms; a telephone's photo on a slow line
const LEAST_SHARE = 0.3; // of the time that a busy server names: pages that were refused together come back apart
const REST = 1000; // ms before a silent server is looked for

export const told = (name) => document.querySelector(`meta[name=${name}]`)?.content ?? "";
export const alone = told("runtime") === "static"; // there is no server
const ALONE = "This is done by the app: python app.py.";
const SLOWNESS = "The server is slow to answer. What you made is still here.";
const AWAY = "The server does not answer. It is looked for.";
const SILENT = "The server does not answer. What you made is still here, and it is asked again by itself.";
const BUSY = "The server is busy. What you made is still here, and it is asked again by itself.";
const TOO_MUCH = [429, 503]; // statuses of who is to come again
const NOBODY = [502, 504]; // of a proxy whose server is away
const OTHER_VERSION = "The server is of another version than this page. Reload it: what you made is kept.";

/** Where something of the app is; the app may stand behind a path prefix. */
export const address = (path) => new URL(path, document.baseURI).href;

/** The answer to a question; throws its sentence where it is refused. */
export const ask = (name, question) =>
  send(name, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(question) });

/** What changes rarely, and is only fetched again where it did. */
export const get = (name, query) => send(query ? `${name}?${new URLSearchParams(query)}` : name, {});

/** A file to `name`. */
export const give = (name, file) =>
  send(name, { method: "POST", headers: { "Content-Type": "application/octet-stream" }, body: file }, FILE_LIMIT);

async function send(path, options, limit = LIMIT) {
  if (alone) throw new Error(ALONE);
  const slow = limit === LIMIT && setTimeout(tellOfServer, SLOW, SLOWNESS);
  const reached = await reach(path, options, limit);
  clearTimeout(slow);
  if (!reached) {
    look();
    throw new Silence(SILENT);
  }
  if (reached.after) {
    stayAway(reached.after);
    throw new Busy(BUSY, reached.after);
  }
  busySince = null;
  if (!reached.kept) serverAnswered();
  const { answer, version } = reached;
  if (version && version !== told("app-version")) throw new Error(OTHER_VERSION);
  if (answer.error) throw new Error(answer.error);
  return answer;
}

/** {answer, version, ms after which to come again, whether the browser kept it from another time}, or null where nothing
 * comes in time: no network, no server, one that hangs, or a word of a proxy's. */
async function reach(path, { headers, ...options }, limit) {
  const given = new AbortController();
  const late = setTimeout(() => given.abort(), limit);
  const known = { ...headers, "X-App-Token": told("app-token"), "X-Page-Token": ownToken() };
  try {
    const response = await fetch(address(`live/${path}`), { ...options, headers: known, signal: given.signal });
    if (NOBODY.includes(response.status)) return null;
    const answer = await response.json();
    const after = TOO_MUCH.includes(response.status) && timeNamed(response.headers.get("Retry-After"));
    const kept = response.headers.has("X-Kept"); // from before, by the browser
    return answer && { answer, version: response.headers.get("X-Version"), after, kept };
  } catch {
    return null;
  } finally {
    clearTimeout(late);
  }
}

/** ms to wait, of a header in seconds. */
const timeNamed = (header) => 1000 * (Number(header) || 1) * (LEAST_SHARE + (1 - LEAST_SHARE) * Math.random());

let busySince = null; // when it was first too busy, and nothing was answered since

/** A person is told of a busy server when it stays so; whatever waits for it is woken when it may be asked again. */
function stayAway(time) {
  if (busySince === null) busySince = performance.now();
  else if (performance.now() - busySince > SLOW) tellOfServer(BUSY);
  setTimeout(wakeWaiting, time);
}

let looking = false;

async function look() {
  tellOfServer(AWAY);
  if (looking) return;
  looking = true;
  await pause(REST);
  await persist(async () => {
    const reached = await reach("catalog", {}, LIMIT);
    if (!reached || reached.after || reached.kept) throw new Silence(SILENT);
  });
  looking = false;
  serverAnswered();
}
