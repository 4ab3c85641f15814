"""How is a hand best told from several drawings of it?

    python -m benchmarks.estimate --data data            # test writers
    python -m benchmarks.estimate --data data --train    # training writers, to choose by

The hand kept as `evaluate` measures it, over 3,000 trials (seed 0) each, where the style that is written in is

- averaged: the mean of the drawings' styles
- evidence multiplied: the prior times what each drawing's posterior says beyond the prior, a Gaussian of each
  dimension; the posterior's deviation is carried from codes to styles by finite differences
- evidence with straying: the same, each posterior as much wider as a writer's drawings stray from their mean
- as varied as one: the mean, moved away from the prior's mean until such means vary over writers as much as the style
  of one drawing does; a mean varies less, and so is too usual a hand
- half way there, which is what is used

and what the judge of digits reads in the same pictures.
"""

import argparse

import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks.writing import load, named, read, report, some
from vae_core.evaluation.figure import share
from vae_core.evaluation.hand_judge import load_hand_judge
from vae_core.evaluation.hand_kept import DRAWINGS, Hands, draw_trials, hand_figure
from vae_core.evaluation.judge import load_judge
from vae_core.inference import Model, load_model
from vae_core.writing.hand import BETWEEN, STRAY, agreed

Array = NDArray[np.floating]
LEAST = 1e-3  # of a posterior's precision beyond the prior's


def averaged(styles: Array, variances: Array) -> Array:
    return styles.mean(axis=1)


def multiplied(styles: Array, variances: Array) -> Array:
    evidence = np.maximum(1.0 / variances - 1.0, LEAST)
    return (styles / variances).sum(axis=1) / (1.0 + evidence.sum(axis=1))


def with_straying(styles: Array, variances: Array) -> Array:
    precision = 1.0 / (variances + STRAY**2)
    return (styles * precision).sum(axis=1) / (1.0 / BETWEEN + precision.sum(axis=1))


def as_varied(styles: Array, variances: Array) -> Array:
    return styles.mean(axis=1) / np.sqrt(BETWEEN + STRAY**2 / styles.shape[1])


WAYS = {
    "averaged": averaged,
    "evidence multiplied": multiplied,
    "evidence with straying": with_straying,
    "as varied as one": as_varied,
    "half way there": lambda styles, variances: agreed(styles),
}


def style_variances(model: Model, images: Array) -> Array:
    """The variance (N, Z) of the posterior of each picture's style, given the likeliest digit."""
    posterior, digits = model.encode(images), model.classify(images).argmax(axis=1)
    variance = np.zeros_like(posterior.mean)
    for k in range(model.latent_dim):
        step = posterior.std * np.eye(model.latent_dim)[k]
        ahead, behind = (model.to_style(posterior.mean + sign * step, digits) for sign in (1, -1))
        variance += np.square((ahead - behind) / 2)
    return variance


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default="data")
    parser.add_argument("--model", default="conv")
    parser.add_argument("--train", action="store_true", help="training writers instead")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    torch.set_num_threads(1)
    model, judge = load_model(options.model), load_judge()
    of = load(options.data, options.train, model)
    variances = style_variances(model, of.images)
    hands = Hands(model, load_hand_judge(), of.digits)
    for drawings in DRAWINGS:
        rng = np.random.default_rng(options.seed)
        trials = some(draw_trials(of.labels, of.writers, drawings, rng), np.random.default_rng(options.seed))
        for way, estimate in WAYS.items():
            made = model.write(estimate(of.styles[trials.sources], variances[trials.sources]), trials.asked)
            kept = named(hand_figure(hands.scores(trials, made), trials, options.seed), way)
            report([kept, share(f"read as asked, {drawings}, {way}", read(judge, made) == trials.asked, "the same")])


if __name__ == "__main__":
    main()
