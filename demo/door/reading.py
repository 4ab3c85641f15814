"""All that is shown of one picture: which digit it is, its style, and what the decoder makes of both."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
DIGITS = 10
SAMPLES = 4  # from the posterior, for the spread; more look the same and take longer


@dataclass(frozen=True)
class Reading:
    """What a model makes of `seen` (28, 28); without a classifier there are neither probabilities nor hand."""

    seen: Array  # (28, 28)
    z: Array  # (Z,), the posterior's mean
    style: Array  # (Z,), that of the likeliest digit
    std: Array  # (Z,), the posterior's standard deviation
    probabilities: Array | None  # (10,)
    reconstruction: Array  # (28, 28)
    spread: Array  # (28, 28), standard deviation over posterior samples
    hand: Array | None  # (10, 28, 28), the ten digits in this style


def read_picture(model: Any, seen: Array) -> Reading:
    """Classify, encode, and decode everything in one batch."""
    posterior = model.encode(seen)
    z, std = posterior.mean[0], posterior.std[0]
    noise = np.random.default_rng(0).standard_normal(
        (SAMPLES, len(z)), dtype=np.float32
    )  # the same for all: no flicker
    samples = z + std * noise
    if not model.conditional:
        pictures = model.decode(np.stack([z, *samples]), None)
        return Reading(seen, z, model.to_style(z)[0], std, None, pictures[0], pictures[1:].std(axis=0), None)
    probabilities = model.classify(seen)[0]
    style = model.to_style(z, int(probabilities.argmax()))[0]
    codes = np.stack([z, *samples, *model.to_z(style, np.arange(DIGITS))])
    digits = np.concatenate([np.tile(probabilities, (1 + SAMPLES, 1)), np.eye(DIGITS, dtype=np.float32)])
    pictures = model.decode(codes, digits)
    return Reading(
        seen, z, style, std, probabilities, pictures[0], pictures[1 : 1 + SAMPLES].std(axis=0), pictures[1 + SAMPLES :]
    )
