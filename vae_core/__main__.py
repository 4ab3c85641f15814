"""The command line: train and its parts, judges, evaluate, generate, data, shape, strangeness, export, models."""

import argparse
import json
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch.distributed as dist

from vae_core.checkpoint import update_card
from vae_core.config import DIGITS
from vae_core.data import DATA_LOCK, load_mnist, load_pen_digits, load_writers, split_by_writer, writers_or_none
from vae_core.drawing.non_digits import FONTS
from vae_core.evaluation.evaluate import Protocol, accuracy_of, evaluate
from vae_core.evaluation.fit_strangeness import fit_and_store
from vae_core.evaluation.hand_judge import (
    HAND_JUDGE,
    HandJudge,
    hold_out,
    load_hand_judge,
    save_hand_judge,
    train_hand_judge,
)
from vae_core.evaluation.hand_kept import area_of_hands
from vae_core.evaluation.judge import JUDGE, load_judge, save_judge, train_judge
from vae_core.evaluation.shape import shape_table, store_shape
from vae_core.evaluation.strange_pictures import COUNT, load_sources, make_pictures
from vae_core.export.files import write_files
from vae_core.inference import available_models, find_model, load_model
from vae_core.lock import alone
from vae_core.pictures import draw_rows, sheet
from vae_core.training.classifier_command import add_classifier_options
from vae_core.training.command import add_options, add_prior_options
from vae_core.training.trainer import TrainingDiverged

