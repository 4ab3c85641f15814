"""In words: how a hand's digits lean, and how thick they are, beside each other and beside what is usual."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from vae_core.config import DIGITS
from vae_core.drawing.morphometrics import MEASURES, measure

Array = NDArray[np.floating]
Index = NDArray[np.integer]

SLANT, THICKNESS = MEASURES.index("slant"), MEASURES.index("thickness")
LEANS = 6.0  # degrees more than usual, from which a hand is said to lean
FURTHER = 8.0  # degrees between two digits' slants, from which they are said to differ
UPRIGHT = 3.0  # degrees to either side that are not called leaning
THICKER = 0.5  # pixels between two digits' strokes


def leaning(model: Any, pictures: Array, digits: Index) -> list[str]:
    """What is told of drawings (K, 28, 28) of digits (K,), in clauses; nothing where the model's shape is unknown."""
    if model.shape is None:
        return []
    found = measure(pictures)
    drawn = ~np.isnan(found).any(axis=1)
    found, digits = found[drawn], digits[drawn]
    if not len(digits):
        return []
    usual = model.shape.directions.measures(np.zeros((DIGITS, model.latent_dim)), np.arange(DIGITS))
    kinds = np.unique(digits)
    own = np.array([found[digits == kind].mean(axis=0) for kind in kinds])
    more = own - usual[kinds]
    pair = slants(kinds, own[:, SLANT], more[:, SLANT]) or strokes(kinds, own[:, THICKNESS], more[:, THICKNESS])
    return [clause for clause in (whole(more[:, SLANT].mean()), pair) if clause]


def whole(degrees: float) -> str:
    """Of the hand as a whole, by how much more it leans to the right than is usual."""
    if abs(degrees) < LEANS:
        return ""
    return f"it leans {abs(degrees):.0f}° further to the {'right' if degrees > 0 else 'left'} than most"


def slants(kinds: Index, own: Array, more: Array) -> str:
    """Of the two digits that differ most from what is usual of them, if they differ by themselves as well."""
    first, last = more.argmax(), more.argmin()
    if min(own[first] - own[last], more[first] - more[last]) < FURTHER:
        return ""
    if own[first] > UPRIGHT and own[last] < -UPRIGHT:
        return f"your {kinds[first]}s lean to the right, your {kinds[last]}s to the left"
    if own[first] + own[last] < 0:
        return f"your {kinds[last]}s lean further to the left than your {kinds[first]}s"
    return f"your {kinds[first]}s lean further than your {kinds[last]}s"


def strokes(kinds: Index, own: Array, more: Array) -> str:
    first, last = more.argmax(), more.argmin()
    if min(own[first] - own[last], more[first] - more[last]) < THICKER:
        return ""
    return f"your {kinds[first]}s have thicker strokes than your {kinds[last]}s"
