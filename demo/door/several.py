"""Several digits in one drawing, read one by one; and a picture that lies on its side."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from demo.door.reading import Reading
from demo.door.sight import Sight
from vae_core.drawing.marks import PAGE

Array = NDArray[np.float32]
MOST = 2 / 3  # of the parts that must look like digits
CLEAR = 0.9  # probability of the digit that a turned picture is read as
NAMES = ("", "", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten")


@dataclass(frozen=True)
class Part:
    """One digit of several."""

    picture: Array  # (28, 28)
    digit: int
    probability: float
    strange: bool


def read_parts(model: Any, sight: Sight) -> list[Part]:
    """Each digit by itself; none where there is one, or the model knows no digits."""
    if len(sight.parts) < 2 or not model.conditional:
        return []
    pictures = np.stack(sight.parts)
    probabilities, doubt = model.classify(pictures), model.doubt(pictures)
    return [
        Part(picture, int(row.argmax()), float(row.max()), bool(strangeness > 0))
        for picture, row, strangeness in zip(pictures, probabilities, doubt.strangeness, strict=True)
    ]


def are_digits(parts: Sequence[Part], reading: Reading) -> bool:
    """Whether parts are digits side by side rather than strokes of one, or of what is no digit."""
    sound = sum(not part.strange for part in parts)
    if len(parts) < 2:
        return False
    return sound == len(parts) or (reading.strangeness > 0 and sound >= MOST * len(parts))


def in_words(parts: Sequence[Part]) -> str:
    number = NAMES[len(parts)] if len(parts) < len(NAMES) else str(len(parts))
    return f"{number} digits: {' '.join(str(part.digit) for part in parts)}"


def is_page(sight: Sight) -> bool:
    return sight.count > PAGE


@dataclass(frozen=True)
class Turned:
    """A picture that reads clearly better when it is turned."""

    picture: Array  # (28, 28)
    digit: int
    quarters: int  # clockwise


def turned(model: Any, reading: Reading) -> Turned | None:
    """The way to turn a picture that is read as no digit, so that it clearly is one; None where there is none."""
    doubtful = reading.strangeness > 0 or (reading.probabilities is not None and reading.probabilities.max() < 0.6)
    if not doubtful or not model.conditional:
        return None
    ways = np.stack([np.rot90(reading.seen, -quarters) for quarters in (1, 3)])
    probabilities, strangeness = model.classify(ways), model.doubt(ways).strangeness
    best = int(np.where(strangeness <= 0, probabilities.max(axis=1), 0).argmax())
    if strangeness[best] > 0 or probabilities[best].max() < CLEAR:
        return None
    return Turned(ways[best], int(probabilities[best].argmax()), (1, 3)[best])