NETWORK_PATIENCE = 20.0  # seconds without an answer


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
    add_options(train, whole)

    prior = commands.add_parser(
        "prior", help="fit the prior alone", formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    add_prior_options(prior, whole)

    classifier = commands.add_parser(
        "classifier", help="train the classifier alone", formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    add_classifier_options(classifier, whole)

    judge = commands.add_parser("judge", help="train the judge", formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    judge.add_argument("--data", default="data")
    judge.add_argument("--out", type=Path, required=True)
    judge.add_argument("--epochs", type=whole(1), default=15)
    judge.add_argument("--seed", type=whole(0), default=7)
    judge.set_defaults(run=run_judge)

    hand_judge = commands.add_parser(
        "hand-judge", help="train the judge of hands", formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    hand_judge.add_argument("--data", default="data")
    hand_judge.add_argument("--out", type=Path, required=True)
    hand_judge.add_argument("--epochs", type=whole(1), default=16)
    hand_judge.add_argument("--seed", type=whole(0), default=7)
    hand_judge.add_argument(
        "--held-out", action="store_true", help="keep every tenth writer of training back and tell of them each epoch"
    )
    hand_judge.set_defaults(run=run_hand_judge)

    measure = commands.add_parser(
        "evaluate", help="measure a model", formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    measure.add_argument("model", help="a shipped model's name or a path to a checkpoint")
    measure.add_argument("--data", default="data")
    measure.add_argument("--strokes", help="file of pen strokes; the writers held out of training are measured")
    measure.add_argument("--json", type=Path, help="file for the figures")
    measure.add_argument("--judge", default=JUDGE, help="another judge's checkpoint")
    measure.add_argument("--hand-judge", default=HAND_JUDGE, help="another judge of hands' checkpoint")
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

    data = commands.add_parser("data", help="download MNIST where it is not there")
    data.add_argument("--data", type=Path, default="data", help="folder that is to hold MNIST/raw")
    data.set_defaults(run=run_data)

    shape = commands.add_parser(
        "shape", help="find the directions of slant and size", formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    shape.add_argument("model", help="a shipped model's name or a path to a checkpoint; its card is written")
    shape.add_argument("--data", default="data")
    shape.add_argument("--seed", type=whole(0), default=0)
    shape.add_argument("--digits", type=whole(100), default=20_000, help="training digits to fit the directions on")
    shape.set_defaults(run=run_shape)

    strange = commands.add_parser(
        "strangeness", help="fit what is no digit", formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    strange.add_argument("models", nargs="+", help="shipped models' names or paths to checkpoints, which are written")
    strange.add_argument("--data", default="data")
    strange.add_argument("--strokes", required=True, help="file of pen digits")
    strange.add_argument("--signs", required=True, help="file of pen signs that are no digits")
    strange.add_argument("--fonts", default=FONTS, help="folder of fonts, whose letters are no digits")
    strange.add_argument(
        "--count", type=whole(10), default=COUNT, help="MNIST digits to fit on; the rest in proportion"
    )
    strange.add_argument("--seed", type=whole(0), default=0)
    strange.set_defaults(run=run_strangeness)

    export = commands.add_parser(
        "export", help="write a model as graphs for a browser", formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    export.add_argument("model", help="a shipped model's name or a path to a checkpoint")
    export.add_argument("--out", type=Path, required=True, help="folder for the ONNX graphs and model.json")
    export.set_defaults(run=run_export)

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


def run_judge(options: argparse.Namespace) -> int:
    train, test = load_mnist(options.data, True), load_mnist(options.data, False)
    judge = train_judge(train, options.epochs, options.seed)
    accuracy = accuracy_of(judge, test)
    save_judge(options.out, judge, options.epochs, options.seed, accuracy)
    print(f"judge: {accuracy:.2%} of {len(test)} test digits")
    return 0


def run_hand_judge(options: argparse.Namespace) -> int:
    train, writers = load_mnist(options.data, True), load_writers(options.data, True)
    checked = load_mnist(options.data, False), load_writers(options.data, False)
    if options.held_out:
        (train, writers), checked = hold_out(train, writers)

    def on_epoch(epoch: int, judge: HandJudge) -> None:
        told = f", area under the curve {area_of_hands(judge, *checked):.4f}" if options.held_out else ""
        print(f"epoch {epoch}/{options.epochs}{told}", file=sys.stderr)

    judge = train_hand_judge(train, writers, options.epochs, options.seed, on_epoch)
    area = area_of_hands(judge, *checked)
    unseen = len(checked[1].unique())
    save_hand_judge(options.out, judge, options.epochs, options.seed, unseen, area)
    print(f"judge of hands: area under the curve {area:.3f} on {unseen} unseen writers")
    return 0


def run_evaluate(options: argparse.Namespace) -> int:
    model, judge = load_model(options.model), load_judge(options.judge)
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
    pen = split_by_writer(load_pen_digits(options.strokes), train=False) if options.strokes else None
    writers = writers_or_none(options.data, False, "how much of a hand is kept is not measured")
    hands = None if writers is None else (load_hand_judge(options.hand_judge), writers)
    protocol = Protocol(options.seed, options.samples, options.likelihood_digits)
    report = evaluate(
        model,
        judge,
        load_mnist(options.data, True),
        load_mnist(options.data, False),
        pen,
        protocol,
        lambda stage: print(f"measuring {stage} ...", file=sys.stderr),
        hands,
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


def run_shape(options: argparse.Namespace) -> int:
    train, test = load_mnist(options.data, True), load_mnist(options.data, False)
    card = store_shape(
        options.model, train, test, options.seed, options.digits, lambda text: print(text, file=sys.stderr)
    )
    print(shape_table(card))
    return 0


def run_strangeness(options: argparse.Namespace) -> int:
    def say(text: str) -> None:
        print(text, file=sys.stderr, flush=True)

    without = [name for name in options.models if not load_model(name).conditional]
    if without:
        raise ValueError(f"{', '.join(without)}: no classifier, so there is nothing to fit to")
    sources = load_sources(options.data, options.strokes, options.signs, options.fonts)
    pictures = make_pictures(sources, options.count, options.seed, say)
    for name in options.models:
        fit_and_store(name, pictures, options.seed, say)
    return 0


def run_export(options: argparse.Namespace) -> int:
    for file in write_files(load_model(options.model), options.out):
        print(f"{file}: {file.stat().st_size / 1000:,.0f} kB")
    return 0


def run_data(options: argparse.Namespace) -> int:
    socket.setdefaulttimeout(NETWORK_PATIENCE)
    options.data.mkdir(parents=True, exist_ok=True)
    with alone(options.data / DATA_LOCK, f"MNIST is being downloaded to {options.data} already"):
        train, test = load_mnist(options.data, train=True), load_mnist(options.data, train=False)
    print(f"MNIST: {len(train)} training and {len(test)} test digits")
    return 0


def run_models(options: argparse.Namespace) -> int:
    print("\n".join(available_models()))
    return 0


def table(report: dict[str, Any]) -> str:
    """The figures as lines of Markdown."""
    lines = ["| figure | value | 95 % interval | protocol |", "| --- | --- | --- | --- |"]
    for figure in report["figures"]:
        show = "{:.2%}" if figure["unit"] == "share" else "{:.4f}" if abs(figure["value"]) < 1 else "{:.2f}"
        interval = "-" if figure["low"] is None else f"{show.format(figure['low'])} to {show.format(figure['high'])}"
        lines.append(f"| {figure['name']} | {show.format(figure['value'])} | {interval} | {figure['protocol']} |")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
