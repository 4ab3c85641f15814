"""Sheets of pictures, and the rows a model draws."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from vae_core.config import DIGITS, IMAGE_SIZE

if TYPE_CHECKING:  # pictures need no torch
    from vae_core.inference import Model


def sheet(images: NDArray[np.floating], columns: int, scale: int = 1) -> Image.Image:
    """(N, 28, 28) in [0, 1] side by side, row after row, each pixel `scale` wide; ink is white."""
    rows = -(-len(images) // columns)
    padded = np.zeros((rows * columns, IMAGE_SIZE, IMAGE_SIZE), dtype=np.float32)
    padded[: len(images)] = images
    grid = padded.reshape(rows, columns, IMAGE_SIZE, IMAGE_SIZE).swapaxes(1, 2)
    pixels = np.rint(255.0 * grid.reshape(rows * IMAGE_SIZE, columns * IMAGE_SIZE)).astype(np.uint8)
    return Image.fromarray(pixels.repeat(scale, axis=0).repeat(scale, axis=1))


def draw_rows(
    model: "Model", rows: int, rng: np.random.Generator, digit: int | None = None, temperature: float = 1.0
) -> NDArray[np.float32]:
    """Ten pictures a row, (10 rows, 28, 28): all digits of one style, or ten styles of one or no digit."""
    shared = model.conditional and digit is None
    style = temperature * rng.standard_normal((rows if shared else rows * DIGITS, model.latent_dim)).astype(np.float32)
    if shared:
        return model.write(style.repeat(DIGITS, axis=0), np.tile(np.arange(DIGITS), rows))
    return model.write(style, digit)
