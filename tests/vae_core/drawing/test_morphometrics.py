"""Measures of digits: bars of known make, sheared digits, and pictures with nothing to measure."""

import math
import re
import subprocess
import sys

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import ndimage
from tiny import TESTS

from vae_core.drawing.morphometrics import MEASURES, measure

SLANT, THICKNESS, WIDTH, HEIGHT, LENGTH = range(5)


def bar(length: float, thickness: float, lean: float = 0.0) -> NDArray[np.float64]:
    """A bar about the middle that leans `lean` degrees to the right, drawn at 8 x 8 points a pixel, (28, 28)."""
    y, x = (np.mgrid[: 28 * 8, : 28 * 8] + 0.5) / 8 - 14
    angle = math.radians(lean)
    along, across = x * math.sin(angle) - y * math.cos(angle), x * math.cos(angle) + y * math.sin(angle)
    ink = (np.abs(along) < length / 2) & (np.abs(across) < thickness / 2)
    return ink.reshape(28, 8, 28, 8).mean(axis=(1, 3))


@pytest.fixture(scope="module")
def digits() -> NDArray[np.float64]:
    return np.load(TESTS / "data" / "mnist-sample.npz")["images"][:60] / 255.0


def test_measures_are_those_of_a_digit_in_a_fixed_order() -> None:
    assert MEASURES == ("slant", "thickness", "width", "height", "length")


@pytest.mark.parametrize("thickness", [2.0, 3.0, 4.0, 6.0])
def test_upright_bar_has_its_thickness_and_box_and_no_slant(thickness: float) -> None:
    found = measure(bar(18, thickness))[0]
    assert found[SLANT] == pytest.approx(0, abs=0.1)
    assert found[THICKNESS] == pytest.approx(thickness, abs=0.3)
    assert found[HEIGHT] == pytest.approx(18, abs=0.6)
    assert thickness - 0.3 < found[WIDTH] < thickness + 2  # the blur widens by up to a pixel either side


def test_lying_bar_is_wide_and_low() -> None:
    found = measure(bar(18, 3).T)[0]
    assert found[WIDTH] == pytest.approx(18, abs=0.6)
    assert found[HEIGHT] < 5


@pytest.mark.parametrize("lean", [-30, -15, 10, 20, 30])
def test_slant_of_a_leaning_bar_is_positive_to_the_right(lean: int) -> None:
    found = measure(bar(18, 2.5, lean))[0]
    assert found[SLANT] == pytest.approx(lean, abs=2.0)
    assert found[THICKNESS] == pytest.approx(2.5, abs=0.4)


@pytest.mark.parametrize("lean", [0, 45])
def test_longer_bars_are_longer_by_as_much(lean: int) -> None:
    short, long = measure([bar(12, 3, lean), bar(20, 3, lean)])[:, LENGTH]
    assert long - short == pytest.approx(8, abs=0.8)
    assert short == pytest.approx(12 - 3 / 2, abs=2.5)  # the skeleton stops before the bar's ends


def test_ring_is_as_long_as_its_middle_line() -> None:
    y, x = (np.mgrid[: 28 * 8, : 28 * 8] + 0.5) / 8 - 14
    ring = (np.abs(np.hypot(x, y) - 7) < 1.5).reshape(28, 8, 28, 8).mean(axis=(1, 3))
    found = measure(ring)[0]
    assert found[LENGTH] == pytest.approx(2 * math.pi * 7, rel=0.08)
    assert found[[WIDTH, HEIGHT]] == pytest.approx([17, 17], abs=1.0)


@pytest.mark.parametrize("shear", [-0.3, 0.2, 0.4])
def test_shearing_a_digit_adds_the_shear_to_the_tangent_of_its_slant(digits: NDArray[np.float64], shear: float) -> None:
    small = np.array([shrink(x) for x in digits])
    sheared = np.array([about_the_middle(x, [[1, 0], [shear, 1]]) for x in small])
    before, after = (np.tan(np.radians(measure(x)[:, SLANT])) for x in (small, sheared))
    np.testing.assert_allclose(after - before, shear, atol=0.03)


def shrink(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """The digit at 0.8 of its size, so that it stays on the picture when it is sheared."""
    return about_the_middle(x, [[1.25, 0], [0, 1.25]])


def about_the_middle(x: NDArray[np.float64], matrix: list[list[float]]) -> NDArray[np.float64]:
    """The picture whose ink at a place (y, x) from the middle is that of x at matrix . (y, x)."""
    middle = np.full(2, 13.5)
    places = np.tensordot(np.array(matrix), np.indices(x.shape) - middle[:, None, None], 1) + middle[:, None, None]
    return ndimage.map_coordinates(x, places).clip(0, 1)


def test_fattened_digits_are_thicker_and_keep_their_slant(digits: NDArray[np.float64]) -> None:
    before, after = measure(digits), measure(ndimage.grey_dilation(digits, size=(1, 3, 3)))
    assert ((after - before)[:, THICKNESS] > 1).mean() > 0.95
    assert np.abs((after - before)[:, SLANT]).mean() < 2


def test_measures_do_not_depend_on_what_else_is_measured_or_on_how_dark_the_ink_is(digits: NDArray[np.float64]) -> None:
    together = measure(digits)
    assert together.shape == (60, 5) and np.isfinite(together).all()
    np.testing.assert_array_equal(measure(digits[7]), together[7:8])
    np.testing.assert_allclose(measure(digits[:5] / 2), together[:5], rtol=0.05, atol=0.6)


def test_pictures_without_a_stroke_are_rows_of_nan(digits: NDArray[np.float64]) -> None:
    dot = np.zeros((28, 28))
    dot[3, 3] = 0.02
    found = measure([np.zeros((28, 28)), digits[0], np.ones((28, 28)), dot, np.full((28, 28), 0.5)])
    np.testing.assert_array_equal(np.isnan(found).all(axis=1), [True, False, True, True, True])
    assert np.isfinite(found[1]).all()


@pytest.mark.parametrize(
    ("images", "expected"),
    [
        (np.zeros((27, 28)), "(28, 28)"),
        (np.zeros(784), "(28, 28)"),
        (np.zeros((2, 2, 28, 28)), "(28, 28)"),
        (np.full((28, 28), np.nan), "[0, 1]"),
        (np.full((28, 28), 255.0), "[0, 1]"),
        (np.full((28, 28), -0.1), "[0, 1]"),
    ],
)
def test_what_is_no_picture_is_refused_in_one_sentence(images: NDArray[np.float64], expected: str) -> None:
    with pytest.raises(ValueError, match=re.escape(expected)) as caught:
        measure(images)
    assert "\n" not in str(caught.value)


def test_no_pictures_have_no_measures() -> None:
    assert measure(np.zeros((0, 28, 28))).shape == (0, 5)


def test_serving_a_model_does_not_import_scikit_image() -> None:
    program = "import sys, vae_core; vae_core.load_model('conv'); print('skimage' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", program], cwd=TESTS.parent, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"
