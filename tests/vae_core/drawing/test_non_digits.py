"""Made drawings that are no digits."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import ImageFont

from vae_core.drawing import non_digits
from vae_core.drawing.strokes import render_strokes

MAKERS = (non_digits.scribble, non_digits.lines, non_digits.shape, non_digits.glyph, non_digits.dots)
BAR = [np.array([[0.0, 0.0], [0.0, 10.0]]), np.array([[0.0, 5.0], [4.0, 5.0]])]


def width_and_height(picture: NDArray[np.floating]) -> tuple[int, int]:
    rows, columns = np.nonzero(picture > 0.1)
    return int(np.ptp(columns)) + 1, int(np.ptp(rows)) + 1


@pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)
def test_every_drawing_can_be_rendered_and_the_seed_decides_it(make: non_digits.Maker) -> None:
    drawn = [[render_strokes(make(rng)) for _ in range(40)] for rng in map(np.random.default_rng, (0, 0, 1))]
    assert all(picture.max() > 0.5 for picture in drawn[0])
    assert np.array_equal(drawn[0], drawn[1])
    assert not np.array_equal(drawn[0], drawn[2])


def test_some_lines_are_flat() -> None:
    rng = np.random.default_rng(0)
    sizes = [width_and_height(render_strokes(non_digits.lines(rng))) for _ in range(100)]
    assert any(height <= 6 and width >= 18 for width, height in sizes)


def test_letters_are_as_large_as_digits_and_of_the_fonts_given() -> None:
    fonts = [ImageFont.load_default(size=20)]
    pictures = [non_digits.letter(np.random.default_rng(seed), fonts) for seed in range(12)]
    assert all(18 <= max(width_and_height(picture)) <= 20 for picture in pictures)
    assert len({picture.tobytes() for picture in pictures}) > 6


def test_a_folder_without_fonts_is_refused(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").touch()
    with pytest.raises(ValueError, match="fonts"):
        non_digits.find_fonts(tmp_path)
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.TTF").touch()
    assert non_digits.find_fonts(tmp_path) == [tmp_path / "in" / "a.TTF"]


def test_a_spoilt_digit_is_none_of_those_it_was_made_of(images: NDArray[np.float32]) -> None:
    digits = np.repeat(np.arange(10), 40)
    pictures = np.rint(255 * images).astype(np.uint8)
    known = {picture.tobytes() for picture in pictures}
    rng = np.random.default_rng(0)
    for _ in range(60):
        made = non_digits.spoilt(pictures, digits, rng)
        assert made.shape == (28, 28)
        assert 0.5 < made.max() <= 1
        assert np.rint(255 * made).astype(np.uint8).tobytes() not in known


@pytest.mark.parametrize("count", [2, 3, 5])
def test_rows_are_wider_than_high_and_hold_all_their_digits(count: int, images: NDArray[np.float32]) -> None:
    rng = np.random.default_rng(0)
    zero = np.rint(255 * images[0]).astype(np.uint8)
    row = non_digits.row_of_strokes([BAR] * count, rng)
    width, height = width_and_height(non_digits.row_of_pictures([zero] * count, rng))
    assert 18 <= width <= 20
    assert height < width
    spans = [np.concatenate(row[first : first + 2])[:, 0] for first in range(0, 2 * count, 2)]
    assert len(row) == 2 * count
    assert all(left.max() < right.min() for left, right in pairwise(spans))


def test_mixed_signs_are_made_of_strokes_of_those_given() -> None:
    flat, steep = [np.array([[0.0, 0.0], [2.0, 0.0]])], [np.array([[5.0, 5.0], [5.0, 9.0]])]
    rng = np.random.default_rng(0)
    made = [non_digits.mixed([flat, steep], rng) for _ in range(20)]
    directions = {tuple(np.ptp(stroke, axis=0)) for strokes in made for stroke in strokes}
    assert directions == {(1.0, 0.0), (0.0, 1.0)}  # each sign brought to size 1
    assert {len(strokes) for strokes in made} == {2}


def test_spliced_strokes_are_pieces_of_those_given_and_no_whole_drawing() -> None:
    line = [np.stack([np.arange(21.0), np.zeros(21)], axis=1)]  # 20 long
    rng = np.random.default_rng(0)
    made = [non_digits.spliced([line], rng) for _ in range(30)]
    steps = [np.hypot(*np.diff(stroke, axis=0).T) for strokes in made for stroke in strokes]
    assert all(np.allclose(step[step > 1e-9], 1.0) for step in steps)  # turned and mirrored, never stretched
    lengths = [sum(len(stroke) for stroke in strokes) for strokes in made]
    assert min(lengths) >= 3 * 6 and max(lengths) <= 5 * 19
    assert {len(strokes) for strokes in made} >= {1, 2, 3}  # lifted now and then
