"""Statistics against scipy and cases worked out by hand."""

import math

import numpy as np
import pytest
from scipy import linalg, stats

from vae_core.evaluation.metrics import (
    bootstrap_interval,
    calibration_error,
    frechet_distance,
    mean_interval,
    wilson_interval,
)


@pytest.mark.parametrize(("right", "total"), [(0, 10), (10, 10), (3, 7), (9_965, 10_000), (1, 2)])
def test_wilson_interval_is_that_of_scipy(right: int, total: int) -> None:
    expected = stats.binomtest(right, total).proportion_ci(0.95, method="wilson")
    assert wilson_interval(right, total) == pytest.approx((expected.low, expected.high), abs=1e-6)


def test_mean_interval_is_that_of_a_gaussian_mean() -> None:
    values = np.random.normal(3.0, 2.0, size=500)
    expected = stats.norm.interval(0.95, values.mean(), stats.sem(values))
    assert mean_interval(values) == pytest.approx(expected, abs=1e-6)


def test_mean_of_one_value_has_no_interval() -> None:
    with pytest.raises(ValueError, match="expected two values or more, got 1"):
        mean_interval(np.array([1.0]))


def test_bootstrap_interval_of_a_mean_is_near_that_of_a_gaussian() -> None:
    values = np.random.normal(size=400)
    low, high = bootstrap_interval(lambda index: float(values[index].mean()), len(values), rounds=2_000)
    assert (low, high) == pytest.approx(mean_interval(values), abs=0.02)


def test_bootstrap_interval_holds_a_distance_that_resamples_overestimate() -> None:
    rng = np.random.default_rng(0)
    a, b = rng.standard_normal((2, 400, 20))
    low, high = bootstrap_interval(lambda index: frechet_distance(a[index], b), len(a))
    assert low < frechet_distance(a, b) < high


def test_bootstrap_interval_of_a_statistic_that_resampling_biases_still_holds_its_value() -> None:
    """Repeated values make the distance between two halves of a sample larger than it is."""
    a, b = np.random.normal(size=(100, 20)), np.random.normal(size=(100, 20))
    value = frechet_distance(a, b)
    resampled = [frechet_distance(a[np.random.randint(100, size=100)], b) for _ in range(20)]
    assert min(resampled) > value
    low, high = bootstrap_interval(lambda index: frechet_distance(a[index], b), 100, rounds=40)
    assert low < value < high


def test_bootstrap_interval_repeats_with_its_seed() -> None:
    values = np.random.normal(size=50)
    first, again, other = (
        bootstrap_interval(lambda index: float(values[index].mean()), 50, seed=seed) for seed in (0, 0, 1)
    )
    assert first == again != other


def two_way(confidence: float) -> list[float]:
    return [confidence, 1 - confidence] + [0.0] * 8


def test_calibration_error_of_a_case_worked_out_by_hand() -> None:
    """Two at 0.9, one right: a gap of 0.4 for half of them. Two at 0.7, both right: 0.3 for the other half."""
    probabilities = np.array([two_way(0.9), two_way(0.9), two_way(0.7), two_way(0.7)])
    assert calibration_error(probabilities, np.array([0, 5, 0, 0])) == pytest.approx(0.35)


def test_sure_and_right_is_perfectly_calibrated_and_sure_and_wrong_is_not_at_all() -> None:
    probabilities = np.eye(10)
    assert calibration_error(probabilities, np.arange(10)) == 0.0
    assert calibration_error(probabilities, (np.arange(10) + 1) % 10) == 1.0


def test_calibration_is_measured_in_fifteen_bins() -> None:
    """0.61 and 0.66 share a bin of the fifteen, so that their gaps of opposite sign cancel; 0.61 and 0.67 do not."""
    digits = np.array([0, 5])
    together = calibration_error(np.array([two_way(0.61), two_way(0.66)]), digits)
    apart = calibration_error(np.array([two_way(0.61), two_way(0.67)]), digits)
    assert together == pytest.approx((0.61 + 0.66 - 1) / 2)
    assert apart == pytest.approx((0.39 + 0.67) / 2)


def test_frechet_distance_of_features_to_themselves_is_nothing() -> None:
    features = np.random.normal(size=(200, 8))
    assert frechet_distance(features, features) == pytest.approx(0.0, abs=1e-6)


def test_frechet_distance_of_a_shift_is_its_square() -> None:
    features = np.random.normal(size=(300, 4))
    assert frechet_distance(features, features + np.array([3.0, 4.0, 0.0, 0.0])) == pytest.approx(25.0)


def test_frechet_distance_of_a_scaling_is_the_square_of_what_the_deviations_differ_by() -> None:
    features = np.random.normal(size=(300, 4))
    features -= features.mean(0)
    expected = np.trace(np.cov(features, rowvar=False))  # (2 sigma - sigma)^2, summed
    assert frechet_distance(features, 2 * features) == pytest.approx(expected)


def test_frechet_distance_agrees_with_the_matrix_root_of_scipy() -> None:
    a = np.random.normal(size=(400, 6)) @ np.random.normal(size=(6, 6))
    b = np.random.normal(size=(300, 6)) @ np.random.normal(size=(6, 6)) + 1.0
    cov_a, cov_b = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
    root = np.real(linalg.sqrtm(cov_a @ cov_b))
    expected = np.square(a.mean(0) - b.mean(0)).sum() + np.trace(cov_a + cov_b - 2 * root)
    assert frechet_distance(a, b) == pytest.approx(expected, rel=1e-6)
    assert frechet_distance(b, a) == pytest.approx(expected, rel=1e-6)


def test_frechet_distance_is_finite_where_features_span_less_than_their_space() -> None:
    flat = np.concatenate([np.random.normal(size=(50, 2)), np.zeros((50, 6))], axis=1)
    assert math.isfinite(frechet_distance(flat, np.random.normal(size=(50, 8))))
