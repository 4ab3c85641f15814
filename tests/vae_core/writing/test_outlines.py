"""Grey pictures to smooth outlines."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from vae_core.writing.outlines import STEP, Outline, area_of, flatten, length_of, trace
from vae_core.writing.raster import on_pixels


def disc(x: float, y: float, radius: float) -> NDArray[np.float64]:
    """A disc as a camera sees it, each pixel as grey as it is covered."""
    rows, columns = np.indices((28, 28))
    return np.clip(radius + 0.5 - np.hypot(columns - x, rows - y), 0, 1)


def ring(x: float, y: float, outer: float, inner: float) -> NDArray[np.float64]:
    return disc(x, y, outer) - disc(x, y, inner)


@given(st.floats(9, 18), st.floats(9, 18), st.floats(3, 9))
def test_a_disc_is_traced_where_it_is_and_as_large_as_it_is(x: float, y: float, radius: float) -> None:
    (outline,) = trace(disc(x, y, radius)[None])
    (contour,) = outline.contours
    curve = flatten(contour)
    assert np.hypot(*(curve - (x, y)).T) == pytest.approx(radius, abs=0.35)
    assert area_of(curve) == pytest.approx(np.pi * radius**2, rel=0.06)


def test_a_ring_is_a_contour_around_ink_and_one_around_the_hole() -> None:
    (outline,) = trace(ring(13, 14, 9, 5)[None])
    areas = sorted(area_of(flatten(contour)) for contour in outline.contours)
    assert areas == [pytest.approx(-np.pi * 25, rel=0.06), pytest.approx(np.pi * 81, rel=0.06)]


def test_each_picture_has_its_own_outline_whatever_stands_beside_it(images: NDArray[np.float32]) -> None:
    noise = np.random.default_rng(0).uniform(size=(60, 28, 28))
    pictures = np.concatenate([noise, images[:60]])
    together = trace(pictures)
    assert len(together) == 120
    for picture, outline in zip(pictures, together, strict=True):
        (alone,) = trace(picture[None])
        assert len(alone.contours) == len(outline.contours) > 0
        for one, other in zip(alone.contours, outline.contours, strict=True):
            np.testing.assert_allclose(one, other, atol=1e-9)


def test_ink_up_to_the_edge_of_a_picture_closes_and_blank_pictures_have_no_outline() -> None:
    full, blank, first = trace(np.stack([np.ones((28, 28)), np.zeros((28, 28)), disc(13, 13, 6)]))
    assert area_of(flatten(full.contours[0])) == pytest.approx(28**2, rel=0.03)
    assert blank.contours == ()
    assert len(first.contours) == 1
    assert trace(np.zeros((2, 28, 28))) == [Outline(()), Outline(())]


def test_specks_are_left_out_and_pale_ink_is_traced_at_half_its_own_contrast() -> None:
    speck = disc(20, 20, 7)
    speck[3, 3] = 0.9
    spotted, pale = trace(np.stack([speck, 0.3 * disc(20, 20, 7)]))
    assert len(spotted.contours) == len(pale.contours) == 1
    np.testing.assert_allclose(spotted.contours[0], pale.contours[0], atol=1e-6)


def test_points_lie_a_step_apart_and_the_curve_has_no_corner(images: NDArray[np.float32]) -> None:
    for outline in trace(images[:50]):
        for contour in outline.contours:
            apart = np.linalg.norm(contour - np.roll(contour, 1, axis=0), axis=1)
            assert length_of(contour) <= STEP * len(contour) * 1.05
            assert apart.max() < 1.6 * STEP
            curve = flatten(contour)
            along = np.roll(curve, -1, axis=0) - curve
            turn = np.angle(np.exp(1j * np.diff(np.angle(along @ [1, 1j]))))
            assert np.degrees(np.abs(turn)).max() < 100


def test_drawn_on_pixels_again_an_outline_is_the_picture_it_was_traced_from(images: NDArray[np.float32]) -> None:
    drawn = on_pixels(trace(images))
    assert drawn.shape == images.shape and drawn.min() >= 0 and drawn.max() <= 1
    assert np.abs(drawn - images).mean() < 0.04
    shift = [np.abs(drawn - np.roll(images, by, axis=axis)).mean() for by in (-1, 1) for axis in (1, 2)]
    assert np.abs(drawn - images).mean() < 0.6 * min(shift)
