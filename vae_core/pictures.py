"""Sheets of pictures."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from vae_core.config import IMAGE_SIZE


def sheet(images: NDArray[np.floating], columns: int, scale: int = 1) -> Image.Image:
    """(N, 28, 28) in [0, 1] side by side, row after row, each pixel `scale` wide; ink is white."""
    rows = -(-len(images) // columns)
    padded = np.zeros((rows * columns, IMAGE_SIZE, IMAGE_SIZE), dtype=np.float32)
    padded[: len(images)] = images
    grid = padded.reshape(rows, columns, IMAGE_SIZE, IMAGE_SIZE).swapaxes(1, 2)
    pixels = np.rint(255.0 * grid.reshape(rows * IMAGE_SIZE, columns * IMAGE_SIZE)).astype(np.uint8)
    return Image.fromarray(pixels.repeat(scale, axis=0).repeat(scale, axis=1))
