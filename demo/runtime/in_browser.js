// The page's questions about models, answered by a thread of its own browser. It has the face of by_server.js, for the
// questions that are computed; `knows` says of which models.
import { base64, unpack } from "../page/picture.js";
import { address, told } from "./server.js";

/** The browser cannot compute: no thread, no WebAssembly, no memory, a broken download. */
export class Broken extends Error {}

let worker = null;
let count = 0;
const asked = new Map(); // questions under way, by number
const places = new Map(); // of the models that the page described: their folder, and what else is to be known
const loaded = new Map(); // by folder, whether the model is there yet

/** Remember where a model that `describe` told of has its graphs. */
export function note({ name, graphs }) {
  if (graphs) places.set(name, { vendor: address(told("vendor")), folder: address(graphs.folder), draws: graphs.draws });
  else places.delete(name);
}

export const forget = (model) => places.delete(model);
export const isKnown = (model) => places.has(model);
export const isReady = (model) => loaded.get(places.get(model)?.folder) === true;

/** Have a model ready; it is loaded once. Throws Broken. */
export async function load(model) {
  const { folder } = places.get(model);
  if (!loaded.has(folder)) loaded.set(folder, ask("load", {}, model).then(() => loaded.set(folder, true)));
  try {
    await loaded.get(folder);
  } catch (error) {
    loaded.delete(folder); // another time, perhaps
    throw error;
  }
}

function start() {
  worker = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
  worker.onerror = () => fail("its thread ended");
  worker.onmessage = ({ data: { id, early, answer, error, broken } }) => {
    const { resolve, reject, first } = asked.get(id);
    if (early) return first?.(early);
    asked.delete(id);
    if (error) reject(broken ? new Broken(error) : new Error(error));
    else resolve(answer);
  };
}

function fail(reason) {
  for (const { reject } of asked.values()) reject(new Broken(reason));
  asked.clear();
  worker?.terminate();
  worker = null;
}

function ask(name, question, model, first) {
  return new Promise((resolve, reject) => {
    try {
      if (!worker) start();
    } catch (error) {
      reject(new Broken(error.message));
      return;
    }
    count += 1;
    asked.set(count, { resolve, reject, first });
    worker.postMessage({ id: count, name, place: places.get(model), question }, []);
  });
}

const drawn = ({ image, strokes, parts, count }) => (image ? { grey: unpack(image)[0], parts: unpack(parts ?? ""), count } : { strokes });

/** `first` gets digit and reconstruction before all is known. */
export async function read({ brief = false, ...drawing }, model, first) {
  return inWriting(await ask("read", { drawing: drawn(drawing), brief }, model, first && ((known) => first(inWriting(known)))));
}

/** What may be put on the pad is told as the server does. */
function inWriting({ parts, turned, ...answer }) {
  const written = ({ image, ...rest }) => ({ ...rest, image: base64(image) });
  return { ...answer, parts: parts.map(written), ...(turned && { turned: written(turned) }) };
}

export const reshape = (style, digit, by, model) => ask("reshape", { style, digit, by }, model);

export const locate = (drawing, model) => ask("locate", { drawing: drawn(drawing) }, model);

export const translate = (z, digit, model) => ask("translate", { z, digit }, model);

export const decode = (style, digit, model) => ask("decode", { style, digit }, model);

export const morph = (start, end, vary, model) => ask("morph", { start, end, vary }, model);

export const gif = (start, end, vary, model) => ask("gif", { start, end, vary }, model);

export const dissect = ({ strokes, image, ...set }, model) => ask("dissect", { drawing: drawn({ strokes, image }), ...set }, model);
