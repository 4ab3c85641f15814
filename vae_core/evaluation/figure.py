"""One measured value with its interval and its protocol."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vae_core.evaluation.metrics import wilson_interval


@dataclass(frozen=True)
class Figure:
    """One measured value, its 95 % interval (low, high; None where there is none) and how it came about."""

    name: str
    value: float
    low: float | None
    high: float | None
    unit: str
    protocol: str


def share(name: str, right: NDArray[np.bool_], protocol: str) -> Figure:
    """The share of (N,) answers that are right."""
    return Figure(name, float(right.mean()), *wilson_interval(int(right.sum()), len(right)), "share", protocol)
