"""How a hand comes to be known, drawing by drawing."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vae_core.writing.hand import BETWEEN, KNOWN, STRAY

Array = NDArray[np.floating]


@dataclass(frozen=True)
class Course:
    """After each of K drawings, seen along the line from the prior's mean to theirs.

    All (K,), in standard deviations of the prior: where each drawing lies, the mean of those so far, and that mean's
    standard error. known: the share of the variance of such means that tells one writer from another (Spearman 1910,
    Brown 1910), from 0 to 1.
    """

    drawings: Array
    mean: Array
    error: Array
    known: Array


def course_of(styles: ArrayLike) -> Course:
    """Of K drawings' styles, (K, Z), in standard deviations of the prior, in the order in which they were drawn.

    How far single drawings stray is told by those so far, with STRAY as the evidence of KNOWN drawings more.
    """
    rows = np.asarray(styles, dtype=np.float64)
    counts = np.arange(1, len(rows) + 1)
    means = rows.cumsum(axis=0) / counts[:, None]
    squares = np.square(rows).cumsum(axis=0) - counts[:, None] * np.square(means)
    strayed = (squares.mean(axis=1) + KNOWN * STRAY**2) / (counts - 1 + KNOWN)
    length = np.linalg.norm(means[-1])
    way = means[-1] / length if length else np.eye(1, rows.shape[1])[0]
    return Course(rows @ way, means @ way, np.sqrt(strayed / counts), BETWEEN / (BETWEEN + strayed / counts))
