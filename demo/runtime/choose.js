// Another model for the whole page. The drawing on the pad is read again by it.
import { describe } from "./model.js";
import { change, page } from "../page/page.js";

/** Show a model; `place` is the {z, digit} to start at, or nothing. */
export async function choose(name, place = {}) {
  const model = name === page.model.name ? page.model : await describe(name);
  if (place.z && place.z.length !== model.latent_dim) throw new Error(`Expected {"digit": 0 to 9, "z": [${model.latent_dim} numbers]}.`);
  change(model === page.model ? place : { model, reading: null, ...place });
}
