// What the page may ask of a model. Widgets ask here and do not know who answers: another runtime with the same
// functions could stand in the server's place.
import { page } from "../page/page.js";
import * as runtime from "./by_server.js";

const shown = () => page.model.name;

/** The names of the models there are now. */
export const catalog = () => runtime.catalog();

/** What the page must know of a model: name, latent_dim, conditional, order and idle dimensions, their names. */
export const describe = (model) => runtime.describe(model);

/** {strokes} or {image: base64} -> {digit, probabilities, style, verdict, seen, reconstruction, spread, hand: ten pictures}. */
export const read = (drawing, model = shown()) => runtime.read(drawing, model);

/** Kept drawings, {image, digit} each -> {styles, style, pictures, course, words} of the hand they are in, as hand.py tells. */
export const hand = (drawings, model = shown()) => runtime.hand(drawings, model);

/** style, digit and five changes -> {style, values, low, high} of slant, thickness, width, height and length. */
export const reshape = (style, digit, by, model = shown()) => runtime.reshape(style, digit, by, model);

/** The test set's digits as points on a plane of a model's space of styles: {origin, axes, share, x, y, digits, conditional}. */
export const points = (model) => runtime.points(model);

/** Where a drawing lies in a model's space of styles: {style, std}. */
export const locate = (drawing, model) => runtime.locate(drawing, model);

/** The style of a z of the first generation, which was drawn as that digit: {style}. */
export const translate = (z, digit, model) => runtime.translate(z, digit, model);

/** A style, one or many, and a digit, one or one each, or rows of ten probabilities -> pictures of 784 grey bytes. */
export const decode = (style, digit, model = shown()) => runtime.decode(style, digit, model);

/** From {style, digit} to {style, digit}, varying style, digit or both -> the pictures of all steps, with style and digit
 * of each, and the pictures of the two ends. */
export const morph = (start, end, vary, model = shown()) => runtime.morph(start, end, vary, model);

/** The same way, there and back, as the bytes of a GIF. */
export const gif = (start, end, vary, model = shown()) => runtime.gif(start, end, vary, model);

/** {text, styles, seed, variation, spacing, columns, width, slant, thickness} -> the outlines of what is written, as
 * writing.py tells them. */
export const write = (question, model = shown()) => runtime.write(question, model);

/** The same with {kind, scale, ink, paper, ruled} -> the bytes of a PNG, SVG or GIF. */
export const written = (question, model = shown()) => runtime.written(question, model);

/** The report of a model's evaluation, or {message, command} where there is none. */
export const scorecard = (model) => runtime.scorecard(model);

/** A drawing, epsilon, scale, switches, digit and label -> every number of its way through the model, as dissect.py tells. */
export const dissect = (question, model = shown()) => runtime.dissect(question, model);
