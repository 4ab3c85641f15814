"""Arrays to what a browser shows."""

import base64
import functools
import io
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

TEST_DIGITS = Path(__file__).parents[1] / "page" / "test-digits.png"


def grey_bytes(images: NDArray[np.floating]) -> NDArray[np.uint8]:
    """Floats in [0, 1], any shape, to grey levels; values outside are clipped."""
    return np.rint(np.clip(images, 0, 1) * 255).astype(np.uint8)


def base64_bytes(images: NDArray[np.floating]) -> str:
    """Images (..., 28, 28) in [0, 1] to one base64 string of grey bytes, row by row, image after image."""
    return base64.b64encode(grey_bytes(images).tobytes()).decode("ascii")


def gif_bytes(pictures: NDArray[np.floating], scale: int, milliseconds: int) -> bytes:
    """Pictures (N, 28, 28) in [0, 1] as a GIF that goes back and forth for ever; each pixel `scale` wide, ink white.

    GIF counts time in hundredths of a second, and shows equal neighbours as one frame of their time together.
    """
    large = grey_bytes(pictures).repeat(scale, axis=1).repeat(scale, axis=2)
    frames = [Image.fromarray(grey) for grey in (*large, *large[-2:0:-1])]
    gif = io.BytesIO()
    frames[0].save(gif, "GIF", save_all=True, append_images=frames[1:], duration=milliseconds, loop=0)
    return gif.getvalue()


@functools.cache
def test_digits() -> NDArray[np.float32]:
    """Twenty digits of MNIST's test set, 0 to 9 twice, (20, 28, 28)."""
    sheet = (np.asarray(Image.open(TEST_DIGITS)) / 255).astype(np.float32)  # one row of pictures
    return sheet.reshape(28, -1, 28).swapaxes(0, 1)
