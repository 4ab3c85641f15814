"""A picture -> its ink: where the pen went, on whatever paper, in whatever light."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from vae_core.config import brief
from vae_core.drawing.cost import HELD_PIXELS
from vae_core.drawing.orientation import orientation_of, turn_upright
from vae_core.drawing.rules import erase
from vae_core.drawing.sheet import find_sheets
from vae_core.drawing.strokes import BlankDrawing

WORK_SIDE = 1024  # pixels: a larger picture is reduced before anything is looked for
MIN_CONTRAST = 0.04  # of the range from black to white: fainter is paper
GRAINS = 5.0  # standard deviations of the paper's grain: fainter is paper
LIGHT = 0.35  # of the range from black to white: how much the light on the paper varies, mostly
BROAD = 1 / 6  # of the picture's longer side: nothing broader is a pen, on paper that has a grain
DARKER, BROADER = 1.4, 1.3  # times what shadows are that a pen is, and times a pen that shadows are
SMALL = 64  # pixels: a picture whose longer side is shorter shows no light and shadow
SOFT = 0.85  # of the pen's contrast: the mean over strokes, whose edges are soft
HALF = 0.45  # of the pen's contrast: where a stroke ends; below 0.5, so that diagonal neighbours touch
SPECK = 0.1  # of the longest mark: shorter is a speck
STRAY = 0.25  # of the longest mark: shorter is a speck where it lies half that mark's length away
DUST = 0.005  # of the picture's longer side: where the longest mark is shorter, nothing is drawn
WRITING = 0.08  # of a sheet in a photo: what is smaller is not what was photographed
SHEET = 0.75  # of a picture's height and width, and of its own outline, that a sheet of paper or a frame fills

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]
Box = tuple[slice, slice]


def find_ink(drawing: Image.Image | NDArray[Any]) -> Floats:
    """Ink (H, W) in [0, 1]: 1 under the pen, exactly 0 on paper; larger pictures are reduced to 1024 pixels.

    Paper is what most of the border shows; ink is what differs from it, darker or lighter. What a drawing may be and
    what is raised is said in `vae_core.preprocess`.
    """
    low, high = reduce_size(read_channels(drawing))
    for sheet in find_sheets(low, high):
        try:
            return ink_on_sheet(low, high, sheet)
        except BlankDrawing:  # it is a blot, or nothing is drawn there
            continue
    ink = separate_ink(low, high)
    inside = find_sheet(ink > HALF)
    if inside is None:
        return ink
    try:
        return separate_ink(low[inside], high[inside])
    except BlankDrawing:  # what looked like a sheet or a frame is itself the drawing
        return ink


def ink_on_sheet(low: Bytes, high: Bytes, sheet: NDArray[np.bool_]) -> Floats:
    """Ink of what is on the sheet alone; raises BlankDrawing where nothing is that looks like writing."""
    box = box_of(sheet)
    inside, paper = sheet[box], np.median((low[sheet].astype(np.float32) + high[sheet]) / 2, axis=0).astype(np.uint8)
    near = [np.where(inside[:, :, None], picture[box], paper) for picture in (low, high)]
    ink = np.where(inside, separate_ink(*near), 0)
    mask = ink > HALF
    if not mask.any() or max(side.stop - side.start for side in box_of(mask)) < WRITING * max(mask.shape):
        raise BlankDrawing("expected a drawing, got a sheet with nothing on it")
    return ink


def read_channels(drawing: Image.Image | NDArray[Any]) -> Bytes:
    """(H, W, C), transparency resolved."""
    if isinstance(drawing, Image.Image):
        check_size(drawing.height, drawing.width)
        drawing = read_image(drawing)
    if not isinstance(drawing, np.ndarray):
        raise ValueError("expected a PIL image or a numpy array, got something else")
    channels = drawing[:, :, None] if drawing.ndim == 2 else drawing
    if channels.ndim != 3 or channels.shape[2] not in (1, 2, 3, 4):
        raise ValueError(f"expected a picture (H, W), (H, W, 3) or (H, W, 4), got shape {drawing.shape}")
    check_size(*channels.shape[:2])
    channels = to_bytes(channels)
    if channels.shape[2] in (2, 4):
        return resolve_alpha(channels[:, :, :-1], channels[:, :, -1])
    return channels


def check_size(height: int, width: int) -> None:
    if not 1 <= height * width <= HELD_PIXELS:
        raise ValueError(f"expected a picture of 1 to {HELD_PIXELS} pixels, got {height} x {width}")


def read_image(image: Image.Image) -> NDArray[Any]:
    """Numbers (H, W) or bytes (H, W, 3 or 4), turned upright as a camera asks."""
    try:
        image.load()
        image = turn_upright(image, orientation_of(image))
        if image.mode.startswith(("I", "F")):
            return np.asarray(image)
        if image.mode == "La":
            image = image.convert("LA")
        return np.asarray(image.convert("RGBA" if image.has_transparency_data else "RGB"))
    except OSError as error:
        raise ValueError("expected a whole picture, got one that cannot be read") from error


def to_bytes(numbers: NDArray[Any]) -> Bytes:
    """Whole numbers run to 255, or to 65535 where one is above 255; fractions to 1, or to 255 where one is above 1."""
    if numbers.dtype == np.uint8:
        return numbers
    if numbers.dtype.kind not in "biuf":
        raise ValueError(f"expected a picture of bytes, whole numbers, fractions or booleans, got {brief(numbers)}")
    least, most = float(numbers.min()), float(numbers.max())
    narrow, wide = (1, 255) if numbers.dtype.kind in "bf" else (255, 65535)
    full = narrow if most <= narrow else wide
    if not (least >= 0 and most <= full):  # nor is NaN
        raise ValueError(f"expected a picture of values from 0 to {full}, got {least:g} to {most:g}")
    return np.rint(numbers * np.float32(255 / full)).astype(np.uint8)


def resolve_alpha(colours: Bytes, alpha: Bytes) -> Bytes:
    """Strokes drawn on nothing are their own opacity; a sheet with a drawing is laid on a ground of its own colour."""
    if not alpha.any():
        return alpha[:, :, None]
    if alpha.min() == alpha.max():
        return colours
    solid = alpha >= alpha.max() / 2
    inside = colours[solid]
    is_sheet = solid[box_of(solid)].mean() > SHEET and np.ptp(inside, axis=0).max() > 255 / 5
    if not is_sheet:
        return alpha[:, :, None]
    ground = np.median(inside[:: 1 + len(inside) // 10_000], axis=0).astype(np.float32)
    weight = alpha[:, :, None] / np.float32(255)
    return np.rint(colours * weight + ground * (1 - weight)).astype(np.uint8)


def reduce_size(channels: Bytes) -> tuple[Bytes, Bytes]:
    """The darkest and the lightest of each block of pixels, so that no thin line is lost, dark or light."""
    block = -(-max(channels.shape[:2]) // WORK_SIDE)
    return pool(channels, block, np.minimum), pool(channels, block, np.maximum)


def pool(picture: NDArray[Any], block: int, extreme: np.ufunc) -> NDArray[Any]:
    """One value for each block x block pixels of (H, W, ...): their least or greatest."""
    if block <= 1:
        return picture
    rows, columns = (np.arange(0, side, block) for side in picture.shape[:2])
    return extreme.reduceat(extreme.reduceat(picture, rows, axis=0), columns, axis=1)


def separate_ink(low: Bytes, high: Bytes) -> Floats:
    """Ink (H, W) in [0, 1] of a picture (H, W, C) on one ground."""
    darkest, lightest = (np.moveaxis(picture, 2, 0).astype(np.float32, order="C") / 255 for picture in (low, high))
    paper = np.median(edge_pixels(low) / 510 + edge_pixels(high) / 510, axis=0).astype(np.float32)[:, None, None]
    darker, lighter = (paper - darkest).max(axis=0), (lightest - paper).max(axis=0)
    contrast = level_light(max(darker, lighter, key=prominence))
    ink = above_grain(contrast)
    if not is_even(contrast) and (breadth := breadth_of_pen(ink)):
        smooth = ndimage.uniform_filter(contrast, 1 + max(contrast.shape) // 128)
        ink = above_grain(contrast - np.asarray(ndimage.grey_opening(smooth, breadth), dtype=np.float32))
    pen = min(ink[ink >= split(ink[ink > 0])].mean() / SOFT, 1)
    return drop_specks(erase(np.minimum(ink / pen, 1), HALF))


def above_grain(contrast: Floats) -> Floats:
    """What is stronger than the paper's grain, 0 elsewhere; raises BlankDrawing where nothing is."""
    ink = np.where(contrast > np.clip(GRAINS * grain_of(contrast), MIN_CONTRAST, LIGHT), contrast, 0)
    if not ink.any():
        raise BlankDrawing("expected a drawing, got a picture in which nothing stands out")
    return ink


