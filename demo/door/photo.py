"""A photo, or any other file with a picture, to what the model sees of it."""

import numpy as np
from numpy.typing import NDArray

import vae_core
from vae_core.drawing.picture_file import read_picture

BLANK = "no digit stands out in this picture. Dark ink on light paper works best"


def look(photo: bytes) -> NDArray[np.float32]:
    """The digit in a picture file as the model sees it, (28, 28); raises ValueError where none is found."""
    try:
        return vae_core.preprocess(read_picture(photo))
    except vae_core.BlankDrawing:
        raise ValueError(BLANK) from None
