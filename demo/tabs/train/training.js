// What the Train tab asks of the server; only a server trains.
import { address, ask, give } from "../../runtime/server.js";

/** {token, run, have} -> the training run as it stands, and what the page lacks of it. */
export const training = (question) => ask("training", question);

/** What the page may do to the run: start_training, stop_training, go_on_training, let_go_training; or fetch_digits. */
export const command = (name, question) => ask(name, question);

/** A checkpoint file to the name it is kept under. */
export const bring = async (file) => (await give("checkpoint", file)).name;

/** Where the checkpoint of a trained or brought model is. */
export const checkpoint = (name) => address(`models/${name}.safetensors`);