def breadth_of_pen(ink: Floats) -> int:
    """Pixels that are broader than the pen, where something fainter than it is broader too, which is the shadow of a
    hand; 0 where nothing is."""
    strong = ink[ink >= split(ink[ink > 0])]
    limit = split(strong)
    dark = ink >= limit
    near = np.asarray(ndimage.maximum_filter(dark, 1 + max(ink.shape) // 100), dtype=np.bool_)
    faint = (ink >= strong.min()) & ~near
    if not faint.any() or not dark.any() or ink[dark].mean() < DARKER * ink[faint].mean():
        return 0
    pen, shade = (
        2 * np.percentile(np.asarray(ndimage.distance_transform_edt(mask))[mask], 95) for mask in (dark, faint)
    )
    return int(1.5 * pen) + 3 if shade > BROADER * pen else 0


def edge_pixels(channels: NDArray[Any]) -> NDArray[Any]:
    """(P, C) of (H, W, C): the outermost row or column on each side."""
    rows, columns = channels[[0, -1]], channels[:, [0, -1]]
    return np.concatenate([rows.reshape(-1, channels.shape[2]), columns.reshape(-1, channels.shape[2])])


def grain_of(contrast: Floats) -> float:
    """Standard deviation of what is no further from the paper than light may be; 0 where most of it is the same."""
    paper = abs(contrast[abs(contrast) <= LIGHT])
    return 1.4826 * float(np.median(paper)) if paper.size else 0.0


def is_even(contrast: Floats) -> bool:
    """Whether there is no light and shadow to take away: the paper has no grain, or the picture no room for them."""
    return grain_of(contrast) == 0 or max(contrast.shape) < SMALL


def prominence(contrast: Floats) -> float:
    """How much stands out from its surroundings: light and shadow lie on both sides of their mean, ink on one."""
    if not is_even(contrast):
        contrast = contrast - np.asarray(ndimage.uniform_filter(contrast, max(contrast.shape) // 3), dtype=np.float32)
    return float((contrast**3).sum())


def level_light(contrast: Floats) -> Floats:
    """Take away whatever is broader than a pen, which is light and shadow."""
    if is_even(contrast):
        return contrast
    side = max(contrast.shape)
    smooth = ndimage.uniform_filter(contrast, 1 + side // 128)
    level = contrast - ndimage.grey_opening(smooth, int(side * BROAD))
    return level - np.median(level)


def split(values: Floats) -> float:
    """Otsu's threshold: where the two sides differ most from one another."""
    counts, edges = np.histogram(values, bins=128)
    below, total = np.cumsum(counts), np.cumsum(counts * (edges[:-1] + edges[1:]) / 2)
    above = below[-1] - below
    difference = total / np.maximum(below, 1) - (total[-1] - total) / np.maximum(above, 1)
    return float(edges[1 + np.argmax(below * above * np.square(difference))])


def drop_specks(ink: Floats) -> Floats:
    """Without marks that are tiny beside the longest, or small and far from it."""
    labels = np.empty(ink.shape, dtype=np.int32)
    ndimage.label(ink > 0, structure=np.ones((3, 3)), output=labels)
    boxes = ndimage.find_objects(np.where(ink > HALF, labels, 0), int(labels.max()))
    spans = np.array([[(side.start, side.stop) for side in box] if box else [(0, 0), (0, 0)] for box in boxes])
    lengths = np.ptp(spans, axis=2).max(axis=1)
    longest = lengths.max()
    if longest < DUST * max(ink.shape):
        raise BlankDrawing("expected a drawing, got specks")
    main = spans[lengths.argmax()]
    gaps = np.maximum(main[:, 0] - spans[:, :, 1], spans[:, :, 0] - main[:, 1]).max(axis=1)
    kept = (lengths >= SPECK * longest) & ((lengths >= STRAY * longest) | (gaps <= longest / 2))
    return np.where(np.concatenate([[False], kept])[labels], ink, 0)


def find_sheet(mask: NDArray[np.bool_]) -> Box | None:
    """The inside of a sheet of paper that was taken for ink, or of a line drawn round the picture."""
    rows, columns = box_of(mask)
    box = mask[rows, columns]
    if box.shape[0] < SHEET * mask.shape[0] or box.shape[1] < SHEET * mask.shape[1]:
        return None
    insets = range(1 + min(box.shape) // 16)
    filled = np.array([edge_pixels(box[i : -i or None, i : -i or None, None]).mean() for i in insets])
    if filled[0] >= SHEET and filled[-1] <= 1 - SHEET:
        inset = 1 + int(np.argmax(filled <= 1 - SHEET))
    elif filled[0] >= SHEET and box.mean() >= 0.6:
        inset = 1 + len(filled) // 4
    else:
        return None
    inside = slice(rows.start + inset, rows.stop - inset), slice(columns.start + inset, columns.stop - inset)
    return inside if mask[inside].size else None


def box_of(mask: NDArray[np.bool_]) -> Box:
    """Rows and columns from the first to the last that is marked."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)
