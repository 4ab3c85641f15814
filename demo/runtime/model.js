// What the page may ask of a model. Widgets ask here and do not know who answers, the server or the browser itself.
import { page } from "../page/page.js";
import * as runtime from "./by_server.js";
import { answer } from "./either.js";

const shown = () => page.model.name;

/** The names of the models there are now. */
export const catalog = () => runtime.catalog();

/** What the page must know of a model: name, latent_dim, conditional, order and idle dimensions, their names. */
export const describe = (model) => runtime.describe(model);

/** {strokes} or {image: base64} -> {digit, probabilities, style, verdict, seen, reconstruction, spread, hand: ten pictures};
 * `early` may get it before spread and hand are known, and then another may be read before they are. Nothing, where one
 * was. */
export const read = (drawing, model = shown(), early = () => {}) => answer("read", model, [drawing], early);

/** The same without spread and hand, which take most of the time. */
export const readBriefly = (drawing, model = shown()) => answer("read", model, [{ ...drawing, brief: true }]);

/** Kept drawings, {image, digit} each -> {styles, style, pictures, course, words} of the hand they are in, as hand.py tells. */
export const hand = (drawings, model = shown()) => answer("hand", model, [drawings]);

/** style, digit and five changes -> {style, values, low, high} of slant, thickness, width, height and length. */
export const reshape = (style, digit, by, model = shown()) => answer("reshape", model, [style, digit, by]);

/** The test set's digits as points on a plane of a model's space of styles: {origin, axes, share, x, y, digits, conditional}. */
export const points = (model) => runtime.points(model);

/** Where a drawing lies in a model's space of styles: {style, std}. */
export const locate = (drawing, model) => answer("locate", model, [drawing]);

/** The style of a z of the first generation, which was drawn as that digit: {style}. */
export const translate = (z, digit, model) => answer("translate", model, [z, digit]);

/** A style, one or many, and a digit, one or one each, or rows of ten probabilities -> pictures of 784 grey bytes. */
export const decode = (style, digit, model = shown()) => answer("decode", model, [style, digit]);

/** From {style, digit} to {style, digit}, varying style, digit or both -> the pictures of all steps, with style and digit
 * of each, and the pictures of the two ends. */
export const morph = (start, end, vary, model = shown()) => answer("morph", model, [start, end, vary]);

/** The same way, there and back, as the bytes of a GIF. */
export const gif = (start, end, vary, model = shown()) => answer("gif", model, [start, end, vary]);

/** {text, styles, seed, variation, spacing, columns, width, slant, thickness} -> the outlines of what is written, as
 * writing.py tells them. */
export const write = (question, model = shown()) => answer("write", model, [question]);

/** The same with {kind, scale, ink, paper, ruled} -> the bytes of a PNG, SVG or GIF. */
export const written = (question, model = shown()) => answer("written", model, [question]);

/** The report of a model's evaluation, or {message, command} where there is none. */
export const scorecard = (model) => runtime.scorecard(model);

/** A drawing, epsilon, scale, switches, digit and label -> every number of its way through the model, as dissect.py tells. */
export const dissect = (question, model = shown()) => answer("dissect", model, [question]);
