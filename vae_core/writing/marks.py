"""Marks between digits, drawn as strokes of a pen that leans and is as thick as the hand that writes beside it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vae_core.writing.outlines import Outline, area_of, flatten, length_of

Array = NDArray[np.float64]

HEIGHT = 20.0  # pixels that MNIST scales a digit's longer side to
STROKES = {  # of each mark: the points of its strokes, x to the right and y up from the baseline, in pixels
    "-": (((0, 8.5), (7, 8.5)),),
    ".": (((0, 0.6), (0.5, 0.6)),),
    ",": (((1.6, 1.2), (1.5, -1.2), (0, -3.6)),),
    ":": (((0, 2.6), (0.5, 2.6)), ((0, 11.6), (0.5, 11.6))),
    "/": (((0, -1.5), (7, 20.5)),),
    "+": (((0, 9), (9, 9)), ((4.5, 4.5), (4.5, 13.5))),
    "(": (((4.5, 21), (1.2, 16.5), (0, 9.5), (1.2, 2.5), (4.5, -2)),),
    ")": (((0, 21), (3.3, 16.5), (4.5, 9.5), (3.3, 2.5), (0, -2)),),
}
WOBBLE = 0.35  # pixels, standard deviation of a mark's points at variation 1
CAP_POINTS = 5  # of a stroke's round end


@dataclass(frozen=True)
class Pen:
    """slope: pixels to the right per pixel up; thickness: pixels."""

    slope: float
    thickness: float


def pen_of(digits: NDArray[np.floating], outlines: list[Outline]) -> Pen:
    """The pen of some digits (N, 28, 28) and their outlines: the mean slope of their ink, by its moments, and the
    thickness of a long stroke with their area and perimeter."""
    contours = [flatten(contour) for outline in outlines for contour in outline.contours]
    rim = sum(map(length_of, contours))
    return Pen(float(np.mean([_slope(digit) for digit in digits])), 2.0 * sum(map(area_of, contours)) / max(rim, 1.0))


def mark(sign: str, pen: Pen, wobble: float, rng: np.random.Generator) -> Outline:
    """A mark, its baseline at y = 0, every point of its strokes off by `wobble` pixels (standard deviation)."""
    contours = []
    for stroke in STROKES[sign]:
        points = np.array(stroke, dtype=np.float64)
        points += wobble * rng.standard_normal(points.shape)
        points[:, 0] += pen.slope * points[:, 1]
        contours.append(_thick(points * (1.0, -1.0), pen.thickness / 2))
    return Outline(tuple(contours))


def _slope(digit: NDArray[np.floating]) -> float:
    """Pixels to the right per pixel up, from the second moments: -mu11 / mu02; 0 where there is no height."""
    ink = np.asarray(digit, dtype=np.float64)
    y, x = np.indices(ink.shape)
    total = ink.sum()
    if total <= 0.0:
        return 0.0
    x, y = x - (ink * x).sum() / total, y - (ink * y).sum() / total
    tall = (ink * y * y).sum()
    return -float((ink * x * y).sum() / tall) if tall > 0.0 else 0.0


def _thick(points: Array, radius: float) -> Array:
    """The outline of a stroke along points (P, 2) with round ends, as control points that go around the ink."""
    line = _rounded(points)
    along = np.gradient(line, axis=0)
    along /= np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-9)
    across = radius * np.stack([-along[:, 1], along[:, 0]], axis=1)
    return np.concatenate([line - across, _cap(line[-1], -across[-1]), (line + across)[::-1], _cap(line[0], across[0])])


def _rounded(points: Array) -> Array:
    """A stroke through its points, as evenly spaced as they are, with those between two of them on a curve."""
    if len(points) == 2:
        return points[0] + np.linspace(0.0, 1.0, 3)[:, None] * (points[1] - points[0])
    at = np.linspace(0, len(points) - 1, 3 * len(points))
    from scipy.interpolate import CubicSpline  # here, so that serving a model does not import it

    return CubicSpline(np.arange(len(points)), points)(at)


def _cap(end: Array, arm: Array) -> Array:
    """Half a circle from end + arm to end - arm, without these."""
    turn = np.linspace(0.0, np.pi, CAP_POINTS + 2)[1:-1, None]
    ahead = np.array([-arm[1], arm[0]])
    return end + np.cos(turn) * arm + np.sin(turn) * ahead
