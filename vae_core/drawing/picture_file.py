"""A picture file -> its pixels, no larger than is needed to find a digit, at a cost that is known before it is paid."""

import io
import struct
import threading
from contextlib import nullcontext

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFile

from vae_core.drawing.cost import BROKEN, SIDE, check_cost, memory_of
from vae_core.drawing.file_format import OPENERS, format_of
from vae_core.drawing.file_header import Header, read_header
from vae_core.drawing.orientation import ORIENTATION, orientation_in, turn_upright
from vae_core.drawing.reduced import fullest_frame

LARGE = 50_000_000  # bytes while it is decoded: such pictures are decoded one after another
ANIMATED = ("GIF", "PNG", "WEBP", "AVIF", "TIFF")
FAULTS = (OSError, ValueError, SyntaxError, EOFError, TypeError, AttributeError, KeyError, IndexError, OverflowError)
FAULTS += (
    struct.error,
    MemoryError,
    ZeroDivisionError,
    RuntimeError,
    NotImplementedError,
    Image.DecompressionBombError,
)
Bytes = NDArray[np.uint8]
one_large = threading.Lock()


def read_picture(data: bytes) -> Bytes:
    """The pixels (H, W, C) of a picture file, upright, their longer side at most 1024; C as in `preprocess`.

    Format, size and what decoding will cost are told from the file's first bytes. Of several frames, the one with the
    most ink. What is broken in a file's description (Exif, colours, comments) does not matter.

    Raises:
        ValueError: it is no picture, a broken one, or one that costs too much, in a sentence with what to do.
    """
    name = format_of(data)
    try:
        header = read_header(name, data)
    except FAULTS:
        raise ValueError(BROKEN) from None
    check_cost(name, header, header.width, header.height)
    memory = memory_of(name, header, header.width, header.height)
    with one_large if memory > LARGE or not header.width else nullcontext():
        try:
            image = OPENERS[name](io.BytesIO(header.data))
        except FAULTS:
            raise ValueError(BROKEN) from None
        check_cost(name, header, image.width, image.height)
        try:
            return decode(image, header)
        except FAULTS:
            raise ValueError(BROKEN) from None


def decode(image: ImageFile.ImageFile, header: Header) -> Bytes:
    orientation = header.orientation
    if image.format == "AVIF" and image.info.get("exif"):
        orientation = orientation_in(image.info["exif"])
    elif image.format == "TIFF":
        orientation = getattr(image, "tag_v2", {}).get(ORIENTATION, 1)
    if image.format == "JPEG":
        scale = 2 * SIDE / max(image.size)
        image.draft(None, (max(1, int(image.width * scale)), max(1, int(image.height * scale))))
    frames = header.frames or getattr(image, "n_frames", 1)
    reduced = fullest_frame(image, frames if image.format in ANIMATED else 1)
    return np.asarray(turn_upright(reduced, orientation))
