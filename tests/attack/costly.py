"""Pictures that are small to send and dear to decode."""

import io

import numpy as np
from PIL import Image


def encoded(picture: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def square(side: int) -> Image.Image:
    """A dark square on paper."""
    grey = np.full((side, side), 255, np.uint8)
    grey[side // 3 : side // 2, side // 3 : side // 2] = 0
    return Image.fromarray(grey)


def scans(side: int, count: int) -> bytes:
    """A progressive JPEG whose last scan comes so many times more."""
    whole = encoded(square(side), "JPEG", progressive=True)
    last = whole[whole.rfind(b"\xff\xda") : -2]
    return whole[:-2] + last * count + whole[-2:]
