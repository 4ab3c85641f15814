"""The command that trains the classifier of a checkpoint alone."""

import argparse
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch

from vae_core.checkpoint import CLASSIFIER, load_weights, save_model
from vae_core.data import render_pen_digits
from vae_core.drawing.non_digits import FONTS
from vae_core.evaluation.strange_pictures import Sources, load_sources, made_several, made_strange, split_aside
from vae_core.inference import find_model
from vae_core.training.batches import TrainingData
from vae_core.training.command import draw_pen
from vae_core.training.fit_classifier import ClassifierReport, Lessons, fit_classifier
from vae_core.training.start import file_digest

COUNT = 8000  # non-digits to draw, in proportion: about 5 times as many
STRANGE_ASIDE = 10  # one non-digit in so many is looked at and not learned from


def add_classifier_options(parser: argparse.ArgumentParser, whole: Callable[[int], Callable[[str], int]]) -> None:
    """The options of `classifier`."""
    parser.add_argument("model", help="a shipped model's name or a path to a checkpoint")
    parser.add_argument("--data", default="data")
    parser.add_argument("--strokes", required=True, help="file of pen digits")
    parser.add_argument("--signs", required=True, help="file of pen signs that are no digits")
    parser.add_argument("--fonts", default=FONTS, help="folder of fonts, whose letters are no digits")
    parser.add_argument("--out", type=Path, required=True, help="the checkpoint to write, anew after each epoch")
    parser.add_argument("--count", type=whole(10), default=COUNT, help="a fifth of the non-digits to draw")
    parser.add_argument("--epochs", type=whole(1), default=25)
    parser.add_argument("--seed", type=whole(0), default=0)
    parser.set_defaults(run=run_classifier)


def run_classifier(options: argparse.Namespace) -> int:
    path = find_model(options.model)
    model, name, card = load_weights(path)
    if model.classifier is None:
        raise ValueError(f"{name}: expected a model with a classifier, got one that was trained without digits")
    options.out.parent.mkdir(parents=True, exist_ok=True)
    sources = load_sources(options.data, options.strokes, options.signs, options.fonts)
    lessons = prepare_lessons(sources, options.count, options.seed)
    count = f" --count {options.count}" if options.count != COUNT else ""
    length = f"--epochs {options.epochs} --seed {options.seed}{count}"
    command = f"python -m vae_core classifier FILE --data DIR --strokes FILE --signs FILE {length}"
    told = {"command": command, "sha256": file_digest(path), "history": []}
    kept = {key: value for key, value in card.items() if key != "figures"}  # these were of the old classifier

    def on_epoch(report: ClassifierReport) -> None:
        say(describe(report, options.epochs))
        told["history"].append(asdict(report))
        save_model(options.out, model, name, {**kept, CLASSIFIER: told})

    fit_classifier(model, lessons, options.epochs, options.seed, on_epoch)
    return 0


def prepare_lessons(sources: Sources, count: int, seed: int) -> Lessons:
    """Digits and non-digits drawn once; those by which the threshold of strangeness is set are kept aside."""
    rng = np.random.default_rng([seed, count])  # others than strangeness is fitted on
    (mnist, pen), (mnist_aside, pen_aside) = split_aside(sources)
    drawn = np.concatenate([make(sources, count, rng, say) for make in (made_strange, made_several)])
    strange = torch.from_numpy(np.rint(255 * drawn[rng.permutation(len(drawn))]).astype(np.uint8))
    aside = len(strange) // STRANGE_ASIDE
    say("drawing digits ...")
    data = TrainingData(mnist, mnist_aside, draw_pen(pen, seed))
    return Lessons(data, strange[aside:], mnist_aside, render_pen_digits(pen_aside), strange[:aside])


def describe(report: ClassifierReport, epochs: int) -> str:
    return (
        f"epoch {report.epoch}/{epochs}  classification {report.classification:.4f}  margin {report.margin:.2f}  "
        f"of what is aside: accuracy {report.accuracy:.2%}, pen {report.pen_accuracy:.2%}, "
        f"calibration {report.pen_calibration:.2%}, caught {report.caught:.1%}"
    )


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
