// The Train tab: settings, and the run as the server tells it once a second. Nothing is kept here that the run's
// folder does not have, so a page that was closed comes back to the run as it is.
import { choose } from "../../runtime/choose.js";
import { makeBars, makeCurve } from "./curves.js";
import { makeGrowth } from "./growth.js";
import { latest } from "../../page/latest.js";
import { bring, checkpoint, command, training } from "./training.js";
import { complain } from "../../page/presence.js";
import { keepToken, keyFromLink, ownToken } from "../../page/owner.js";

const PERIOD = 1000; // ms between two looks at the run
const IDLE = 0.05; // nats; a dimension that carries less is not used
const UNDER_WAY = ["starting", "running", "stopping"];
const HALTED = ["stopped", "dead", "failed"];
const LIMIT = 12_000_000; // bytes of a checkpoint

export function start({ element, props }) {
  const find = (selector) => element.querySelector(selector);
  const settings = makeSettings(find("form"), props);
  const board = makeBoard(element);
  const run = { id: null, epochs: [], settings: null, name: null };

  const say = (text) => (find("#train-message").textContent = text);
  const show = (selector, visible) => (find(selector).hidden = !visible);
  const look = latest(async () => {
    const answer = await training({ token: ownToken(), run: run.id, have: run.epochs.length });
    const anew = answer.run !== run.id;
    if (!anew && answer.first !== run.epochs.length) return;
    if (run.id === null && answer.settings) settings.place(answer.settings);
    run.epochs = [...(anew ? [] : run.epochs), ...answer.epochs];
    Object.assign(run, { id: answer.run, settings: answer.settings, name: answer.name });
    board.show(answer, run.epochs, anew);
    offer(answer);
    if (answer.epochs.length > 1) look(); // a page that came late: the rest at once
  }, (text) => (find("#train-news").textContent = text));

  function offer({ state, mine, owner, reserved, ready, mnist }) {
    const [busy, halted] = [UNDER_WAY.includes(state), HALTED.includes(state)];
    find("#train-start").disabled = busy || !mnist.there || (reserved && !mine);
    show("#train-stop", (mine || owner) && busy);
    find("#train-stop").disabled = state !== "running";
    show("#train-go-on", halted && (mine || owner || !reserved));
    show("#train-let-go", reserved && (mine || owner));
    show("#train-again", mine && (state === "running" || halted));
    show("#train-use", ready);
    show("#train-take", ready);
    find("#train-take").href = ready ? checkpoint(run.name) : "";
    show("#train-mnist", !mnist.there);
    find("#train-mnist span").textContent = mnist.error;
    find("#train-mnist progress").hidden = mnist.share === null;
    find("#train-mnist progress").value = mnist.share ?? 0;
    show("#train-fetch", mnist.share === null);
  }

  const attempt = (button, act, tell = say) => async () => {
    button.disabled = true;
    tell("");
    try {
      tell((await act()) ?? "");
    } catch (error) {
      complain(error, tell);
    }
    button.disabled = false;
    look();
  };
  const press = (selector, act) => (find(selector).onclick = attempt(find(selector), act));
  const startWith = (chosen) => command("start_training", { token: ownToken(), settings: chosen }).then(() => "");
  const submit = attempt(find("#train-start"), () => startWith(settings.read()));

  find("form").onsubmit = (event) => {
    event.preventDefault();
    submit();
  };
  const tell = (name) => () => command(name, { token: ownToken() }).then(() => "");
  press("#train-stop", tell("stop_training"));
  press("#train-go-on", tell("go_on_training"));
  press("#train-let-go", tell("let_go_training"));
  press("#train-again", () => startWith(run.settings));
  press("#train-fetch", () => command("fetch_digits", {}).then(() => ""));
  press("#train-use", () => use(run.name));
  find("#train-bring").onclick = () => find("[type=file]").click();
  find("[type=file]").onchange = attempt(find("#train-bring"), async () => {
    const [file] = find("[type=file]").files;
    find("[type=file]").value = "";
    if (file.size > LIMIT) throw new Error("Expected a checkpoint of at most 12 MB.");
    return use(await bring(file));
  }, (text) => (find("#train-brought").textContent = text));

  async function followKey() {
    const key = keyFromLink();
    if (!key) return;
    const { owner } = await training({ token: key, run: null, have: 0 });
    if (!owner) throw new Error("The key of this link is not this server’s. A new link stands where the app was started.");
    keepToken(key); // only now: anybody can make a link with a secret that they know
    say("From this browser you may stop any training here.");
    look();
  }
  const tryKey = () => followKey().catch((error) => complain(error, say));
  addEventListener("hashchange", tryKey);
  tryKey();

  const visible = () => element.offsetParent && !document.hidden;
  setInterval(() => visible() && look(), PERIOD);
  new IntersectionObserver(() => visible() && look()).observe(element);
}

