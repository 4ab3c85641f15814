"""How large a picture may be, and what decoding a file will cost: known before anything of it is decoded."""

from vae_core.drawing.file_format import NOT_A_PICTURE
from vae_core.drawing.file_header import Header

MAX_PIXELS = 200_000_000  # of a picture file, as many as a phone's camera takes
HELD_PIXELS = 60_000_000  # of a picture that is given as numbers, or opened by somebody else
MAX_MEMORY = 500_000_000  # bytes that one picture may take while it is decoded
MAX_WORK = 1_000_000_000  # pixels times passes over them
SMALL_PIXELS = 4_000_000  # which any file may claim to have
SPARSEST = 20_000  # pixels a byte; no file with something to read in it has more
SIDE = 1024  # pixels of the longer side, plenty to find a digit
PER_PIXEL = {"PNG": 5, "JPEG": 5, "BMP": 5, "TIFF": 9, "GIF": 9, "WEBP": 17, "AVIF": 10, "HEIF": 10}  # bytes, decoding
JPEG_SCALES = (8, 4, 2, 1)  # parts of its size at which a JPEG can be decoded
BROKEN = f"{NOT_A_PICTURE}, but this one is broken: save it anew, or take a screenshot of it"


def check_cost(name: str, header: Header, width: int, height: int) -> None:
    """Raises ValueError for what costs too much or cannot be true."""
    pixels = width * height
    if pixels > MAX_PIXELS:
        raise ValueError(f"expected a picture of at most {MAX_PIXELS // 10**6} million pixels: give a smaller one")
    if pixels > SMALL_PIXELS and pixels > SPARSEST * len(header.data):
        raise ValueError(BROKEN)
    if memory_of(name, header, width, height) > MAX_MEMORY:
        raise ValueError("expected a picture that takes less memory: make it smaller, or save it as a plain JPEG")
    if pixels * header.scans > MAX_WORK:
        raise ValueError("expected a picture with fewer passes over it: save it anew, as a plain JPEG")


def memory_of(name: str, header: Header, width: int, height: int) -> int:
    """Bytes that decoding takes: a JPEG can be decoded at a part of its size, others are as a whole."""
    pixels = width * height
    if name != "JPEG":
        return PER_PIXEL[name] * pixels
    scale = next((scale for scale in JPEG_SCALES if max(width, height) // (2 * SIDE) >= scale), 1)
    return PER_PIXEL[name] * pixels // scale**2 + 2 * header.coefficients
