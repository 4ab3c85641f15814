// The only module that talks to the server. Widgets ask `read` and `decode`; a runtime in the browser
// could answer in the server's place without any widget noticing.
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

/** {strokes} or {image: base64} -> {digit, probabilities, z, verdict, seen, reconstruction, spread, hand: ten pictures}. */
export async function read(drawing) {
  const answer = await ask("read", drawing);
  const [seen, reconstruction, spread] = [answer.seen, answer.reconstruction, answer.spread].map((text) => unpack(text)[0]);
  return { ...answer, seen, reconstruction, spread, hand: unpack(answer.hand ?? "") };
}

/** z, one or many, and a digit, one or one each -> pictures of 784 grey bytes. */
export async function decode(z, digit) {
  const short = (row) => row.map((value) => Math.round(value * 1e4) / 1e4);
  return unpack((await ask("decode", { z: Array.isArray(z[0]) ? z.map(short) : short(z), digit })).pictures);
}
