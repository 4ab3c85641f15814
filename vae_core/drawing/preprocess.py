"""A picture of a digit -> (28, 28) as MNIST has it: size, place and pen width taken out."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFile
from scipy import ndimage

from vae_core.drawing.cost import HELD_PIXELS
from vae_core.drawing.file_format import OPENERS
from vae_core.drawing.ink import HALF, box_of, find_ink, pool
from vae_core.drawing.marks import PAGE, Box, marks_of_ink
from vae_core.drawing.picture_file import read_picture
from vae_core.drawing.strokes import BOX, EDGE, MIDDLE, PEN_WIDTH, SIDE, centre, centre_of_mass

GRID = 128  # samples along the longer side of the ink, at least, on which strokes are measured: seven a pixel
THIN, THICK = 2.1, 3.3  # pixels: pens outside are redrawn at the nearer of the two, the rest keep their width
MNIST_WIDTHS = (0.9, 6.5)  # pixels: pens with which a picture of MNIST's own size stays as it is; 99.9 % of MNIST
DOT = 0.75  # of the ink's longer side: a pen wider than this drew a dot

Floats = NDArray[np.float32]


def preprocess(drawing: Image.Image | NDArray[Any]) -> Floats:
    """Find the digit in a picture and draw it as MNIST has it: longer side 20 pixels, centre of mass in the middle.

    Ink may be darker or lighter than its paper, of any colour, in uneven light, on transparency. A pen thinner or
    thicker than MNIST's is brought to its range. What is of MNIST's size and pen already is moved by whole pixels only.

    Args:
        drawing: a PIL image of any mode, or an array (H, W), (H, W, 1), (H, W, 3), or with a last channel of opacity
            (H, W, 2) or (H, W, 4). Whole numbers are read as 0 to 255, or to 65535 where any is above 255; fractions
            as 0 to 1, or to 255 where any is above 1.

    Returns:
        (28, 28) in [0, 1]; ink is 1, paper exactly 0.

    Raises:
        BlankDrawing: nothing stands out from the paper.
        ValueError: the drawing is not what is described here, or has more than 60 million pixels (a file 200 million).
    """
    if isinstance(drawing, ImageFile.ImageFile):
        drawing = check_file(drawing)
    return draw_ink(find_ink(drawing))


def preprocess_each(drawing: Image.Image | NDArray[Any]) -> tuple[Floats, list[tuple[Box, Floats]], int]:
    """As `preprocess`, and each digit of several by itself, in the order they are read.

    Returns:
        the whole picture (28, 28); of each digit its box, left, top, right and bottom in shares of the picture's sides,
        and its picture (28, 28), at most 16 of them; and how many marks there are, of which a page of writing has more.
    """
    if isinstance(drawing, ImageFile.ImageFile):
        drawing = check_file(drawing)
    ink = find_ink(drawing)
    marks, count = marks_of_ink(ink, HALF)
    return draw_ink(ink), [(box, draw_ink(mark)) for box, mark in marks[:PAGE]], count


def draw_ink(ink: Floats) -> Floats:
    """Ink (H, W) in [0, 1] of a digit as MNIST has it, (28, 28)."""
    box = box_of(ink > 0)
    distance = measure_distance(ink)
    pen = 2 * pen_radius(distance) / longer_side(distance) * (BOX - EDGE)
    if max(ink[box].shape) in (BOX - 1, BOX) and MNIST_WIDTHS[0] <= pen <= MNIST_WIDTHS[1]:
        return move_whole(ink, box)
    return redraw(set_pen(distance))


def check_file(image: ImageFile.ImageFile) -> Image.Image | NDArray[Any]:
    """A picture file that somebody opened: of a format that is read, and decoded at a part of its size where large."""
    name = "JPEG" if image.format == "MPO" else image.format
    if name and name not in OPENERS:
        raise ValueError(f"expected a picture as {', '.join(OPENERS)}, got {name}")
    if image.width * image.height <= HELD_PIXELS or image.fp is None:
        return image
    image.fp.seek(0)
    return read_picture(image.fp.read())


def move_whole(ink: Floats, box: tuple[slice, slice]) -> Floats:
    """Put ink that fits the canvas on it, unchanged, with its centre of mass within half a pixel of the middle."""
    rows, columns = box
    move = MIDDLE - centre_of_mass(ink)
    steps = np.sign(move) * np.ceil(abs(move) - 0.52)  # a little over a half, so that moving twice is moving once
    height, width = ink[box].shape
    x, y = np.clip(steps.astype(int) + np.array([columns.start, rows.start]), 0, (SIDE - width, SIDE - height))
    canvas = np.zeros((SIDE, SIDE), dtype=np.float32)
    canvas[y : y + height, x : x + width] = ink[box]
    return canvas


def measure_distance(ink: Floats) -> Floats:
    """Distance to the edge of the strokes, in samples, above 0 inside, on a grid fine enough to draw from."""
    cropped = ink[box_of(ink > HALF)]
    cropped = pool(cropped, max(cropped.shape) // GRID, np.maximum)
    side = max(cropped.shape)
    cropped = np.pad(cropped, 1 + side * 3 // 10)
    if side < GRID:
        cropped = ndimage.zoom(cropped, -(-GRID // side), order=1, grid_mode=True, mode="grid-constant")
    inside = np.asarray(cropped) > HALF
    depth, height = (np.asarray(ndimage.distance_transform_edt(mask), np.float32) for mask in (inside, ~inside))
    return np.where(inside, depth - 0.5, 0.5 - height)


def pen_radius(distance: Floats) -> float:
    """Half the width of the pen, in samples: the middle value along the middle of the strokes."""
    ridge = (distance > 0) & (distance >= ndimage.maximum_filter(distance, size=3))
    return float(np.median(distance[ridge]))


def longer_side(distance: Floats) -> int:
    rows, columns = box_of(distance > 0)
    return max(rows.stop - rows.start, columns.stop - columns.start)


def redraw(distance: Floats) -> Floats:
    """Draw strokes (28, 28) from their distance on a grid."""
    rows, columns = box_of(distance > 0)
    size = np.array([columns.stop - columns.start, rows.stop - rows.start])
    middle = np.array([columns.start + columns.stop - 1, rows.start + rows.stop - 1]) / 2
    pen = 2 * pen_radius(distance)
    scale = PEN_WIDTH / pen if pen > DOT * size.max() else (BOX - EDGE) / (size.max() + 1)  # pixels a sample

    def draw(place: NDArray[np.float64]) -> Floats:
        x, y = (np.arange(SIDE) - place[:, None]) / scale + middle[:, None]
        sampled = ndimage.map_coordinates(distance, np.meshgrid(y, x, indexing="ij"), order=1, mode="nearest")
        return np.clip(sampled * scale / EDGE + 0.5, 0, 1).astype(np.float32)

    return centre(draw, size * scale + EDGE)


def set_pen(distance: Floats) -> Floats:
    """Grow or shrink strokes so that their pen is in MNIST's range once their longer side is 20 pixels."""
    side, pen = longer_side(distance), 2 * pen_radius(distance)
    drawn = pen / side * (BOX - EDGE)
    if THIN <= drawn <= THICK or pen > DOT * side:
        return distance
    wanted = THIN if drawn < THIN else THICK
    scale = (BOX - EDGE - wanted) / (side - pen)  # pixels a sample, once the pen is as wanted
    excess = (pen - wanted / scale) / 2
    if excess < 0:
        return distance - np.float32(excess)
    return distance - np.clip(radius_at(distance) - THIN / scale / 2, 0, excess).astype(np.float32)


def radius_at(distance: Floats) -> Floats:
    """Half the width, in samples, of the stroke nearest to each sample, so that thin parts are shrunk less."""
    reach = 3
    ridge = np.zeros(distance.shape, dtype=bool)
    for across in np.array([(0, 1), (1, 0), (1, 1), (1, -1)]) * reach:
        ahead, behind = np.roll(distance, across, (0, 1)), np.roll(distance, -across, (0, 1))
        ridge |= 2 * distance - ahead - behind > np.hypot(*across)
    ridge &= distance > 0
    y, x = np.asarray(ndimage.distance_transform_edt(~ridge, return_distances=False, return_indices=True))
    return distance[y, x]