async function use(name) {
  await choose(name);
  return `Every tab now shows ${name}.`;
}

/** The form: a preset fills it, `read` gives it as the server takes it, `place` shows the settings of a run. */
function makeSettings(form, { presets, words, likelihoods, limits }) {
  const { elements } = form;
  const names = Object.keys(Object.values(presets)[0].settings);
  elements.preset.append(...Object.keys(presets).map((name) => new Option(name, name)));
  elements.likelihood.append(...likelihoods.map((name) => new Option(name[0].toUpperCase() + name.slice(1), name)));
  for (const [name, [least, most]] of Object.entries(limits)) {
    if (name !== "data_share") Object.assign(elements[name], { min: least, max: most });
  }

  function place(values) {
    const preset = presets[values.preset];
    for (const name of names) elements[name].value = name === "data_share" ? Math.round(100 * values[name]) : values[name];
    elements.width.max = preset.width_limit;
    elements.classification_weight.disabled = !preset.digits;
    form.querySelector("#train-preset-words").textContent = words[values.preset] ?? "";
  }
  function read() {
    const value = (name) => (["preset", "likelihood"].includes(name) ? elements[name].value : Number(elements[name].value));
    const values = Object.fromEntries(names.map((name) => [name, value(name)]));
    return { ...values, data_share: values.data_share / 100 };
  }
  elements.preset.onchange = () => place(presets[elements.preset.value].settings);
  place(presets.blog.settings);
  return { place, read };
}

/** What is shown of the run: the news, figures, curves and the picture that grows. */
function makeBoard(element) {
  const find = (selector) => element.querySelector(selector);
  const write = (selector, text) => (find(selector).textContent = text);
  const nats = (number) => number.toPrecision(number < 1 ? 2 : 4).replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, "");
  const percent = (share) => `${(100 * share).toFixed(share > 0.99 ? 2 : 1)} %`;
  const term = (title, name) => [name, makeCurve(title, [["of-train", (report) => report[name]], ["of-test", (report) => report[`test_${name}`]]], nats)];
  const terms = [term("Loss", "loss"), term("Reconstruction", "reconstruction"), term("KL", "kl"), term("Classification", "classification")];
  const accuracy = makeCurve("Accuracy", [["of-test", (report) => report.test_accuracy]], percent);
  const bars = makeBars("KL per dimension", IDLE);
  const grow = makeGrowth(find("#train-growth"));
  find("#train-curves").append(...terms.map(([, curve]) => curve.figure), accuracy.figure, bars.figure);

  let trail = []; // of the epoch under way: where in it, and the terms then
  function follow(running, live) {
    const x = live.epoch + live.step / live.steps;
    if (!running || !live.step || live.epoch !== Math.floor(trail.at(-1)?.x ?? live.epoch)) trail = [];
    if (running && live.loss !== undefined && live.step && x !== trail.at(-1)?.x) trail.push({ x, ...live });
  }

  function show({ state, run, name, settings, live, news, rows }, epochs, anew) {
    const total = settings?.epochs ?? 1;
    const running = state === "running" && live.step !== undefined;
    const part = live.steps ? live.step / live.steps : 0;
    const done = state === "finished" ? total : (live.epoch ?? 0) + part;
    const last = epochs.at(-1);
    write("#train-name", name ?? "No training yet");
    find("#train-name").dataset.run = run ?? "";
    write("#train-news", news);
    find("#train-news").dataset.state = state;
    find("#train-progress").value = done / total;
    write("#train-accuracy", Number.isFinite(last?.test_accuracy) ? percent(last.test_accuracy) : "–");
    write("#train-elbo", last ? last.test_elbo.toFixed(1).replace("-", "−") : "–");
    const speed = (running && live.images_per_second) || last?.images_per_second;
    write("#train-speed", speed ? Math.round(speed).toLocaleString("en") : "–");
    write("#train-left", running && Number.isFinite(live.seconds_left) ? clock(live.seconds_left) : "–");
    follow(running, live);
    const points = (key) => trail.map((point) => [point.x, point[key]]).filter(([x, y]) => x > epochs.length && Number.isFinite(y));
    terms.forEach(([key, curve]) => curve.draw(epochs, total, points(key)));
    accuracy.draw(epochs, total);
    bars.draw(last?.kl_per_dimension ?? []);
    grow(rows, anew);
  }
  return { show };
}

function clock(seconds) {
  const whole = Math.round(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const two = (number) => String(number).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}
