"""A sheet as pixels: a picture, and an animation that writes it."""

import io
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageColor, ImageDraw

from vae_core.config import IMAGE_SIZE
from vae_core.writing.layout import MARGIN, Sheet
from vae_core.writing.outlines import Outline, area_of, flatten
from vae_core.writing.svg import RULE_STRENGTH, RULE_WIDTH, Look, rules_of

MAX_PIXELS = 16_000_000  # of a picture
MAX_FRAME_PIXELS = 500_000  # of an animation's pictures; a larger one is made smaller
SAMPLES = 16  # of one of the model's pixels, each way, at least
FEWEST = 4  # of a pixel of the picture, each way
FRAMES = 96  # at most, while it is written
MAX_FRAMES_A_SIGN = 8
MILLISECONDS = 40  # a frame
REST = 2000  # ms at the end
PAPER = "#ffffff"  # of an animation where none is chosen
SHADES = 16  # from paper to ink

Strip = tuple[int, int, Image.Image]  # left, top and mask of one sign


def picture(sheet: Sheet, look: Look) -> Image.Image:
    """The sheet as RGB, or as RGBA where there is no paper. Raises ValueError for more than MAX_PIXELS."""
    size = size_of(sheet, look.scale)
    if size[0] * size[1] > MAX_PIXELS:
        raise ValueError(f"expected a picture of at most {MAX_PIXELS / 1e6:g} megapixels, got {size[0]} x {size[1]}")
    mask = _ruled(sheet, look, size)
    for left, top, strip in _strips(sheet, look.scale):
        _lay(mask, left, top, strip)
    ink = Image.new("RGB", size, look.ink)
    if look.paper is None:
        ink.putalpha(mask)
        return ink
    return Image.composite(ink, Image.new("RGB", size, look.paper), mask)


def png_bytes(sheet: Sheet, look: Look) -> bytes:
    file = io.BytesIO()
    picture(sheet, look).save(file, "PNG")
    return file.getvalue()


def gif_bytes(sheet: Sheet, look: Look) -> bytes:
    """An animation that writes the sheet sign by sign, each from left to right, rests, and begins again.

    It is at most as large as MAX_FRAME_PIXELS say, and on white where no paper is chosen.
    """
    width, height = size_of(sheet, look.scale)
    smaller = min(1.0, (MAX_FRAME_PIXELS / (width * height)) ** 0.5)
    palette = _palette(look)
    frames = []
    for mask in _writing(sheet, Look(look.scale * smaller, look.ink, look.paper, look.ruled)):
        frame = mask.point([round(level * (SHADES - 1) / 255) for level in range(256)])
        frame.putpalette(palette)
        frames.append(frame)
    file = io.BytesIO()
    times = [MILLISECONDS] * (len(frames) - 1) + [REST]
    frames[0].save(file, "GIF", save_all=True, append_images=frames[1:], duration=times, loop=0, optimize=False)
    return file.getvalue()


def size_of(sheet: Sheet, scale: float) -> tuple[int, int]:
    """Width and height in pixels."""
    return max(1, round(sheet.width * scale)), max(1, round(sheet.height * scale))


def _writing(sheet: Sheet, look: Look) -> Iterator[Image.Image]:
    """Masks of the sheet as it is written."""
    mask = _ruled(sheet, look, size_of(sheet, look.scale))
    strips = list(_strips(sheet, look.scale))
    steps = max(1, min(MAX_FRAMES_A_SIGN, FRAMES // max(1, len(strips))))  # frames a sign
    signs = -(-len(strips) * steps // FRAMES)  # signs a frame, where they are too many
    yield mask.copy()
    for number, (left, top, strip) in enumerate(strips, 1):
        for step in range(steps):
            begin, end = (strip.width * at // steps for at in (step, step + 1))
            _lay(mask, left + begin, top, strip.crop((begin, 0, end, strip.height)))
            if number % signs == 0 or number == len(strips):
                yield mask.copy()


def _ruled(sheet: Sheet, look: Look, size: tuple[int, int]) -> Image.Image:
    """A mask with nothing on it but the lines that are ruled."""
    mask = Image.new("L", size)
    if look.ruled:
        draw = ImageDraw.Draw(mask)
        for y in np.multiply(rules_of(sheet), look.scale):
            ends = [(MARGIN / 2 * look.scale, y), (size[0] - MARGIN / 2 * look.scale, y)]
            draw.line(ends, fill=round(255 * RULE_STRENGTH), width=max(1, round(RULE_WIDTH * look.scale)))
    return mask


def _strips(sheet: Sheet, scale: float) -> Iterator[Strip]:
    for outline in sheet.outlines:
        if outline.contours:
            yield _strip(outline, scale)


def _strip(outline: Outline, scale: float) -> Strip:
    """The mask of one sign, no larger than it is."""
    points = outline.points * scale
    left, top = np.floor(points.min(axis=0)).astype(int)
    width, height = (np.ceil(points.max(axis=0)).astype(int) - (left, top) + 1).tolist()
    samples = min(SAMPLES, max(FEWEST, round(SAMPLES / scale)))
    fine = Image.new("L", (width * samples, height * samples))
    draw = ImageDraw.Draw(fine)
    curves = [flatten(contour * scale - (left, top)) * samples - 0.5 for contour in outline.contours]
    for curve in sorted(curves, key=lambda curve: -abs(area_of(curve))):  # a hole after what it is in
        draw.polygon(np.rint(curve).ravel().tolist(), fill=255 if area_of(curve) > 0 else 0)
    return int(left), int(top), fine.reduce(samples)


def _lay(mask: Image.Image, left: int, top: int, strip: Image.Image) -> None:
    """Ink on what is there already; where two signs meet they are not darker."""
    mask.paste(255, (left, top), strip)


def _palette(look: Look) -> list[int]:
    paper, ink = (np.array(ImageColor.getrgb(colour)[:3]) for colour in (look.paper or PAPER, look.ink))
    shares = np.linspace(0.0, 1.0, SHADES)[:, None]
    return np.rint(paper + shares * (ink - paper)).astype(int).ravel().tolist()


def on_pixels(outlines: list[Outline]) -> NDArray[np.float32]:
    """The outlines as `trace` gives them, drawn where the model put them: (N, 28, 28) in [0, 1], ink 1."""
    pictures = np.zeros((len(outlines), IMAGE_SIZE, IMAGE_SIZE), dtype=np.float32)
    for place, outline in enumerate(outlines):
        if outline.contours:
            page = Image.new("L", (IMAGE_SIZE, IMAGE_SIZE))
            _lay(page, *_strip(outline.moved(0.5, 0.5), 1.0))  # a pixel's middle is its place
            pictures[place] = np.asarray(page, dtype=np.float32) / 255.0
    return pictures
