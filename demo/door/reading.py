"""All that is shown of one picture: which digit it is, its style, and what the decoder makes of both."""

import functools
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
DIGITS = 10
SAMPLES = 4  # from the posterior, for the spread; more look the same and take longer


@dataclass(frozen=True)
class Reading:
    """What a model makes of `seen` (28, 28); without a classifier there are neither probabilities nor hand, and of a
    brief reading neither spread nor hand.

    `strangeness` and `several` are as `Model.doubt` gives them.
    """

    seen: Array  # (28, 28)
    z: Array  # (Z,), the posterior's mean
    style: Array  # (Z,), that of the likeliest digit
    std: Array  # (Z,), the posterior's standard deviation
    probabilities: Array | None  # (10,)
    reconstruction: Array  # (28, 28)
    spread: Array | None  # (28, 28), standard deviation over posterior samples
    hand: Array | None  # (10, 28, 28), the ten digits in this style
    strangeness: float  # above 0 for what does not look like a digit
    several: bool  # whether that looks like more than one


@functools.cache
def draws(latent_dim: int) -> Array:
    """(SAMPLES, Z) of N(0, I), the same for every picture, so that nothing flickers."""
    return np.random.default_rng(0).standard_normal((SAMPLES, latent_dim), dtype=np.float32)


def read_picture(model: Any, seen: Array, brief: bool = False) -> Reading:
    """Classify, encode, and decode everything in one batch, or the reconstruction alone where it is to be brief."""
    posterior = model.encode(seen)
    z, std = posterior.mean[0], posterior.std[0]
    samples = z + std * draws(len(z))[: 0 if brief else SAMPLES]
    written = np.arange(0 if brief else DIGITS)
    if not model.conditional:
        pictures = model.decode(np.stack([z, *samples]), None)
        style, recognition, probabilities, hand = model.to_style(z)[0], None, None, None
    else:
        recognition = model.recognise(seen)
        probabilities = recognition.probabilities[0]
        style = model.to_style(z, int(probabilities.argmax()))[0]
        codes = np.stack([z, *samples, *(model.to_z(style, written) if len(written) else [])])
        digits = np.concatenate(
            [np.tile(probabilities, (1 + len(samples), 1)), np.eye(DIGITS, dtype=np.float32)[written]]
        )
        pictures = model.decode(codes, digits)
        hand = None if brief else pictures[1 + SAMPLES :]
    doubt = model.doubt_of(seen, pictures[:1], recognition)
    spread = None if brief else pictures[1 : 1 + SAMPLES].std(axis=0)
    strangeness, several = float(doubt.strangeness[0]), bool(doubt.several[0])
    return Reading(seen, z, style, std, probabilities, pictures[0], spread, hand, strangeness, several)
