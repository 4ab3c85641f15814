"""Arrays to what a browser shows."""

import base64
import functools
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

TEST_DIGITS = Path(__file__).parent / "widgets" / "test-digits.png"


def grey_bytes(images: NDArray[np.floating]) -> NDArray[np.uint8]:
    """Floats in [0, 1], any shape, to grey levels; values outside are clipped."""
    return np.rint(np.clip(images, 0, 1) * 255).astype(np.uint8)


def base64_bytes(images: NDArray[np.floating]) -> str:
    """Images (..., 28, 28) in [0, 1] to one base64 string of grey bytes, row by row, image after image."""
    return base64.b64encode(grey_bytes(images).tobytes()).decode("ascii")


@functools.cache
def test_digits() -> NDArray[np.float32]:
    """Twenty digits of MNIST's test set, 0 to 9 twice, (20, 28, 28)."""
    sheet = (np.asarray(Image.open(TEST_DIGITS)) / 255).astype(np.float32)  # one row of pictures
    return sheet.reshape(28, -1, 28).swapaxes(0, 1)
