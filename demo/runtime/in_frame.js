// Single pictures, decoded by the page's own thread: what is asked at the beginning of a frame is in that very frame, where
// an answer of another thread is in the next.
import { drawn } from "../page/frame.js";
import { loadModel } from "./graphs.js";
import { loadRuntime } from "./onnxruntime.js";
import { decode } from "./questions.js";

const SHARE = 8; // ms, half a frame; where a picture takes longer, the page would stutter and a thread decodes it
const SMOOTH = 0.2; // weight of the last picture's time in what one is thought to take
const TRIES = 40; // pictures until it is known what one takes: a browser compiles what is run often once more, and better
const MOST = 4; // models in memory; the one that came first goes
const atOnce = (left, run) => run();
const models = new Map(); // by folder: the model and the ms that a picture takes, null while it comes or where it cannot
let runtime = null;

/** A promise of the pictures of a question that asks for one, or null where a thread had better be asked. */
export function decodeInFrame(place, question) {
  const here = models.get(place.folder);
  if (here === undefined) bring(place);
  return has(place) ? timed(here, question) : null;
}

/** Whether single pictures of the model are decoded here. */
export const has = (place) => models.get(place?.folder)?.cost <= SHARE;

async function timed(here, question) {
  const began = performance.now();
  const pictures = await decode(here.model, question);
  here.cost += SMOOTH * (performance.now() - began - here.cost);
  return pictures;
}

async function bring({ vendor, folder, draws }) {
  models.set(folder, null);
  try {
    runtime ??= loadRuntime(vendor);
    const here = { model: await loadModel(await runtime, folder, draws, ["decoder"], atOnce), cost: SHARE };
    const middle = { style: Array(here.model.size).fill(0), digit: 0 };
    for (let k = 0; k < TRIES && (!k || here.cost > SHARE / 2); k++) {
      await drawn(); // the page goes on meanwhile
      await timed(here, middle);
    }
    models.set(folder, here);
    for (const [oldest, other] of [...models].slice(0, -MOST)) {
      models.delete(oldest);
      other?.model.release();
    }
  } catch {
    runtime = null; // the threads have their own
  }
}
