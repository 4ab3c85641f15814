// What the shelf's drawings tell of the hand, asked anew whenever they or the model change.
import { latest } from "../page/latest.js";
import { change, follow, page } from "../page/page.js";
import { hand } from "./model.js";

/** From now on; `say` is told in a sentence what goes wrong. */
export function followShelf(say) {
  const ask = latest(async () => {
    const { shelf, model } = page;
    if (!model) return; // comes, and is followed
    const answer = shelf.length && model.conditional ? await hand(shelf) : null;
    if (shelf === page.shelf && model === page.model) change({ hand: answer && { ...answer, shelf } }); // else asked next
  }, say);
  follow((parts) => ("shelf" in parts || "model" in parts) && ask());
  ask();
}
