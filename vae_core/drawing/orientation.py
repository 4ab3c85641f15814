"""How a camera was held, as its file tells; a broken description is none."""

from PIL import Image

ORIENTATION = 0x0112  # tag of Exif and TIFF
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def orientation_in(exif: bytes) -> int:
    """1 to 8 of a block of Exif."""
    described = Image.Exif()
    try:
        described.load(exif)
        turn = described.get(ORIENTATION, 1)
    except Exception:  # of any kind: only the pixels count
        return 1
    return turn if turn in TURNS else 1


def orientation_of(image: Image.Image) -> int:
    """1 to 8 of a picture that somebody opened."""
    try:
        turn = image.getexif().get(ORIENTATION, 1)
    except Exception:
        return 1
    return turn if turn in TURNS else 1


def turn_upright(image: Image.Image, orientation: int) -> Image.Image:
    return image.transpose(TURNS[orientation]) if orientation in TURNS else image
