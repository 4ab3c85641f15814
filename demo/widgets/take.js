// Take it away: a link, a PNG, a sheet of everything, and JSON that can be pasted back.
import { choose } from "./choose.js";
import { STEPS, withValue } from "./dimension.js";
import { fromJSON, toJSON, toLink } from "./link.js";
import { decode } from "./model.js";
import { follow, page } from "./page.js";
import { imageData, SIDE } from "./picture.js";

export function start({ element }) {
  const find = (selector) => element.querySelector(selector);
  const json = find("#json");
  const say = (text) => (find("[role=status]").textContent = text);
  const scale = () => Math.round(Math.min(64, Math.max(1, Number(find("#scale").value) || 1)));
  const attempt = (act) => async () => {
    try {
      say((await act()) ?? "");
    } catch (error) {
      say(error.message);
    }
  };

  find("#share").onclick = attempt(async () => {
    history.replaceState(null, "", toLink());
    try {
      await navigator.clipboard.writeText(location.href);
      return "The link is copied.";
    } catch {
      return "The link is in the address bar."; // no clipboard without a secure connection
    }
  });
  find("#png").onclick = attempt(async () => {
    save(sheet(await decode(page.z, page.digit), 1, scale()), `digit-${page.digit}.png`);
  });
  find("#sheet").onclick = attempt(async () => {
    save(sheet(await everything(), STEPS.length + 1, 4), `sheet-${page.digit}.png`);
  });
  json.oninput = attempt(async () => {
    const { model, place } = fromJSON(json.value);
    await choose(model, place);
  });

  function refresh() {
    if (document.activeElement !== json) json.value = toJSON();
  }
  follow((parts) => ("model" in parts || "z" in parts || "digit" in parts) && refresh());
  json.onblur = refresh;
  refresh();
}

/** The ten digits in this style, then a row for each dimension: its number's picture as it is, and its strip. */
async function everything() {
  const digits = await decode(Array(10).fill(page.z), Array.from({ length: 10 }, (_, digit) => digit));
  const strips = await decode(page.z.flatMap((value, k) => [value, ...STEPS].map((step) => withValue(k, step))), page.digit);
  return [...digits, ...strips];
}

function sheet(pictures, columns, scale) {
  const rows = Math.ceil(pictures.length / columns);
  const small = Object.assign(document.createElement("canvas"), { width: SIDE * columns, height: SIDE * rows });
  const context = small.getContext("2d");
  pictures.forEach((grey, k) => context.putImageData(imageData(grey), (k % columns) * SIDE, Math.floor(k / columns) * SIDE));
  const large = Object.assign(document.createElement("canvas"), { width: small.width * scale, height: small.height * scale });
  const enlarged = large.getContext("2d");
  enlarged.imageSmoothingEnabled = false;
  enlarged.drawImage(small, 0, 0, large.width, large.height);
  return large;
}

function save(canvas, name) {
  canvas.toBlob((blob) => {
    const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  });
}
