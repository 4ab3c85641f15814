// The only module that talks to the server. Widgets ask `read` and `decode`; a runtime in the browser
// could answer in the server's place without any widget noticing.
import { page } from "./page.js";
import { unpack } from "./picture.js";

let connect;
const connected = new Promise((resolve) => (connect = resolve));

export const start = ({ server }) => connect(server);

async function ask(name, question) {
  const server = await connected;
  const answer = await server[name](question);
  if (!answer) throw new Error("The server does not answer. What you made is still here; try again in a moment.");
  if (answer.error) throw new Error(answer.error);
  return answer;
}

/** The names of the models there are now. */
export const catalog = async () => (await ask("catalog", {})).names;

/** What the page must know of a model: name, latent_dim, conditional, order and idle dimensions. */
export const describe = (model) => ask("describe", { model });

/** {strokes} or {image: base64} -> {digit, probabilities, z, std, verdict, seen, reconstruction, spread, hand: ten pictures}. */
export async function read(drawing, model = page.model.name) {
  const answer = await ask("read", { ...drawing, model });
  const [seen, reconstruction, spread] = [answer.seen, answer.reconstruction, answer.spread].map((text) => unpack(text)[0]);
  return { ...answer, seen, reconstruction, spread, hand: unpack(answer.hand ?? "") };
}

/** z, one or many, and a digit, one or one each, or rows of ten probabilities -> pictures of 784 grey bytes. */
export async function decode(z, digit, model = page.model.name) {
  const short = (row) => row.map((value) => Math.round(value * 1e4) / 1e4);
  return unpack((await ask("decode", { z: Array.isArray(z[0]) ? z.map(short) : short(z), digit, model })).pictures);
}
