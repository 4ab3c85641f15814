"""Is what is written read as typed, in the hand of its writer, and as varied as the writer's own digits are?

    python -m benchmarks.writing --data data                        # at the default variation, test writers
    python -m benchmarks.writing --data data --choose 0 0.5 1       # other variations, over training writers

100 writers (seed 0) who wrote each digit write fifty digits each, five of a kind, in the hand of one drawing and in
that of ten, one of each digit. What is judged is what is seen: the outlines, drawn on 28 x 28 pixels where the model
put them.

- read as typed: what the judge of digits says of the 5,000
- hand kept: as `evaluate` measures it, of the outlines at that variation, and of *your hand, 0 to 9*: the grey pictures
  of the same hands without variation. Over 3,000 trials each, hands of 1, 3 and 10 drawings
- variety: the mean distance of two made digits of a kind by one writer, over that of two of the writer's own, in the
  space of the judge of hands; kinds of which a writer has two or more. Its interval is over writers
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from vae_core.__main__ import table
from vae_core.config import DIGITS
from vae_core.data import Digits, load_mnist, load_writers
from vae_core.evaluation.figure import Figure, share
from vae_core.evaluation.hand_judge import HandJudge, load_hand_judge
from vae_core.evaluation.hand_kept import DRAWINGS, Hands, Trials, draw_trials, hand_figure, hands_of
from vae_core.evaluation.judge import Judge, load_judge
from vae_core.evaluation.metrics import bootstrap_interval
from vae_core.inference import BATCH, Array, Model, load_model
from vae_core.writing.hand import Manner, hand_of, stray, write_digits
from vae_core.writing.outlines import trace
from vae_core.writing.raster import on_pixels

WRITERS, OF_A_KIND = 100, 5
TEXT = "0123456789" * OF_A_KIND
KEPT_DIGITS = 10_000  # digits of the set, the first so many, that are used
TRIALS = 3_000  # of the hand kept, drawn of all

Index = NDArray[np.int64]


@dataclass(frozen=True)
class Set:
    """Real digits, their pictures (N, 28, 28) in [0, 1], who wrote them (N,), and their styles by the model (N, Z)."""

    digits: Digits
    images: Array
    labels: Index
    writers: Index
    styles: Array


def load(data: str, train: bool, model: Model) -> Set:
    """The first KEPT_DIGITS digits of a set, in its order."""
    digits, writers = load_mnist(data, train), load_writers(data, train)
    digits = Digits(digits.images[:KEPT_DIGITS], digits.labels[:KEPT_DIGITS])
    images, labels = digits.images.numpy().astype(np.float32) / 255.0, digits.labels.numpy()
    return Set(digits, images, labels, writers.numpy()[:KEPT_DIGITS], model.style(images))


def lines(model: Model, of: Set, variation: float, drawings: int, seed: int) -> list[Figure]:
    """What 100 writers' hands of so many drawings write: read as typed, and variety."""
    rng, judge, hand_judge = np.random.default_rng(seed), load_judge(), load_hand_judge()
    complete = [w for w in np.unique(of.writers) if len(np.unique(of.labels[of.writers == w])) == DIGITS]
    typed = np.array([int(sign) for sign in TEXT])
    right, apart = [], []
    for number, writer in enumerate(rng.permutation(complete)[:WRITERS]):
        own = np.flatnonzero(of.writers == writer)
        one_each = np.array([rng.choice(own[of.labels[own] == digit]) for digit in range(DIGITS)])
        hand = hand_of(of.styles[one_each[rng.permutation(DIGITS)[:drawings]]])
        seen = on_pixels(trace(write_digits(model, hand, TEXT, Manner(variation, seed=number))[0]))
        right.append(read(judge, seen) == typed)
        made, real = distances(hand_judge, seen, typed), distances(hand_judge, of.images[own], of.labels[own])
        apart.append([np.mean(kinds[~np.isnan(real)]) for kinds in (made, real)])
    made, real = np.transpose(apart)
    low, high = bootstrap_interval(lambda index: made[index].mean() / real[index].mean(), len(made))
    what = (
        f"{len(made)} writers' hands of {drawings} drawing{'s' * (drawings > 1)}, variation {variation:g}, seed {seed}"
    )
    how = f"mean distances {made.mean():.3f} of made digits of a kind, {real.mean():.3f} of real ones, {what}"
    return [
        share(f"read as typed, {drawings}", np.concatenate(right), f"{len(TEXT) * len(made)} outlines, {what}"),
        Figure(f"variety, {drawings}", float(made.mean() / real.mean()), low, high, "ratio", how),
    ]


