"""Grey pictures of digits to smooth outlines.

The level of half contrast is traced (marching squares), sampled anew in even steps and freed of the waves that pixels
leave (Taubin 1995, "Curve and surface smoothing without shrinkage"). The samples are the control points of a closed
quadratic B-spline: each span is a parabola from one middle of two neighbours to the next, so that the outline has no
corner at any size. All pictures go through each step at once.
"""

from dataclasses import dataclass
from typing import Any, cast

import contourpy
import numpy as np
from numpy.typing import ArrayLike, NDArray

from vae_core.config import IMAGE_SIZE

Array = NDArray[np.float64]

MARGIN = 2  # pixels of paper around a picture, so that every outline closes
LEVEL = 0.5  # of the contrast
STEP = 1.0  # pixels between two control points
LEAST_POINTS = 6
SMOOTHINGS = 6  # times that every sample moves towards its neighbours' middle by INWARDS, and away by OUTWARDS of it
INWARDS, OUTWARDS = 0.5, -0.53
LEAST_AREA = 1.5  # square pixels; less is a speck, of ink or of paper
SPAN_POINTS = 4  # to which each parabola is flattened


@dataclass(frozen=True)
class Outline:
    """Closed quadratic B-splines, the control points (P, 2) of each: x to the right, y down, in the model's pixels.

    Around ink the area by `area_of` is positive, around a hole in it negative; what is inside any of the first and none
    of the second, as the non-zero rule has it, is ink.
    """

    contours: tuple[Array, ...]

    def moved(self, x: float, y: float) -> "Outline":
        return Outline(tuple(contour + np.array([x, y]) for contour in self.contours))

    @property
    def points(self) -> Array:
        """All control points, (P, 2)."""
        return np.concatenate([*self.contours, np.empty((0, 2))])


def trace(pictures: ArrayLike) -> list[Outline]:
    """The outlines of (N, 28, 28) pictures in [0, 1], one each; of a blank picture one without contours."""
    grey = np.asarray(pictures, dtype=np.float64)
    points, ends, owners = _level_lines(grey)
    outlines: list[list[Array]] = [[] for _ in grey]
    for contour, owner in zip(_sampled(points, ends), owners, strict=True):
        if abs(area_of(contour)) >= LEAST_AREA:
            outlines[owner].append(contour)
    return [Outline(tuple(contours)) for contours in outlines]


def flatten(contour: Array) -> Array:
    """Points on a closed B-spline (P, 2), SPAN_POINTS of each of its parabolas, (4 P, 2)."""
    before, after = (contour + np.roll(contour, 1, axis=0)) / 2, (contour + np.roll(contour, -1, axis=0)) / 2
    t = np.linspace(0.0, 1.0, SPAN_POINTS, endpoint=False)[:, None]
    on = (1 - t) ** 2 * before[:, None] + 2 * t * (1 - t) * contour[:, None] + t**2 * after[:, None]
    return on.reshape(-1, 2)


def area_of(polygon: Array) -> float:
    """The area that a polygon (P, 2) goes around, from x towards y; the other way around it is negative."""
    x, y = polygon.T
    return float(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2


def length_of(polygon: Array) -> float:
    return float(np.linalg.norm(polygon - np.roll(polygon, 1, axis=0), axis=1).sum())


def _level_lines(pictures: Array) -> tuple[Array, NDArray[np.intp], NDArray[np.intp]]:
    """All closed lines at half contrast: their points (P, 2), where each begins and the last ends (C + 1,), and which
    picture each is of (C,). The pictures stand below each other, so that they are traced in one go."""
    side = IMAGE_SIZE + 2 * MARGIN
    contrast = np.maximum(pictures.max(axis=(1, 2), keepdims=True), np.finfo(np.float64).tiny)
    paper = np.pad(pictures / contrast, ((0, 0), (MARGIN, MARGIN), (MARGIN, MARGIN)))
    traced = contourpy.contour_generator(
        z=paper.reshape(-1, side), name="serial", line_type=contourpy.LineType.ChunkCombinedOffset
    )
    all_points, all_ends = cast(tuple[list[Array | None], list[Any]], traced.lines(LEVEL))  # a list for each chunk
    points, ends = all_points[0], all_ends[0]
    if points is None:
        return np.empty((0, 2)), np.zeros(1, np.intp), np.empty(0, np.intp)
    ends = ends.astype(np.intp)
    owners = (points[ends[:-1], 1] // side).astype(np.intp)
    points = points - MARGIN
    points[:, 1] -= side * np.repeat(owners, np.diff(ends))
    return points, ends, owners


def _sampled(points: Array, ends: NDArray[np.intp]) -> list[Array]:
    """Closed lines, whose last point is their first, sampled STEP apart or a little less, and smooth."""
    if len(ends) < 2:
        return []
    way = np.r_[0.0, np.linalg.norm(np.diff(points, axis=0), axis=1).cumsum()]  # on from line to line: it only grows
    start, length = way[ends[:-1]], way[ends[1:] - 1] - way[ends[:-1]]
    counts = np.maximum(LEAST_POINTS, np.ceil(length / STEP)).astype(np.intp)
    first = counts.cumsum() - counts
    share = (np.arange(counts.sum()) - first.repeat(counts)) / counts.repeat(counts)
    at = start.repeat(counts) + share * length.repeat(counts)
    sampled = np.stack([np.interp(at, way, axis) for axis in points.T], axis=1)
    return np.split(_smooth(sampled, first, counts), first[1:])


def _smooth(points: Array, first: NDArray[np.intp], counts: NDArray[np.intp]) -> Array:
    """Closed lines, each of so many points from its first on, without their short waves."""
    index = np.arange(len(points))
    before, after = index - 1, index + 1
    before[first], after[first + counts - 1] = first + counts - 1, first
    for share in (INWARDS, OUTWARDS) * SMOOTHINGS:
        points = points + share * ((points[before] + points[after]) / 2 - points)
    return points
