"""A photo, or any other file with a picture, to what the model sees of it."""

from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

import vae_core

PHOTO_PIXELS = 50_000_000  # a telephone's largest
PHOTO_SIDE = 1024  # pixels, plenty to find a digit
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF")  # some others start a program to be opened
NOT_A_PICTURE = "expected a picture, such as a PNG or JPEG file"
UNREADABLE = (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError)  # what Pillow raises


def open_photo(file: Path | BinaryIO) -> Image.Image:
    """A picture file, its pixels still unread; raises ValueError for any other file."""
    try:
        return Image.open(file, formats=FORMATS)
    except UNREADABLE:
        raise ValueError(NOT_A_PICTURE) from None


def look(photo: Image.Image) -> NDArray[np.float32]:
    """The digit in a photo as the model sees it, (28, 28); raises ValueError where none is found."""
    if photo.width * photo.height > PHOTO_PIXELS:
        raise ValueError(f"expected a picture of at most {PHOTO_PIXELS // 1_000_000} million pixels")
    try:
        photo.thumbnail((PHOTO_SIDE, PHOTO_SIDE))
        photo.load()
    except UNREADABLE:
        raise ValueError(NOT_A_PICTURE) from None
    try:
        return vae_core.preprocess(ImageOps.exif_transpose(photo))
    except vae_core.BlankDrawing:
        raise ValueError("no digit stands out in this picture. Dark ink on light paper works best") from None
