"""Sheets of pictures."""

import numpy as np

from vae_core.pictures import sheet


def test_pictures_stand_side_by_side_row_after_row() -> None:
    images = np.arange(5, dtype=np.float32)[:, None, None].repeat(28, 1).repeat(28, 2) / 5
    pixels = np.asarray(sheet(images, columns=2))
    assert (pixels.shape, pixels.dtype) == ((84, 56), np.uint8)
    corners = pixels[::28, ::28]
    assert corners.tolist() == [[0, 51], [102, 153], [204, 0]]  # and paper where there is none


def test_each_pixel_is_drawn_as_wide_as_asked() -> None:
    images = np.random.default_rng(0).random((1, 28, 28), dtype=np.float32)
    small, large = np.asarray(sheet(images, 1)), np.asarray(sheet(images, 1, scale=3))
    assert np.array_equal(large, small.repeat(3, 0).repeat(3, 1))
    assert np.array_equal(small, np.rint(255 * images[0]))
