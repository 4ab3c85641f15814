"""A thousand digits of MNIST's test set, on one sheet that ships with the app and stays on the server."""

import functools
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

SHEET = Path(__file__).parent / "mnist-sample.png"  # written by scripts/mnist_sample.py: a row a digit, 0 to 9
DIGITS = 10
SIDE = 28  # pixels


@functools.cache
def labelled_digits() -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Pictures (N, 28, 28) in [0, 1] and their digits (N,), 100 of each."""
    with Image.open(SHEET) as image:
        sheet = (np.asarray(image.convert("L")) / 255).astype(np.float32)
    pictures = sheet.reshape(DIGITS, SIDE, -1, SIDE).swapaxes(1, 2).reshape(-1, SIDE, SIDE)
    return pictures, np.arange(DIGITS).repeat(len(pictures) // DIGITS)
