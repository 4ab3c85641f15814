"""The command line: train, judge, evaluate, generate."""

import argparse
import json
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.distributed as dist
from tqdm import tqdm

from vae_core.augment import vary_strokes
from vae_core.checkpoint import update_card
from vae_core.config import DIGITS, PRESETS, Preset, config_to_dict
from vae_core.data import Digits, load_mnist, load_pen_digits, render_pen_digits, split_by_writer
from vae_core.evaluation import Protocol, accuracy_of, evaluate
from vae_core.inference import Model, available_models, find_model, load_model
from vae_core.judge import JUDGE, load_judge, save_judge, train_judge
from vae_core.objective import Terms
from vae_core.pictures import sheet
from vae_core.training import EpochReport, Trainer, TrainingData, TrainingDiverged, append_json_line

PEN_COPIES = 6  # times each pen digit is drawn, each time by another hand
REFRESH = 20  # steps between two updates of the progress bar


def main(arguments: list[str] | None = None) -> int:
    """Run one command; the exit code is 0, 1 for what went wrong, or 130 for Ctrl-C."""
    options = parser().parse_args(arguments)
    try:
        return options.run(options)
    except (ValueError, OSError, TrainingDiverged) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    finally:
        if dist.is_initialized():
            dist.destroy_process_group()


