// What runs in a thread that computes: it loads onnxruntime and models as they are needed, and answers questions in
// messages; what is known of an answer before all is goes ahead of it as `early`.
import { loadModel } from "./graphs.js";
import { loadRuntime } from "./onnxruntime.js";
import * as questions from "./questions.js";
import { Unanswerable } from "./strokes.js";
import { turn } from "./turns.js";

const MOST = 4; // models in memory; the one not asked for longest goes
const models = new Map(); // by their folder, promises of them
let runtime = null;

async function modelOf({ vendor, folder, draws }, graphs = []) {
  runtime ??= loadRuntime(vendor);
  const model = models.get(folder) ?? loadModel(await runtime, folder, draws, graphs, turn);
  models.delete(folder); // so that the newest is last
  models.set(folder, model);
  for (const [oldest, other] of [...models].slice(0, -MOST)) {
    models.delete(oldest);
    other.then(({ release }) => turn(Infinity, release), () => {}); // when nobody waits for it
  }
  model.catch(() => models.delete(folder)); // another time, perhaps
  return model;
}

/** What answers a question; what few ask comes when it is asked. */
async function answerOf(name) {
  if (questions[name]) return questions[name];
  const writing = await import("./writing/answers.js").catch(() => null);
  if (!writing) throw new Unanswerable("What writes cannot be had now.");
  return writing[name];
}

self.onmessage = async ({ data: { id, name, place, question } }) => {
  try {
    const model = await modelOf(place, question.graphs);
    const tell = (early) => self.postMessage({ id, early }, []);
    self.postMessage({ id, answer: name === "load" ? null : await (await answerOf(name))(model, question, tell) }, []);
  } catch (error) {
    self.postMessage({ id, error: error.sentence ?? error.message, broken: !(error instanceof Unanswerable) }, []);
  }
};
