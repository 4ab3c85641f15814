// The page's questions about models, answered by its own browser. It has the face of by_server.js, for the questions that
// are computed; `isKnown` says of which models. A thread computes them, and single pictures the page itself.
import { base64, unpack } from "../page/picture.js";
import * as inFrame from "./in_frame.js";
import { address, told } from "./server.js";
import { makeThread } from "./thread.js";

export { Broken } from "./thread.js";

const thread = makeThread(["encoder", "style", "decoder", "verdict"]);
const places = new Map(); // of the models that the page described: their folder, and what else is to be known

/** Remember where a model that `describe` told of has its graphs. */
export function note({ name, graphs }) {
  if (graphs) places.set(name, { vendor: address(told("vendor")), folder: address(graphs.folder), draws: graphs.draws });
  else places.delete(name);
}

export const forget = (model) => places.delete(model);
export const isKnown = (model) => places.has(model);
export const isReady = (model) => thread.has(places.get(model));
export const decodesInFrame = (model) => inFrame.has(places.get(model));

/** Have a model ready; it is loaded once. Throws Broken. */
export const load = (model) => thread.load(places.get(model));

const ask = (name, question, model, tell) => thread.ask(name, places.get(model), question, tell);

const drawn = ({ image, strokes, parts, count }) => (image ? { grey: unpack(image)[0], parts: unpack(parts ?? ""), count } : { strokes });

/** `early` gets digit and reconstruction before all is known. Nothing, where a newer reading was filled in instead. */
export async function read({ brief = false, ...drawing }, model, early = () => {}) {
  const answer = await ask("read", { drawing: drawn(drawing), brief }, model, (known) => early(inWriting(known)));
  return answer && inWriting(answer);
}

/** What may be put on the pad is told as the server does. */
function inWriting({ parts, turned, ...answer }) {
  const written = ({ image, ...rest }) => ({ ...rest, image: typeof image === "string" ? image : base64(image) });
  return { ...answer, parts: parts.map(written), ...(turned && { turned: written(turned) }) };
}

export const reshape = (style, digit, by, model) => ask("reshape", { style, digit, by }, model);

export const locate = (drawing, model) => ask("locate", { drawing: drawn(drawing) }, model);

export const translate = (z, digit, model) => ask("translate", { z, digit }, model);

export function decode(style, digit, model) {
  const count = Math.max(Array.isArray(style[0]) ? style.length : 1, Array.isArray(digit) ? digit.length : 1);
  const question = { style, digit };
  return (count === 1 && inFrame.decodeInFrame(places.get(model), question)) || ask("decode", question, model);
}

export const morph = (start, end, vary, model) => ask("morph", { start, end, vary }, model);

export const gif = (start, end, vary, model) => ask("gif", { start, end, vary }, model);

export const hand = (drawings, model) => ask("hand", { drawings: drawings.map(({ image, digit }) => ({ grey: unpack(image)[0], digit })) }, model);

export const write = (question, model) => ask("write", question, model);

export const written = (question, model) => ask("written", question, model);

export const dissect = ({ strokes, image, ...set }, model) => ask("dissect", { drawing: drawn({ strokes, image }), ...set }, model);
