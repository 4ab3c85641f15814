// Another model for the whole page. The drawing on the pad is read again by it.
import { describe, translate } from "./model.js";
import { change, page } from "../page/page.js";

const TRANSLATED = "This is of the first generation: its z was translated into a style.";

/** Show a model; `place` is the {style or z, digit} to start at, or nothing. The answer is what a person should know. */
export async function choose(name, { z, ...place } = {}) {
  const model = name === page.model.name ? page.model : await describe(name);
  const given = place.style ?? z;
  if (given && given.length !== model.latent_dim) throw new Error(`Expected {"digit": 0 to 9, "style": [${model.latent_dim} numbers]}.`);
  if (z) place.style = (await translate(z, place.digit, name)).style;
  change(model === page.model ? place : { model, reading: null, ...place });
  return z ? TRANSLATED : "";
}
