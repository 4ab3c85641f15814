// The Scorecard tab: the report beside the model's checkpoint, asked for again whenever the tab is opened.
import { paintGrid } from "../../page/grid.js";
import { latest } from "../../page/latest.js";
import { decode, scorecard } from "../../runtime/model.js";
import { follow, page } from "../../page/page.js";
import { showBars, showReliability } from "./scorecard-plots.js";
import { showConfusion, showFigures, showMistakes } from "./scorecard-tables.js";
import { normals } from "../../page/chance.js";

const STYLES = 12; // columns of samples
const ROWS = 10; // one a digit
const SEED = 1;

export function start({ element }) {
  const card = element.querySelector("#scorecard");
  const find = (selector) => card.querySelector(selector);

  const refresh = latest(async () => {
    const model = page.model;
    const report = await scorecard(model.name);
    if (model !== page.model) return; // another is asked for next
    tell(report.message, report.command);
    if (report.groups) showReport(model, report);
    await showSamples(model);
    card.dataset.model = model.name;
  }, (message) => card.dataset.model === page.model?.name || tell(message)); // what is shown of this model stays

  function tell(message = "", command = "") {
    find(".absent").hidden = !message;
    find(".report").hidden = Boolean(message);
    find("[role=status]").textContent = message;
    find(".absent code").textContent = command;
  }

  function showReport(model, { groups, kl, confusion = [], reliability = [], worst = [] }) {
    find(".explanation b").textContent = model.name;
    showFigures(find(".groups"), groups);
    showBars(find("#scorecard-kl .plot"), kl);
    showConfusion(find("#scorecard-confusion table"), confusion);
    showReliability(find("#scorecard-reliability .plot"), reliability);
    showMistakes(find("#scorecard-worst ol"), worst);
    for (const [name, list] of Object.entries({ confusion, reliability, worst })) find(`#scorecard-${name}`).hidden = !list.length;
    find(".plots").classList.toggle("fewer", !confusion.length || !reliability.length || !worst.length);
  }

  async function showSamples(model) {
    const styles = normals(SEED, STYLES, model.latent_dim);
    const digits = Array.from({ length: ROWS * STYLES }, (_, k) => Math.floor(k / STYLES));
    const codes = model.conditional ? Array(ROWS).fill(styles).flat() : normals(SEED, ROWS * STYLES, model.latent_dim);
    paintGrid(find("#scorecard-samples canvas"), await decode(codes, digits, model.name), STYLES);
    find("#scorecard-samples p").textContent = model.conditional
      ? "Each column is one random style, a hand that never was, each row a digit."
      : "Random latent codes; this model knows no digits and draws what comes.";
  }

  follow((parts) => parts.model && element.offsetParent && refresh());
  new IntersectionObserver((entries) => entries.at(-1).isIntersecting && refresh()).observe(card);
}