def kept(model: Model, of: Set, variations: list[float], seed: int) -> Iterator[Figure]:
    """The hand kept by *your hand, 0 to 9*, and by what is written."""
    hands = Hands(model, load_hand_judge(), of.digits)
    for drawings in DRAWINGS:
        trials = draw_trials(of.labels, of.writers, drawings, np.random.default_rng(seed))
        if not len(trials.asked):
            continue
        trials = some(trials, np.random.default_rng(seed))
        own = [hand_of(of.styles[sources]) for sources in trials.sources]
        sheet = model.write(np.stack([hand.style for hand in own]), trials.asked)
        yield named(hand_figure(hands.scores(trials, sheet), trials, seed), "your hand, 0 to 9")
        noise = np.random.default_rng(seed).standard_normal((len(own), model.latent_dim))
        for variation in variations:
            styles = np.concatenate([stray(hand, variation, n[None]) for hand, n in zip(own, noise, strict=True)])
            seen = on_pixels(trace(model.write(styles, trials.asked)))
            yield named(hand_figure(hands.scores(trials, seen), trials, seed), f"written, variation {variation:g}")


def some(trials: Trials, rng: np.random.Generator) -> Trials:
    """TRIALS of them, their writers counted anew."""
    chosen = rng.permutation(len(trials.asked))[:TRIALS]
    writers = np.unique(trials.writers[chosen], return_inverse=True)[1]
    return Trials(trials.sources[chosen], trials.asked[chosen], trials.own[chosen], trials.other[chosen], writers)


def named(figure: Figure, what: str) -> Figure:
    return Figure(f"{figure.name}, {what}", figure.value, figure.low, figure.high, figure.unit, figure.protocol)


@torch.inference_mode()
def read(judge: Judge, pictures: Array) -> Index:
    return torch.cat([judge(part).argmax(dim=1) for part in torch.from_numpy(pictures).split(BATCH)]).numpy()


def distances(judge: HandJudge, pictures: Array, digits: Index) -> NDArray[np.float64]:
    """For each digit the mean distance of two different pictures of it in the judge's space, (10,); NaN for fewer."""
    hands = hands_of(judge, pictures, digits)
    found = np.full(DIGITS, np.nan)
    for digit in range(DIGITS):
        own = hands[digits == digit]
        if len(own) > 1:
            apart = np.linalg.norm(own[:, None] - own[None], axis=2)
            found[digit] = apart.sum() / (len(own) * (len(own) - 1))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default="data")
    parser.add_argument("--model", default="conv")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--choose", type=float, nargs="+", metavar="VARIATION", help="over training writers instead")
    options = parser.parse_args()
    torch.set_num_threads(1)
    model = load_model(options.model)
    of = load(options.data, bool(options.choose), model)
    variations = options.choose or [Manner().variation]
    for variation in variations:
        for drawings in (1, DIGITS):
            report(lines(model, of, variation, drawings, options.seed))
    for figure in kept(model, of, variations, options.seed):
        report([figure])


def report(figures: list[Figure]) -> None:
    print(table({"figures": [vars(figure) for figure in figures]}), flush=True)


if __name__ == "__main__":
    main()
