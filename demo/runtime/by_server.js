// The page's questions about models, answered by the server. Pictures come as base64 of grey bytes.
import { bytes, unpack } from "../page/picture.js";
import { Busy, pause } from "../page/presence.js";
import { fact } from "./facts.js";
import { ask } from "./server.js";
import { together } from "./together.js";

export const catalog = async () => (await fact("catalog")).names;

export const describe = (model) => fact("describe", model);

const REST = 200; // ms that a hand rests before a busy server is asked for all of a reading
let begun = 0; // readings that may be hurried

/** A server that is busy leaves out what takes most of its time: `early` gets the rest, and the whole is asked for when no
 * newer reading was, for a while. Nothing, where one was. */
export async function read(drawing, model, early) {
  if (!early) return pictured(await ask("read", { ...drawing, model }));
  const mine = (begun += 1);
  const answer = pictured(await ask("read", { ...drawing, hurry: true, model }));
  if (answer.spread) return answer;
  early(answer);
  for (let rest = REST; ; ) {
    await pause(rest);
    if (mine !== begun) return undefined;
    try {
      return pictured(await ask("read", { ...drawing, model }));
    } catch (error) {
      if (!(error instanceof Busy)) throw error;
      rest = error.time;
    }
  }
}

function pictured(answer) {
  const [seen, reconstruction, spread] = [answer.seen, answer.reconstruction, answer.spread ?? ""].map((text) => unpack(text)[0]);
  return { ...answer, seen, reconstruction, spread, hand: unpack(answer.hand ?? "") };
}

export async function hand(drawings, model) {
  const images = btoa(drawings.map(({ image }) => atob(image)).join(""));
  const answer = await ask("hand", { images, digits: drawings.map(({ digit }) => digit), model });
  return { ...answer, pictures: unpack(answer.pictures) };
}

export const reshape = (style, digit, by, model) => ask("shape", { style, digit, by, model });

export const points = (model) => fact("points", model);

export const locate = (drawing, model) => ask("locate", { ...drawing, model });

export const translate = (z, digit, model) => ask("translate", { z, digit, model });

export async function decode(style, digit, model) {
  const answer = await askDecode({ style: Array.isArray(style[0]) ? style.map(short) : short(style), digit, model });
  if (answer.error) throw new Error(answer.error);
  return unpack(answer.pictures);
}

const short = (style) => style.map((value) => Math.round(value * 1e4) / 1e4);

const askDecode = together(async (questions) => {
  if (questions.length === 1) return [await ask("decode", questions[0])];
  return (await ask("decode_each", { questions })).answers;
});

export async function morph(start, end, vary, model) {
  const answer = await ask("morph", { start, end, vary, model });
  return { ...answer, pictures: unpack(answer.pictures), ends: unpack(answer.ends) };
}

export const gif = async (start, end, vary, model) => bytes((await ask("gif", { start, end, vary, model })).gif);

const inHand = ({ styles, ...question }, model) => ({ ...question, styles: styles.map(short), model });

export async function write(question, model) {
  const answer = await ask("write", inHand(question, model));
  return { ...answer, points: new Int16Array(bytes(answer.points).buffer) };
}

export const written = async (question, model) => bytes((await ask("written", inHand(question, model))).file);

export const scorecard = (model) => fact("scorecard", model);

export async function dissect({ zZero, sigmaZero, ...question }, model) {
  const answer = await ask("dissect", { ...question, z_zero: zZero, sigma_zero: sigmaZero, model });
  return { ...answer, x: unpack(answer.x)[0], reconstruction: unpack(answer.reconstruction)[0], nats: new Float32Array(bytes(answer.nats).buffer) };
}
