"""A photo, or any other file with a picture, to what the model sees of it."""

import vae_core
from demo.door.sight import Sight, sight_of_picture
from vae_core.drawing.picture_file import read_picture

BLANK = "no digit stands out in this picture. Dark ink on light paper works best"


def look(photo: bytes) -> Sight:
    """The digit in a picture file as the model sees it, and each of several; raises ValueError where none is found."""
    try:
        return sight_of_picture(read_picture(photo))
    except vae_core.BlankDrawing:
        raise ValueError(BLANK) from None
