"""Statistics of an evaluation, on plain arrays."""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Z95 = 1.959964  # standard deviations to either side of 95 % of a Gaussian


def wilson_interval(right: int, total: int) -> tuple[float, float]:
    """The 95 % interval of a proportion (Wilson 1927)."""
    p, z2 = right / total, Z95 * Z95
    middle = (p + z2 / (2 * total)) / (1 + z2 / total)
    half = Z95 / (1 + z2 / total) * math.sqrt(p * (1 - p) / total + z2 / (4 * total * total))
    return max(0.0, middle - half), min(1.0, middle + half)


def mean_interval(values: NDArray[np.floating]) -> tuple[float, float]:
    """The 95 % interval of a mean, by its standard error."""
    if len(values) < 2:
        raise ValueError(f"expected two values or more, got {len(values)}")
    half = Z95 * float(values.std(ddof=1)) / math.sqrt(len(values))
    return float(values.mean()) - half, float(values.mean()) + half


def bootstrap_interval(
    statistic: Callable[[NDArray[np.intp]], float], total: int, rounds: int = 200, seed: int = 0
) -> tuple[float, float]:
    """The central 95 % of a statistic over resamples; `statistic` takes the (total,) indices of one.

    Resamples repeat some values and so bias a distance or a calibration error upwards: the interval is moved back by
    how far their mean lies from the statistic of the sample itself.
    """
    rng = np.random.default_rng(seed)
    values = np.array([statistic(rng.integers(total, size=total)) for _ in range(rounds)])
    low, high = np.quantile(values, [0.025, 0.975]) - values.mean() + statistic(np.arange(total))
    return float(low), float(high)


def calibration_error(probabilities: NDArray[np.floating], digits: NDArray[np.integer], bins: int = 15) -> float:
    """Expected calibration error of (N, 10) probabilities over bins of equal width (Guo et al. 2017, equation 3)."""
    confidence, right = probabilities.max(1), probabilities.argmax(1) == digits
    place = np.minimum((confidence * bins).astype(int), bins - 1)
    counts = np.bincount(place, minlength=bins)
    gaps = np.bincount(place, weights=right, minlength=bins) - np.bincount(place, weights=confidence, minlength=bins)
    return float(np.abs(gaps).sum() / counts.sum())


def frechet_distance(a: NDArray[np.floating], b: NDArray[np.floating]) -> float:
    """The Frechet distance of the Gaussians fitted to (N, D) and (M, D) features (Heusel et al. 2017, equation 6)."""
    a, b = a.astype(np.float64), b.astype(np.float64)
    cov_a, cov_b = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
    # The trace of the root of a product: its eigenvalues are those of a product of two positive matrices, so real.
    roots = np.sqrt(np.clip(np.linalg.eigvals(cov_a @ cov_b).real, 0.0, None))
    return float(np.square(a.mean(0) - b.mean(0)).sum() + np.trace(cov_a) + np.trace(cov_b) - 2.0 * roots.sum())


def area_under_curve(higher: NDArray[np.floating], lower: NDArray[np.floating]) -> float:
    """The chance that one of `higher` (N,) is above one of `lower` (M,), ties counted by half: the area under the
    receiver operating characteristic."""
    ordered = np.sort(lower)
    below, up_to = np.searchsorted(ordered, higher, "left"), np.searchsorted(ordered, higher, "right")
    return float((below + up_to).mean() / (2 * len(lower)))
