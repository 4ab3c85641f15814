"""A hand: what its drawings agree on, how far they stray from it, and the digits it writes, each a little different."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vae_core.config import DIGITS
from vae_core.drawing.morphometrics import MEASURES

if TYPE_CHECKING:  # writing needs no torch but the model's
    from vae_core.inference import Model

Array = NDArray[np.floating]

STRAY = 0.83  # standard deviations of the prior, by which one writer's digits, whichever, stray from their mean
BETWEEN = 1.0 - STRAY**2  # the variance of writers' mean styles, that of all styles being 1
SHARE = 0.46  # of how far digits stray, by which those of one kind do at variation 1: chosen by benchmarks.writing
COMMON = 0.6  # of the prior's mean squared length, within which digits are read however they stray
PULL = 2.0  # times the squared length of what they stray by, that what they stray around is shortened by beyond it
KNOWN = 10  # drawings' worth of evidence that STRAY counts as, beside the drawings' own spread
FARTHEST = 20.0  # standard deviations of the prior, as far as a style may lie
MAX_SLANT, MAX_THICKNESS = 40.0, 2.0  # degrees and pixels that a hand may be changed by, either way


@dataclass(frozen=True)
class Hand:
    """What one person's styles agree on (Z,), and the standard deviation of single digits around it, (Z,)."""

    style: Array
    spread: Array


@dataclass(frozen=True)
class Manner:
    """How a hand is to write.

    variation: how far digits stray from the mean, in the hand's own spread; 0 is not at all. seed: of the straying.
    slant, thickness: degrees and pixels more than the hand's own.
    """

    variation: float = 1.0
    seed: int = 0
    slant: float = 0.0
    thickness: float = 0.0


def hand_of(styles: ArrayLike) -> Hand:
    """The hand of K drawings' styles, (K, Z) or (Z,), in standard deviations of the prior.

    The spread is SHARE of the drawings' own, with STRAY as the evidence of KNOWN drawings more: one tells no spread.
    """
    rows = np.atleast_2d(np.asarray(styles, dtype=np.float64))
    squares = np.square(rows - rows.mean(axis=0)).sum(axis=0) + KNOWN * STRAY**2
    return Hand(agreed(rows), SHARE * np.sqrt(squares / (len(rows) - 1 + KNOWN)))


def agreed(styles: Array) -> Array:
    """What K drawings' styles (..., K, Z) agree on, (..., Z): their mean, and a little further.

    The mean of several varies less from writer to writer than one style does, by BETWEEN + STRAY^2 / K in place of 1,
    and so is too usual a hand. It is brought back half of the way, as benchmarks/README.md has it; of one drawing it is
    that.
    """
    return styles.mean(axis=-2) / (BETWEEN + STRAY**2 / styles.shape[-2]) ** 0.25


def write_digits(model: "Model", hand: Hand, text: str, manner: Manner) -> tuple[Array, Array]:
    """The digits of a text in its order, (N, 28, 28), and the ten digits as the hand writes them on average.

    What a digit strays by depends on its place in the text and the seed alone, so that what was written stays as it
    is while the text grows.
    """
    places = [place for place, sign in enumerate(text) if sign.isdigit()]
    noise = np.random.default_rng(manner.seed).standard_normal((len(text), len(hand.style)))[places]
    digits = np.array([*(int(text[place]) for place in places), *range(DIGITS)])
    styles = np.concatenate([stray(hand, manner.variation, noise), np.tile(hand.style, (DIGITS, 1))])
    pictures = model.write(reshaped(model, styles, digits, manner), digits)
    return pictures[: len(places)], pictures[len(places) :]


def stray(hand: Hand, variation: float, noise: Array) -> Array:
    """Styles (N, Z) around the hand's, of draws (N, Z) from N(0, I).

    Straying leads away from the prior's mean, where digits are unusual and in the end unreadable. So what they stray
    around is drawn towards it, where they would on average lie farther out than COMMON.
    """
    strayed, length = np.square(variation * hand.spread).sum(), np.square(hand.style).sum()
    left = max(length - PULL * strayed, COMMON * len(hand.style) - strayed, 0.0)
    drawn = np.sqrt(min(1.0, left / length)) if length else 1.0
    return drawn * hand.style + variation * noise * hand.spread


def reshaped(model: "Model", styles: Array, digits: NDArray[np.integer], manner: Manner) -> Array:
    """Styles (N, Z) with the slant and thickness that the manner adds."""
    if manner.slant or manner.thickness:
        if model.shape is None:
            raise ValueError(f"expected a model whose shape was measured, got {model.name!r}")
        by = np.zeros((len(styles), len(MEASURES)))
        by[:, MEASURES.index("slant")], by[:, MEASURES.index("thickness")] = manner.slant, manner.thickness
        styles = model.shape.directions.move(styles, digits, by)
    return np.clip(styles, -FARTHEST, FARTHEST)
