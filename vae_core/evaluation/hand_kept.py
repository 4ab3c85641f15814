"""How much of a hand survives a change of digit, as the judge of hands tells who wrote what.

A digit a of a test writer is written in its style as another class b; c is a real digit of that writer of a third
class, d a real digit of c's class by another writer. The made digit is like the writer as far as it is told to be
closer to c than to d, and that is measured against what the real digit a itself gives.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from vae_core.config import DIGITS
from vae_core.data import Digits
from vae_core.evaluation.figure import Figure
from vae_core.evaluation.hand_judge import HandJudge
from vae_core.evaluation.metrics import area_under_curve, bootstrap_interval
from vae_core.inference import Model

Array = NDArray[np.float32]
Index = NDArray[np.int64]
DRAWINGS = (1, 3, 10)  # of a writer, whose styles are averaged
CHANCE = 0.5  # area under the curve of who knows nothing of the writer
BATCH = 500


@dataclass(frozen=True)
class Trials:
    """T trials: the digits whose style is taken (T, K), the class b asked (T,), and the digits c and d (T,) that the
    made digit is compared with; writers (T,) counted from 0."""

    sources: Index
    asked: Index
    own: Index
    other: Index
    writers: Index


@dataclass(frozen=True)
class Scores:
    """Cosines (T,) of the hands of made and of real digits with c, by their writer, and with d, by another."""

    made_own: Array
    made_other: Array
    real_own: Array
    real_other: Array

    def kept(self, index: Index | slice = slice(None)) -> float:
        """The share of a real digit's hand that a made one has, over the trials of an index."""
        made, real = self.areas(index)
        return (made - CHANCE) / (real - CHANCE)

    def areas(self, index: Index | slice = slice(None)) -> tuple[float, float]:
        """The areas under the curve of made and of real digits."""
        return (
            area_under_curve(self.made_own[index], self.made_other[index]),
            area_under_curve(self.real_own[index], self.real_other[index]),
        )


def hand_figures(model: Model, judge: HandJudge, test: Digits, writers: Tensor, seed: int) -> list[Figure]:
    """The hand kept from each number of drawings that some writer has."""
    figures = []
    hands = Hands(model, judge, test)
    for drawings in DRAWINGS:
        trials = draw_trials(test.labels.numpy(), writers.numpy(), drawings, np.random.default_rng(seed))
        if len(trials.asked):
            figures.append(hand_figure(hands.scores(trials, hands.made(trials)), trials, seed))
    return figures


def hand_figure(scores: Scores, trials: Trials, seed: int) -> Figure:
    """The hand kept in trials that were drawn with a seed; its interval is over writers."""
    of_writer = [np.flatnonzero(trials.writers == writer) for writer in range(trials.writers.max() + 1)]
    low, high = bootstrap_interval(
        lambda index: scores.kept(np.concatenate([of_writer[i] for i in index])), len(of_writer)
    )
    made, real = scores.areas()
    count, drawings = trials.sources.shape
    what = "1 drawing" if drawings == 1 else f"{drawings} drawings"
    how = (
        f"{count} test digits of {len(of_writer)} writers, each written as another (seed {seed}), styles of {what} "
        f"averaged; the judge of hands tells their writer from another with AUC {made:.3f}, of the real drawings "
        f"{real:.3f}: ({made:.3f} - 0.5) / ({real:.3f} - 0.5), interval over writers"
    )
    return Figure(f"hand kept, {what}", scores.kept(), low, high, "share", how)


class Hands:
    """The styles and hands of the test digits, and of what is made in these styles."""

    def __init__(self, model: Model, judge: HandJudge, test: Digits) -> None:
        self._model, self._judge = model, judge
        images = test.images.numpy().astype(np.float32) / 255.0
        self._styles = model.style(images)
        self._hands = hands_of(judge, images, test.labels.numpy())

    def made(self, trials: Trials) -> Array:
        """The digits asked (T, 28, 28), in the mean style of the sources."""
        return self._model.write(self._styles[trials.sources].mean(1), trials.asked)

    def scores(self, trials: Trials, made: Array) -> Scores:
        """How like the writers made digits (T, 28, 28) are, and their real ones."""
        made_hands = hands_of(self._judge, made, trials.asked)
        real_hands = self._hands[trials.sources].mean(1)
        real_hands /= np.linalg.norm(real_hands, axis=1, keepdims=True)
        own, other = self._hands[trials.own], self._hands[trials.other]
        return Scores(*((hands * with_).sum(1) for hands in (made_hands, real_hands) for with_ in (own, other)))


def area_of_hands(judge: HandJudge, digits: Digits, writers: Tensor, seed: int = 0) -> float:
    """How well a judge tells the writers (N,) of real digits apart from one digit each: the area under the curve."""
    labels = digits.labels.numpy()
    trials = draw_trials(labels, writers.numpy(), 1, np.random.default_rng(seed))
    hands = hands_of(judge, digits.images.numpy().astype(np.float32) / 255.0, labels)
    a = hands[trials.sources[:, 0]]
    return area_under_curve((a * hands[trials.own]).sum(1), (a * hands[trials.other]).sum(1))


@torch.inference_mode()
def hands_of(judge: HandJudge, images: Array, digits: Index) -> Array:
    """The hands (N, E) of pictures (N, 28, 28) in [0, 1] of digits (N,)."""
    x, y = torch.from_numpy(images), torch.from_numpy(digits)
    return torch.cat([judge(*part) for part in zip(x.split(BATCH), y.split(BATCH), strict=True)]).numpy()


def draw_trials(labels: Index, writers: Index, drawings: int, rng: np.random.Generator) -> Trials:
    """One trial for each digit a whose writer has enough others, none of them of the class asked or of c's."""
    known, place = np.unique(writers, return_inverse=True)
    of_writer = [np.flatnonzero(place == writer) for writer in range(len(known))]
    of_class = [np.flatnonzero(labels == digit) for digit in range(DIGITS)]
    rows = []
    for a in range(len(labels)):
        own = of_writer[place[a]]
        strangers = own[labels[own] != labels[a]]
        if len(strangers) == 0:
            continue
        c = rng.choice(strangers)
        asked = rng.choice(np.setdiff1d(np.arange(DIGITS), [labels[a], labels[c]]))
        more = own[(labels[own] != asked) & (labels[own] != labels[c]) & (own != a)]
        others = of_class[labels[c]]
        others = others[place[others] != place[a]]
        if len(more) < drawings - 1 or len(others) == 0:
            continue
        rows.append([asked, c, rng.choice(others), place[a], a, *rng.choice(more, drawings - 1, replace=False)])
    table = np.array(rows, dtype=np.int64).reshape(-1, 4 + drawings)
    writer = np.unique(table[:, 3], return_inverse=True)[1]
    return Trials(table[:, 4:], table[:, 0], table[:, 1], table[:, 2], writer)
