// A model as ONNX graphs (see vae_core/export), run by onnxruntime. Rows of numbers lie one after another in one array.
import { Unanswerable } from "./strokes.js";
import { turn } from "./turns.js";

const GRAPHS = ["decoder", "encoder", "style", "verdict"];
const PORTION = 4; // pictures decoded in one turn, about 10 ms
const PIXELS = 784;
export const DIGITS = 10;

/** The model whose files are in a folder. */
export async function loadModel(ort, folder, draws) {
  const told = fetched(`${folder}/model.json`).then((response) => response.json());
  const files = GRAPHS.map(async (name) => (await fetched(`${folder}/${name}.onnx`)).arrayBuffer());
  const sessions = {};
  for (const [k, name] of GRAPHS.entries()) {
    const file = new Uint8Array(await files[k]);
    sessions[name] = await turn(Infinity, () => ort.InferenceSession.create(file));
  }
  return makeModel(ort, sessions, await told, draws);
}

async function fetched(address) {
  const response = await fetch(address).catch(() => null);
  if (!response?.ok) throw new Unanswerable("This model cannot be had now.");
  return response;
}

function makeModel(ort, sessions, { config, train, directions }, draws) {
  const size = config.latent_dim;
  const given = (values) => Object.fromEntries(Object.entries(values).map(([name, [rows, ...shape]]) => [name, new ort.Tensor("float32", rows, [rows.length / shape.reduce((a, b) => a * b), ...shape])]));

  /** The outputs of a graph, as arrays; of its inputs those that it takes. */
  async function run(name, left, values, outputs = sessions[name].outputNames) {
    const taken = Object.fromEntries(Object.entries(values).filter(([input, [rows]]) => rows && sessions[name].inputNames.includes(input)));
    const found = await turn(left, () => sessions[name].run(given(taken), outputs));
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
    release: () => Promise.all(Object.values(sessions).map((session) => session.release())),
  };
}
