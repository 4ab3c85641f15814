// Take it away: a link, a PNG, a sheet of everything, and JSON that can be pasted back.
import { choose } from "../../runtime/choose.js";
import { STEPS, withValue } from "../../page/dimension.js";
import { fromJSON, toJSON, toLink } from "../../page/link.js";
import { decode } from "../../runtime/model.js";
import { follow, page } from "../../page/page.js";
import { complain } from "../../page/presence.js";
import { savePng, sheet } from "../../page/save.js";
import { share } from "../../page/share.js";

export function start({ element }) {
  const find = (selector) => element.querySelector(selector);
  const json = find("#json");
  const say = (text) => (find("[role=status]").textContent = text);
  const scale = () => Math.round(Math.min(64, Math.max(1, Number(find("#scale").value) || 1)));
  const attempt = (act) => async () => {
    try {
      say((await act()) ?? "");
    } catch (error) {
      complain(error, say);
    }
  };

  find("#share").onclick = attempt(() => share(toLink(), find("#link")));
  find("#png").onclick = attempt(async () => {
    await savePng(sheet(await decode(page.style, page.digit), 1, scale()), `digit-${page.digit}.png`);
  });
  find("#sheet").onclick = attempt(async () => {
    await savePng(sheet(await everything(), STEPS.length + 1, 4), `sheet-${page.digit}.png`);
  });
  json.oninput = attempt(async () => {
    const { model, place } = fromJSON(json.value);
    return choose(model, place);
  });

  function refresh() {
    if (document.activeElement !== json) json.value = toJSON();
  }
  follow((parts) => ("model" in parts || "style" in parts || "digit" in parts) && refresh());
  json.onblur = refresh;
  refresh();
}

/** The ten digits in this style, then a row for each dimension: its number's picture as it is, and its strip. */
async function everything() {
  const digits = await decode(Array(10).fill(page.style), Array.from({ length: 10 }, (_, digit) => digit));
  const strips = await decode(page.style.flatMap((value, k) => [value, ...STEPS].map((step) => withValue(k, step))), page.digit);
  return [...digits, ...strips];
}
