"""From one picture's style to another's, in even steps."""

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
Vary = Literal["style", "digit", "both"]
ALIGNED = 1e-6  # sine of the angle below which two directions count as one, or as opposite


def morph_codes(
    z_start: ArrayLike, digit_start: ArrayLike, z_end: ArrayLike, digit_end: ArrayLike, steps: int, vary: Vary
) -> tuple[Array, Array]:
    """Styles (steps, Z) and digit probabilities (steps, 10), as Model.write takes them, from one end to the other.

    Args:
        z_start, z_end: styles (Z,).
        digit_start, digit_end: probabilities of the ten digits (10,), as one-hot rows are.
        steps: both ends included.
        vary: what goes from start to end; the rest stays as it is at the start.
    """
    share = np.linspace(0, 1, steps)
    still = np.zeros(steps)
    digits = still if vary == "style" else share
    start, end = np.asarray(digit_start, np.float64), np.asarray(digit_end, np.float64)
    return (
        slerp(z_start, z_end, still if vary == "digit" else share),
        (1 - digits[:, None]) * start + digits[:, None] * end,
    )


def slerp(start: ArrayLike, end: ArrayLike, share: ArrayLike) -> Array:
    """Spherical interpolation, (N, Z), at shares (N,) of the way from start (Z,) to end (Z,).

    The direction turns evenly along the great circle and the length changes linearly, so that codes stay as far from
    the middle of the prior as real ones are (White, *Sampling Generative Networks*, 2016). Opposite directions are
    joined by the great circle through the axis they use least; to or from zero the way is straight.
    """
    a, b = np.asarray(start, np.float64), np.asarray(end, np.float64)
    t = np.asarray(share, np.float64)[:, None]
    lengths = np.linalg.norm(a), np.linalg.norm(b)
    if min(lengths) == 0 or a.size == 1:
        return (1 - t) * a + t * b
    u, v = a / lengths[0], b / lengths[1]
    sideways = v - (u @ v) * u
    angle = np.arctan2(np.linalg.norm(sideways), u @ v)
    if np.linalg.norm(sideways) < ALIGNED:
        axis = np.eye(a.size)[np.argmin(np.abs(u))]
        sideways = axis - (u @ axis) * u
    sideways /= np.linalg.norm(sideways)
    return ((1 - t) * lengths[0] + t * lengths[1]) * (np.cos(t * angle) * u + np.sin(t * angle) * sideways)
