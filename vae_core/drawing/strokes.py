"""Pen strokes -> (28, 28) as MNIST has it: the distance of every pixel to every segment, and a soft edge."""

from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vae_core.config import brief

SIDE = 28  # pixels along each side of a picture
BOX = 20.0  # pixels along the longer side of the ink, pen width included
MIDDLE = 14.0  # pixel index of the ink's centre of mass, in x and in y
PEN_WIDTH = 2.5  # pixels between the two points of half ink, the median of MNIST
PEN_WIDTHS = (0.5, 10.0)  # pixels, thinnest and thickest pen
EDGE = 1.1  # pixels over which ink fades to paper
STEP = 1 / 64  # of the drawing's longer side: path below which points are not told apart
MAX_POINTS = 20_000  # in one drawing: minutes of a fast pen, under a second of work
MAX_COORDINATE = 1e100  # far above any unit, far below overflow
FAINTEST = 1e-5  # ink; less is single precision's rounding at the edge of a stroke
CHUNK = 256  # segments measured at once, which bounds memory to a few megabytes


class BlankDrawing(ValueError):
    """Nothing is drawn, so there is no digit to read."""


def render_strokes(strokes: Iterable[ArrayLike], width: float = PEN_WIDTH) -> NDArray[np.float32]:
    """Draw pen strokes as MNIST has its digits: longer side 20 pixels, centre of mass in the middle, soft edges.

    Args:
        strokes: one (N_i, 2) array of points a stroke, x to the right, y down, in any one unit. A stroke of one
            point is a dot.
        width: of the pen, in pixels of the result.

    Returns:
        (28, 28) in [0, 1]; ink is 1.

    Raises:
        BlankDrawing: there are no points.
        ValueError: strokes or width are not what is described here.
    """
    if not PEN_WIDTHS[0] <= width <= PEN_WIDTHS[1]:
        raise ValueError(f"expected a pen width from {PEN_WIDTHS[0]} to {PEN_WIDTHS[1]} pixels, got {width}")
    starts, ends = join_points(fit_unit(check_strokes(strokes)))
    size = (BOX - width - EDGE) / (np.ptp(starts, axis=0).max() or 1)
    return draw_centred(starts * size, ends * size, width)


def check_strokes(strokes: Iterable[ArrayLike]) -> list[NDArray[np.float64]]:
    if isinstance(strokes, str) or not isinstance(strokes, Iterable):
        raise ValueError("expected a list of strokes, got something else")
    checked = [points for points in map(check_stroke, strokes) if len(points)]
    count = sum(map(len, checked))
    if count == 0:
        raise BlankDrawing("expected at least one point, got an empty drawing")
    if count > MAX_POINTS:
        raise ValueError(f"expected at most {MAX_POINTS} points, got {count}")
    return checked


def check_stroke(stroke: ArrayLike) -> NDArray[np.float64]:
    try:
        points = np.asarray(stroke)
    except ValueError:
        raise ValueError("expected each stroke as (N, 2) numbers, got rows of different lengths") from None
    if points.shape in ((0,), (0, 2)):
        return np.empty((0, 2))
    if points.dtype.kind not in "iuf" or points.ndim != 2 or points.shape[1] != 2:
        raise ValueError(f"expected each stroke as (N, 2) numbers, got {brief(points)}")
    if not (abs(points.astype(np.float64)) <= MAX_COORDINATE).all():
        raise ValueError(f"expected finite coordinates within {MAX_COORDINATE:g}, got NaN, infinity or more")
    return points.astype(np.float64)


def fit_unit(strokes: list[NDArray[np.float64]]) -> list[NDArray[np.float64]]:
    """Move and scale so that the longer side is 1; a drawing without extent stays a dot."""
    points = np.concatenate(strokes)
    extent = np.ptp(points, axis=0).max() or 1
    return [(stroke - points.min(axis=0)) / extent for stroke in strokes]


def join_points(strokes: list[NDArray[np.float64]]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The two ends (S, 2) of every segment; every stroke also ends in a dot, which is all there is of a lone point."""
    starts, ends = [], []
    for points in strokes:
        path = np.cumsum(np.hypot(*np.diff(points, axis=0, prepend=points[:1]).T))
        keep = np.diff(path // STEP, prepend=-1) > 0
        keep[-1] = True
        starts.append(points[keep])
        ends.append(np.concatenate([points[keep][1:], points[-1:]]))
    return np.concatenate(starts), np.concatenate(ends)


def draw_centred(starts: NDArray[np.float64], ends: NDArray[np.float64], width: float) -> NDArray[np.float32]:
    """Segments (S, 2), in pixels, drawn with their centre of mass in the middle."""
    middle = (starts.min(axis=0) + starts.max(axis=0)) / 2
    return centre(
        lambda place: draw_segments(starts - middle + place, ends - middle + place, width),
        np.ptp(starts, axis=0) + width + EDGE,
    )


def centre(
    draw: Callable[[NDArray[np.float64]], NDArray[np.float32]], size: NDArray[np.float64]
) -> NDArray[np.float32]:
    """Draw ink so that its centre of mass is in the middle of the canvas, or as near as keeps all of it there.

    Args:
        draw: given where the middle of the ink's box goes, (x, y) in pixels, the picture (28, 28).
        size: of that box, (x, y) in pixels.
    """
    canvas_middle = (SIDE - 1) / 2
    spare = (SIDE - size) / 2
    place = np.full(2, canvas_middle)
    for _ in range(2):
        place = place + MIDDLE - centre_of_mass(draw(place))
        place = np.clip(place, canvas_middle - spare, canvas_middle + spare)
    return draw(place)


def draw_segments(starts: NDArray[np.float64], ends: NDArray[np.float64], width: float) -> NDArray[np.float32]:
    """Ink (28, 28) of segments with round caps between points (S, 2), in pixels."""
    nearest = np.full((SIDE, SIDE), np.inf, dtype=np.float32)
    for first in range(0, len(starts), CHUNK):
        squared = squared_distance(starts[first : first + CHUNK], ends[first : first + CHUNK])
        np.minimum(nearest, squared.min(axis=0), out=nearest)
    ink = np.clip((width / 2 - np.sqrt(nearest)) / EDGE + 0.5, 0, 1).astype(np.float32)
    ink[ink < FAINTEST] = 0
    return ink


def squared_distance(starts: NDArray[np.float64], ends: NDArray[np.float64]) -> NDArray[np.float32]:
    """(S, 28, 28): of each pixel to each segment, from how far it is across the segment and beyond its ends."""
    run = (ends - starts).astype(np.float32)
    length = np.hypot(run[:, 0], run[:, 1])
    run[length == 0] = 1, 0  # a dot has no direction: any will do
    cos, sin = (run / np.hypot(run[:, 0], run[:, 1])[:, None]).T[:, :, None]  # (S, 1) each
    middle = ((starts + ends) / 2).astype(np.float32)
    x, y = np.arange(SIDE, dtype=np.float32) - middle.T[:, :, None]  # (S, 28) each
    along = (y * sin)[:, :, None] + (x * cos)[:, None, :]
    across = (y * cos)[:, :, None] - (x * sin)[:, None, :]
    beyond = np.maximum(abs(along) - length[:, None, None] / 2, 0)
    return across * across + beyond * beyond


def centre_of_mass(picture: NDArray[np.floating]) -> NDArray[np.float64]:
    """(x, y) of a picture (H, W), in pixels."""
    columns, rows = picture.sum(axis=0, dtype=np.float64), picture.sum(axis=1, dtype=np.float64)
    return np.array([columns @ np.arange(len(columns)), rows @ np.arange(len(rows))]) / rows.sum()
