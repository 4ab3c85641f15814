"""How a hand comes to be known, drawing by drawing."""

import numpy as np
import pytest

from vae_core.writing.course import course_of
from vae_core.writing.hand import BETWEEN, STRAY


def writer(count: int, seed: int, dimensions: int = 400) -> tuple[np.ndarray, np.ndarray]:
    """A hand and drawings of it, which vary as the writers of the data do."""
    rng = np.random.default_rng(seed)
    hand = np.sqrt(BETWEEN) * rng.standard_normal(dimensions)
    return hand, hand + STRAY * rng.standard_normal((count, dimensions))


def test_the_error_and_what_is_known_are_those_of_writers_and_drawings_that_vary_so() -> None:
    hand, drawings = writer(10, seed=0)
    course = course_of(drawings)
    means = np.cumsum(drawings, axis=0) / np.arange(1, 11)[:, None]
    apart = np.sqrt(np.square(means - hand).mean(axis=1))
    assert course.error == pytest.approx(apart, rel=0.1)
    assert course.known == pytest.approx(BETWEEN / (BETWEEN + STRAY**2 / np.arange(1, 11)), rel=0.05)
    assert (np.diff(course.known) > 0).all() and (np.diff(course.error) < 0).all()


def test_drawings_and_their_means_are_seen_along_the_way_to_the_hand() -> None:
    _, drawings = writer(5, seed=1, dimensions=16)
    course, mean = course_of(drawings), drawings.mean(axis=0)
    assert course.mean[-1] == pytest.approx(np.linalg.norm(mean))
    assert course.mean == pytest.approx(np.cumsum(course.drawings) / np.arange(1, 6))


def test_one_drawing_and_the_middle_of_the_prior_have_a_course_too() -> None:
    for rows in ([[0.0, 0.0]], [[1.0, -1.0], [-1.0, 1.0]]):
        course = course_of(rows)
        assert all(np.isfinite(values).all() and len(values) == len(rows) for values in vars(course).values())
    assert course_of([[3.0]]).known[0] == pytest.approx(BETWEEN)
