"""The way from one code to another, and the GIF of it."""

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from PIL import Image

from demo.door.interpolation import morph_codes, slerp
from demo.door.pictures import gif_bytes

vectors = st.lists(st.floats(-5, 5, allow_subnormal=False), min_size=16, max_size=16).map(np.array)
THREE, EIGHT = np.eye(10)[[3, 8]]


@given(vectors, vectors)
def test_the_way_is_finite_begins_at_one_end_and_arrives_at_the_other(start: np.ndarray, end: np.ndarray) -> None:
    way = slerp(start, end, np.linspace(0, 1, 7))
    assert np.isfinite(way).all()
    assert_allclose(way[[0, -1]], [start, end], atol=1e-5)


@given(vectors, vectors)
def test_length_changes_evenly_on_the_way(start: np.ndarray, end: np.ndarray) -> None:
    if min(np.linalg.norm(start), np.linalg.norm(end)) > 1e-3:
        lengths = np.linalg.norm(slerp(start, end, np.linspace(0, 1, 7)), axis=1)
        assert_allclose(lengths, np.linspace(np.linalg.norm(start), np.linalg.norm(end), 7), atol=1e-5)


@pytest.mark.parametrize(
    ("start", "end", "middle"),
    [
        ([1, 0], [0, 1], [np.sqrt(0.5), np.sqrt(0.5)]),
        ([2, 0], [0, 4], [3 * np.sqrt(0.5), 3 * np.sqrt(0.5)]),
        ([1, 0], [3, 0], [2, 0]),
        ([0, 0], [0, 2], [0, 1]),
        ([0, 0], [0, 0], [0, 0]),
        ([1], [-1], [0]),
    ],
)
def test_the_middle_is_where_it_is_expected(start: list, end: list, middle: list) -> None:
    assert_allclose(slerp(start, end, [0.5])[0], middle, atol=1e-12)


def test_opposite_codes_are_joined_around_the_middle_of_the_prior() -> None:
    way = slerp([1, 2, 3], [-1, -2, -3], np.linspace(0, 1, 9))
    assert_allclose(np.linalg.norm(way, axis=1), np.sqrt(14))
    steps = np.linalg.norm(np.diff(way, axis=0), axis=1)
    assert_allclose(steps, steps[0])


@pytest.mark.parametrize(("vary", "style", "digit"), [("style", 1, 0), ("digit", 0, 1), ("both", 1, 1)])
def test_only_what_is_to_vary_does(vary, style: int, digit: int) -> None:
    codes, digits = morph_codes([1, 0], THREE, [0, 1], EIGHT, 5, vary)
    assert codes.shape == (5, 2) and digits.shape == (5, 10)
    assert_allclose(codes[-1], [[1, 0], [0, 1]][style], atol=1e-12)
    assert_allclose(digits[-1], [THREE, EIGHT][digit])
    assert_allclose(digits.sum(axis=1), 1)


def test_gif_goes_there_and_back_for_ever() -> None:
    pictures = np.linspace(0, 1, 4)[:, None, None] * np.ones((4, 28, 28))
    gif = Image.open(io.BytesIO(gif_bytes(pictures, scale=3, milliseconds=50)))
    assert (gif.size, gif.n_frames, gif.info["loop"], gif.info["duration"]) == ((84, 84), 6, 0, 50)
    shades = []
    for frame in range(6):
        gif.seek(frame)
        shades.append(gif.convert("L").getpixel((40, 40)))
    assert shades == [0, 85, 170, 255, 170, 85]