def parser() -> argparse.ArgumentParser:
    """The commands and their options."""
    top = argparse.ArgumentParser(prog="python -m vae_core", description=__doc__)
    commands = top.add_subparsers(required=True, metavar="COMMAND")

    train = commands.add_parser("train", help="train a preset", formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    train.add_argument("preset", choices=PRESETS)
    train.add_argument(
        "--data", default="data", help="folder that holds MNIST/raw; MNIST is downloaded there when absent"
    )
    train.add_argument(
        "--out", type=Path, required=True, help="the checkpoint to write; the state of the run is kept beside it"
    )
    train.add_argument("--epochs", type=int, help="instead of the preset's")
    train.add_argument("--seed", type=whole(0), default=0)
    train.add_argument("--resume", action="store_true", help="go on where the run at --out stopped")
    train.add_argument("--device", default="auto", help="auto, cpu, cuda or mps")
    train.add_argument("--threads", type=whole(1), help="CPU threads; all cores where not given")
    train.add_argument("--strokes", help="file of pen strokes to train on beside MNIST")
    train.add_argument(
        "--log-dir", type=Path, help="folder for metrics.jsonl and progress.png, a row of digits an epoch"
    )
    train.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", help="change one hyper-parameter of the preset"
    )
    train.set_defaults(run=run_train)

    judge = commands.add_parser("judge", help="train the judge", formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    judge.add_argument("--data", default="data")
    judge.add_argument("--out", type=Path, required=True)
    judge.add_argument("--epochs", type=whole(1), default=15)
    judge.add_argument("--seed", type=whole(0), default=7)
    judge.set_defaults(run=run_judge)

    measure = commands.add_parser(
        "evaluate", help="measure a model", formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    measure.add_argument("model", help="a shipped model's name or a path to a checkpoint")
    measure.add_argument("--data", default="data")
    measure.add_argument("--strokes", help="file of pen strokes; the writers held out of training are measured")
    measure.add_argument("--json", type=Path, help="file for the figures")
    measure.add_argument("--judge", default=JUDGE, help="another judge's checkpoint")
    measure.add_argument("--seed", type=whole(0), default=0)
    measure.add_argument(
        "--samples", type=whole(1), default=Protocol.samples, help="importance samples a digit for log p(x)"
    )
    measure.add_argument(
        "--likelihood-digits", type=whole(2), default=Protocol.likelihood_digits, help="test digits for log p(x)"
    )
    measure.add_argument("--update-card", action="store_true", help="write the figures into the checkpoint's card too")
    measure.set_defaults(run=run_evaluate)

    generate = commands.add_parser(
        "generate", help="draw digits", formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    generate.add_argument("model", nargs="?", default="conv", help="a shipped model's name or a path to a checkpoint")
    generate.add_argument("--out", type=Path, required=True, help="the PNG to write")
    generate.add_argument("--digit", type=int, help="only this digit; all ten where not given")
    generate.add_argument("--rows", type=whole(1), default=8, help="styles, one a row")
    generate.add_argument("--seed", type=whole(0), default=0)
    generate.add_argument("--temperature", type=float, default=1.0)
    generate.add_argument("--scale", type=whole(1), default=2, help="width of each pixel")
    generate.set_defaults(run=run_generate)

    commands.add_parser("models", help="list the shipped models").set_defaults(run=run_models)
    return top


def whole(least: int) -> Callable[[str], int]:
    """A parser of whole numbers from `least` to 2^31 - 1."""

    def parse(text: str) -> int:
        value = int(text)
        if not least <= value < 2**31:
            raise argparse.ArgumentTypeError(f"expected a whole number from {least} to {2**31 - 1}, got {text}")
        return value

    parse.__name__ = "whole number"  # what argparse calls it
    return parse


def run_train(options: argparse.Namespace) -> int:
    if options.threads:
        torch.set_num_threads(options.threads)
    device = pick_device(options.device)
    if options.out.is_dir():
        raise ValueError(f"expected --out as the file to write, got the folder {options.out}")
    options.out.parent.mkdir(parents=True, exist_ok=True)
    if int(os.environ.get("WORLD_SIZE", "1")) > 1:
        if device == "cuda":
            torch.cuda.set_device(int(os.environ["LOCAL_RANK"]))
        dist.init_process_group("nccl" if device == "cuda" else "gloo")
    lead = not dist.is_initialized() or dist.get_rank() == 0
    preset = change(PRESETS[options.preset], options.set)
    if options.epochs is not None:
        preset = replace(preset, train=replace(preset.train, epochs=options.epochs))
    pen = None
    if options.strokes and preset.train.pen_share:
        pen = pen_bank(options.strokes, options.seed)
    mnist, test = load_mnist(options.data, train=True), load_mnist(options.data, train=False)
    data = TrainingData(_to(mnist, device), _to(test, device), pen and _to(pen, device))
    trainer = Trainer(options.preset, preset.model, preset.train, data, options.out, options.seed, device)
    if options.resume:
        trainer.resume()
    elif trainer.state_path.exists():
        raise ValueError(f"{trainer.state_path} is there already: add --resume to go on with that run, or remove it")

    interrupted: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, frame: interrupted.append(number))
    bar = tqdm(
        total=trainer.steps_per_epoch,
        initial=trainer.step,
        unit_scale=preset.train.batch_size,
        unit="images",
        disable=not lead,
    )

    def on_step(step: int, steps: int, terms: Terms) -> None:
        if step % REFRESH == 0 or step == steps:
            bar.set_postfix_str(
                f"epoch {trainer.epoch + 1} loss {terms.loss:.1f} reconstruction {terms.reconstruction:.1f} "
                f"KL {terms.kl:.1f} classification {terms.classification:.3f}",
                refresh=False,
            )
            bar.update(step - bar.n)

    def on_epoch(trainer: Trainer, report: EpochReport) -> None:
        if lead:
            bar.write(describe(report, trainer.config.epochs))
            if options.log_dir:
                log(options.log_dir, trainer, report)
        bar.reset()

    try:
        finished = trainer.run(on_step, on_epoch, lambda: bool(interrupted))
    finally:
        bar.close()
        signal.signal(signal.SIGINT, before)
    if not finished:
        if lead:
            print(f"stopped and saved to {trainer.state_path}: the same command with --resume goes on", file=sys.stderr)
        return 130
    return 0


def run_judge(options: argparse.Namespace) -> int:
    train, test = load_mnist(options.data, True), load_mnist(options.data, False)
    judge = train_judge(train, options.epochs, options.seed)
    accuracy = accuracy_of(judge, test)
    save_judge(options.out, judge, options.epochs, options.seed, accuracy)
    print(f"judge: {accuracy:.2%} of {len(test)} test digits")
    return 0


def run_evaluate(options: argparse.Namespace) -> int:
    model, judge = load_model(options.model), load_judge(options.judge)
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
    pen = split_by_writer(load_pen_digits(options.strokes), train=False) if options.strokes else None
    protocol = Protocol(options.seed, options.samples, options.likelihood_digits)
    report = evaluate(
        model,
        judge,
        load_mnist(options.data, True),
        load_mnist(options.data, False),
        pen,
        protocol,
        lambda stage: print(f"measuring {stage} ...", file=sys.stderr),
    )
    print(table(report))
    if options.json:
        options.json.write_text(json.dumps(report, indent=1, allow_nan=False) + "\n")
    if options.update_card:
        update_card(find_model(options.model), figures=report["figures"])
    return 0


def run_generate(options: argparse.Namespace) -> int:
    model = load_model(options.model)
    rng = np.random.default_rng(options.seed)
    images = draw_rows(model, options.rows, rng, options.digit, options.temperature)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    sheet(images, DIGITS, options.scale).save(options.out)
    return 0


def run_models(options: argparse.Namespace) -> int:
    print("\n".join(available_models()))
    return 0


def draw_rows(
    model: Model, rows: int, rng: np.random.Generator, digit: int | None = None, temperature: float = 1.0
) -> np.ndarray:
    """Ten pictures a row: all ten digits of one z, or ten z of one digit or of a model without digits."""
    shared = model.conditional and digit is None
    z = temperature * rng.standard_normal((rows if shared else rows * DIGITS, model.latent_dim)).astype(np.float32)
    return (
        model.decode(z.repeat(DIGITS, axis=0), np.tile(np.arange(DIGITS), rows)) if shared else model.decode(z, digit)
    )


def pick_device(name: str) -> str:
    """The device of that name; of "auto", the first of cuda, mps and cpu that is there."""
    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if name == "auto":
        return next(device for device, is_there in there.items() if is_there)
    if not there.get(name):
        usable = ", ".join(device for device, is_there in there.items() if is_there)
        raise ValueError(f"expected --device auto or what this machine has ({usable}), got {name!r}")
    return name


def change(preset: Preset, settings: list[str]) -> Preset:
    """The preset with NAME=VALUE settings, each of the type the field has."""
    for setting in settings:
        name, separator, text = setting.partition("=")
        part = next((part for part in ("model", "train") if name in config_to_dict(getattr(preset, part))), None)
        if not separator or part is None:
            raise ValueError(f"expected --set NAME=VALUE with a hyper-parameter's name, got {setting!r}")
        config = getattr(preset, part)
        kind = type(getattr(config, name))
        value: Any = {"True": True, "False": False}.get(text, text) if kind is bool else kind(text)
        preset = replace(preset, **{part: replace(config, **{name: value})})
    return preset


def pen_bank(path: str, seed: int) -> Digits:
    """The training writers' digits, each drawn several times by varied hands."""
    pen = split_by_writer(load_pen_digits(path), train=True)
    rng = np.random.default_rng(seed)
    return render_pen_digits(pen, lambda strokes, digit: vary_strokes(strokes, digit, rng), PEN_COPIES)


def describe(report: EpochReport, epochs: int) -> str:
    accuracy = "" if report.test_accuracy is None else f"  test accuracy {report.test_accuracy:.2%}"
    terms = f"reconstruction {report.reconstruction:.2f}, KL {report.kl:.2f}"
    return (
        f"epoch {report.epoch}/{epochs}  loss {report.loss:.2f} ({terms}, "
        f"classification {report.classification:.3f}){accuracy}  test ELBO {report.test_elbo:.2f}  "
        f"{report.images_per_second:,.0f} images/s"
    )


def log(folder: Path, trainer: Trainer, report: EpochReport) -> None:
    """One more line of metrics.jsonl, and progress.png with one more row: one random z shared by all ten digits."""
    append_json_line(folder / "metrics.jsonl", asdict(report))
    model = Model(trainer.snapshot(), trainer.name, {})
    path = folder / "progress.npy"
    rows = draw_rows(model, 1, np.random.default_rng(report.epoch))[None]
    if report.epoch > 1 and path.is_file():
        rows = np.concatenate([np.load(path)[: report.epoch - 1], rows])
    np.save(path, rows)
    sheet(rows.reshape(-1, 28, 28), DIGITS, 2).save(folder / "progress.png")


def table(report: dict[str, Any]) -> str:
    """The figures as lines of Markdown."""
    lines = ["| figure | value | 95 % interval | protocol |", "| --- | --- | --- | --- |"]
    for figure in report["figures"]:
        show = "{:.2%}" if figure["unit"] == "share" else "{:.4f}" if abs(figure["value"]) < 1 else "{:.2f}"
        interval = "-" if figure["low"] is None else f"{show.format(figure['low'])} to {show.format(figure['high'])}"
        lines.append(f"| {figure['name']} | {show.format(figure['value'])} | {interval} | {figure['protocol']} |")
    return "\n".join(lines)


def _to(digits: Digits, device: str) -> Digits:
    return Digits(digits.images.to(device), digits.labels.to(device))


if __name__ == "__main__":
    sys.exit(main())
