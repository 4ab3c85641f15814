// One picture on its way through the model, with every number of it, as demo/tabs/inside/dissect.py tells it.
import { flat, likeliest, oneHot, rounded, sigmoid, softmax, toGrey } from "./numbers.js";

const GAUSSIAN_STD = 0.5;
const LOG_NORMALIZER = Math.log(GAUSSIAN_STD * Math.sqrt(2 * Math.PI));
const TINY = 1.1754944e-38; // the least probability that is no zero, in single precision

const number = (value) => (Number.isFinite(value) ? rounded([value])[0] : null);
const numbers = (values) => Array.from(values, number);
const sum = (values) => values.reduce((total, value) => total + value, 0);

/** x (784), and epsilon, scale, zZero, sigmaZero, digit and label. */
export async function dissect(model, x, { epsilon, scale, zZero = false, sigmaZero = false, digit, label }) {
  const q = await model.encode(x);
  const drawn = q.mean.map((value, k) => value + q.std[k] * scale * epsilon[k]);
  const std = sigmaZero ? q.std.map(() => 0) : q.std;
  const z = zZero ? drawn.map(() => 0) : sigmaZero ? q.mean : drawn;
  const read = model.conditional ? softmax(q.logits) : null;
  const y = told(read, digit);
  const truth = read && (label ?? likeliest(read));
  const all = await explained(model, [z, drawn], y && [y, read], x); // the second without any switch
  const kl = q.mean.map((value, k) => 0.5 * (value ** 2 + std[k] ** 2 - 1 - 2 * Math.log(std[k])));
  const classification = read && -Math.log(Math.max(read[truth], TINY));
  const prior = sum(kl) - all.gain[0];
  return {
    x: toGrey(x),
    mean: numbers(q.mean),
    std: numbers(std),
    z: numbers(z),
    flow: model.config.couplings > 0,
    style: numbers(all.style.subarray(0, model.size)),
    probabilities: read && numbers(read),
    y: y && numbers(y),
    label: truth,
    reconstruction: toGrey(all.pictures[0]),
    nats: Float32Array.from(all.nats[0]),
    terms: {
      reconstruction: number(sum(all.nats[0])),
      before: number(sum(all.nats[1])),
      kl: numbers(kl),
      gain: number(all.gain[0]),
      classification: read && number(classification),
      elbo: number(-(sum(all.nats[0]) + prior)),
    },
    architecture: model.config.architecture,
    likelihood: model.config.likelihood,
    train: training(model.train, sum(all.nats[0]), prior, classification ?? 0),
  };
}

/** The ten values that the decoder is given beside z, or null. */
function told(read, digit) {
  if (!read || digit === "probabilities") return read;
  return oneHot(digit === "one-hot" ? likeliest(read) : digit);
}

/** What the decoder makes of codes and digits, and what of x each leaves unexplained, pixel by pixel. */
async function explained(model, codes, digits, x) {
  const y = digits && flat(digits);
  const { style, gain } = await model.toStyle(flat(codes), y);
  const logits = await model.decodeLogits(style, y);
  const nats = model.config.likelihood === "bernoulli" ? crossEntropy : gaussian;
  return { style, gain, pictures: logits.map((row) => row.map(sigmoid)), nats: logits.map((row) => Array.from(row, (logit, k) => nats(logit, x[k]))) };
}

const crossEntropy = (logit, x) => Math.max(logit, 0) - logit * x + Math.log1p(Math.exp(-Math.abs(logit)));
const gaussian = (logit, x) => 0.5 * ((x - sigmoid(logit)) / GAUSSIAN_STD) ** 2 + LOG_NORMALIZER;

function training(train, reconstruction, prior, classification) {
  if (!train) return null;
  const { beta, classification_weight, classifier_apart, critic_weight, hand_weight, decoder_digits } = train;
  return { beta, classification_weight, classifier_apart, critic_weight, hand_weight, decoder_digits, loss: number(reconstruction + beta * prior + classification_weight * classification) };
}
