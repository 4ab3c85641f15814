"""A picture of any mode and size -> eight bits a channel and no larger than is needed, so that the same picture in two
modes stays the same; and of several frames the one with the most ink."""

import numpy as np
from PIL import Image, ImageFile

from vae_core.drawing.cost import SIDE
from vae_core.drawing.ink import find_ink
from vae_core.drawing.strokes import BlankDrawing

STRIP = 64  # rows of the reduced picture that are made at once, which bounds memory
FRAMES = 64  # looked at
FRAME_WORK = 200_000_000  # pixels of all frames up to the last looked at
GLANCE = 256  # pixels of the longer side, to tell which frame has most ink
NUMBERS = ("I", "F")  # modes of more than eight bits begin so


def fullest_frame(image: ImageFile.ImageFile, count: int) -> Image.Image:
    """Of `count` frames the one with the most ink, reduced."""
    best = reduce(image)
    count = min(count, FRAME_WORK // max(1, image.width * image.height))
    if count < 2:
        return best
    most = ink_in(best)
    for k in sorted({round(k) for k in np.linspace(0, count - 1, FRAMES)} - {0}):
        try:
            image.seek(k)
            frame = reduce(image)
        except (EOFError, OSError, ValueError, SyntaxError):
            break  # the rest of the file is broken
        if (ink := ink_in(frame)) > most:
            best, most = frame, ink
    return best


def ink_in(frame: Image.Image) -> float:
    small = frame.copy()
    small.thumbnail((GLANCE, GLANCE))
    try:
        return float(find_ink(np.asarray(small)).mean())
    except BlankDrawing:
        return 0.0


def reduce(image: Image.Image) -> Image.Image:
    """L, LA, RGB or RGBA, no side above 1024 pixels; of a large picture never a second copy as large is made."""
    image.load()
    block = max(image.size) // (2 * SIDE)
    limits = value_range(image) if image.mode.startswith(NUMBERS) else (0, 255)
    if block < 2:
        reduced = to_eight_bits(image, limits)
        reduced = reduced.copy() if reduced is image else reduced
    else:
        size = -(-image.width // block), -(-image.height // block)
        strips = [
            to_eight_bits(image.crop((0, top, image.width, min(top + STRIP * block, image.height))), limits).reduce(
                block
            )
            for top in range(0, image.height, STRIP * block)
        ]
        reduced = Image.new(strips[0].mode, size)
        for k, strip in enumerate(strips):
            reduced.paste(strip, (0, k * STRIP))
    reduced.thumbnail((SIDE, SIDE), Image.Resampling.BICUBIC)
    return reduced


def to_eight_bits(image: Image.Image, limits: tuple[float, float] = (0, 255)) -> Image.Image:
    """In L, LA, RGB or RGBA; `limits` are black and white of a picture of more bits."""
    if image.mode.startswith(NUMBERS):
        low, high = limits
        numbers = np.nan_to_num(np.asarray(image, dtype=np.float32), nan=low, posinf=high, neginf=low)
        return Image.fromarray(np.rint(np.clip((numbers - low) * (255 / (high - low)), 0, 255)).astype(np.uint8))
    if image.mode in ("La", "RGBa"):
        return image.convert(image.mode.upper())
    if image.mode == "PA" or (image.has_transparency_data and image.mode not in ("LA", "RGBA")):
        return image.convert("RGBA")
    if image.mode == "1":
        return image.convert("L")
    return image if image.mode in ("L", "LA", "RGB", "RGBA") else image.convert("RGB")


def value_range(image: Image.Image) -> tuple[float, float]:
    """Black and white: as `preprocess` reads numbers, or else the least and greatest there are."""
    numbers = np.asarray(image)
    finite = numbers[np.isfinite(numbers)] if image.mode == "F" else numbers
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
    if low < 0 or high > 65535:
        return low, max(high, low + 1)
    scale = (1, 255, 65535) if image.mode == "F" else (255, 65535)
    return 0.0, float(next(full for full in scale if high <= full))
