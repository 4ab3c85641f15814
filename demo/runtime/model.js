// The only module that talks to the server. Widgets ask `read` and `decode`; a runtime in the browser
// could answer in the server's place without any widget noticing.
import { ownToken } from "../page/owner.js";
import { page } from "../page/page.js";
import { unpack } from "../page/picture.js";
import { together } from "./together.js";

let connect;
const connected = new Promise((resolve) => (connect = resolve));

export const start = ({ server }) => connect(server);

async function ask(name, question) {
  const server = await connected;
  const answer = await server[name](question).catch(() => null); // no network, or no server
  if (!answer) throw new Error("The server does not answer. What you made is still here; try again in a moment.");
  return unlessError(answer);
}

function unlessError(answer) {
  if (answer.error) throw new Error(answer.error);
  return answer;
}

/** The names of the models there are now, those among them that this browser brought. */
export const catalog = async () => (await ask("catalog", { token: ownToken() })).names;

/** What the page must know of a model: name, latent_dim, conditional, order and idle dimensions, their names. */
export const describe = (model) => ask("describe", { model });

/** {strokes} or {image: base64} -> {digit, probabilities, z, std, verdict, seen, reconstruction, spread, hand: ten pictures}. */
export async function read(drawing, model = page.model.name) {
  const answer = await ask("read", { ...drawing, model });
  const [seen, reconstruction, spread] = [answer.seen, answer.reconstruction, answer.spread].map((text) => unpack(text)[0]);
  return { ...answer, seen, reconstruction, spread, hand: unpack(answer.hand ?? "") };
}

/** z, digit and five changes -> {z, values, low, high} of slant, thickness, width, height and length. */
export const reshape = (z, digit, by, model = page.model.name) => ask("shape", { z, digit, by, model });

/** The test set's digits as points on a plane of a model's latent space: {origin, axes, share, x, y, digits, conditional}. */
export const points = (model) => ask("points", { model });

/** Where a drawing lies in a model's latent space: {z, std}. */
export const locate = (drawing, model) => ask("locate", { ...drawing, model });

/** z, one or many, and a digit, one or one each, or rows of ten probabilities -> pictures of 784 grey bytes. */
export async function decode(z, digit, model = page.model.name) {
  const short = (row) => row.map((value) => Math.round(value * 1e4) / 1e4);
  const answer = await askDecode({ z: Array.isArray(z[0]) ? z.map(short) : short(z), digit, model });
  return unpack(unlessError(answer).pictures);
}

const askDecode = together(async (questions) => {
  if (questions.length === 1) return [await ask("decode", questions[0])];
  return (await ask("decode_each", { questions })).answers;
});

/** {token, run, have} -> the training run as it stands, and what the page lacks of it. */
export const training = (question) => ask("training", question);

/** What the page may do to the run: start_training, stop_training, go_on_training, let_go_training; or fetch_digits. */
export const command = (name, question) => ask(name, question);

/** A checkpoint file to the name it is kept under. */
export async function bring(file) {
  const headers = { "Content-Type": "application/octet-stream", "X-Page-Token": ownToken() };
  const response = await fetch(address("upload"), { method: "POST", headers, body: file });
  const answer = response.status === 413 ? { error: "The file is too large to be a checkpoint of ours." } : await response.json();
  if (answer.error) throw new Error(answer.error);
  return answer.name;
}

/** Where the checkpoint of a trained or brought model is. */
export const checkpoint = (name) => address(`${name}.safetensors`);

const address = (file) => new URL(`models/${file}`, document.baseURI).href;

/** From {z, digit} to {z, digit}, varying style, digit or both -> the pictures of all steps, with the z and digit of
 * each, and the pictures of the two ends. */
export async function morph(start, end, vary, model = page.model.name) {
  const answer = await ask("morph", { start, end, vary, model });
  return { ...answer, pictures: unpack(answer.pictures), ends: unpack(answer.ends) };
}

/** The same way, there and back, as the bytes of a GIF. */
export async function gif(start, end, vary, model = page.model.name) {
  return Uint8Array.from(atob((await ask("gif", { start, end, vary, model })).gif), (character) => character.charCodeAt(0));
}

/** The report of a model's evaluation, or {message, command} where there is none. */
export const scorecard = (model) => ask("scorecard", { model });

/** A drawing, epsilon, scale, switches, digit and label -> every number of its way through the model, as dissect.py tells. */
export async function dissect({ zZero, sigmaZero, ...question }, model = page.model.name) {
  const answer = await ask("dissect", { ...question, z_zero: zZero, sigma_zero: sigmaZero, model });
  const bytes = Uint8Array.from(atob(answer.nats), (character) => character.charCodeAt(0));
  return { ...answer, x: unpack(answer.x)[0], reconstruction: unpack(answer.reconstruction)[0], nats: new Float32Array(bytes.buffer) };
}
