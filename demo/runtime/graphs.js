// A model as ONNX graphs (see vae_core/export), run by onnxruntime. Rows of numbers lie one after another in one array.
import { Unanswerable } from "./strokes.js";

const PORTION = 4; // pictures decoded in one turn, about 6 ms
const PIXELS = 784;
export const DIGITS = 10;

/** The model whose files are in a folder, with these graphs ready; others come when they are first asked. `turn` says when
 * work is done that has so much left, as turns.js does. */
export async function loadModel(ort, folder, draws, graphs, turn) {
  const told = fetched(`${folder}/model.json`).then((response) => response.json());
  const sessions = {};
  const session = (name) => (sessions[name] ??= create(name));

  async function create(name) {
    try {
      const file = new Uint8Array(await (await fetched(`${folder}/${name}.onnx`)).arrayBuffer());
      return await turn(Infinity, () => ort.InferenceSession.create(file));
    } catch (error) {
      delete sessions[name]; // another time, perhaps
      throw error;
    }
  }
  await Promise.all(graphs.map(session));
  const release = () => Promise.all(Object.values(sessions).map(async (one) => (await one).release()));
  return makeModel(ort, session, turn, await told, draws, release);
}

async function fetched(address) {
  const response = await fetch(address).catch(() => null);
  if (!response?.ok) throw new Unanswerable("This model cannot be had now.");
  return response;
}

function makeModel(ort, session, turn, { name, config, train, directions }, draws, release) {
  const size = config.latent_dim;
  const given = (values) => Object.fromEntries(Object.entries(values).map(([name, [rows, ...shape]]) => [name, new ort.Tensor("float32", rows, [rows.length / shape.reduce((a, b) => a * b), ...shape])]));

  /** The outputs of a graph, as arrays; of its inputs those that it takes. */
  async function run(name, left, values, wanted) {
    const graph = await session(name);
    const outputs = wanted ?? graph.outputNames;
    const taken = Object.fromEntries(Object.entries(values).filter(([input, [rows]]) => rows && graph.inputNames.includes(input)));
    const found = await turn(left, () => graph.run(given(taken), outputs));
    return Object.fromEntries(outputs.map((output) => [output, found[output].data]));
  }
  async function decoded(style, y, output) {
    const count = style.length / size;
    const parts = [];
    for (let at = 0; at < count; at += PORTION) {
      const of = (rows, width) => rows && [rows.subarray(at * width, (at + PORTION) * width), width];
      parts.push((await run("decoder", count - at, { style: of(style, size), y: of(y, DIGITS) ?? [null] }, [output]))[output]);
    }
    return parts;
  }
  return {
    name,
    config,
    train,
    directions,
    draws,
    conditional: config.conditional,
    size,
    /** One picture (784) in [0, 1] -> mean, std, and where it reads digits logits and features. */
    encode: (x) => run("encoder", 1, { x: [x, 28, 28] }),
    /** Codes and digit values, a row each -> style and gain. */
    toStyle: (z, y) => run("style", 1, { z: [z, size], y: [y, DIGITS] }),
    /** Styles and digit values, a row each -> pictures of 784 grey bytes. */
    async decode(style, y) {
      return (await decoded(style, y, "grey")).flatMap((rows) => Array.from({ length: rows.length / PIXELS }, (_, k) => rows.slice(k * PIXELS, (k + 1) * PIXELS)));
    },
    /** The same -> 784 logits each, in single precision. */
    async decodeLogits(style, y) {
      return (await decoded(style, y, "logits")).flatMap((rows) => Array.from({ length: rows.length / PIXELS }, (_, k) => rows.slice(k * PIXELS, (k + 1) * PIXELS)));
    },
    /** Of one picture and its reconstruction in grey bytes, with what `encode` said -> {strangeness, several}. */
    async doubt(x, reconstruction, { logits, features }) {
      const { strangeness, several } = await run("verdict", 1, { x: [x, 28, 28], reconstruction: [Float32Array.from(reconstruction, (value) => value / 255), 28, 28], logits: [logits, DIGITS], features: [features, features?.length] });
      return { strangeness: strangeness[0], several: Boolean(several[0]) };
    },
    release,
  };
}
