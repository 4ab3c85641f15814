"""A sheet of paper, a sticky note or a card in a photo of something else: a broad, even area with four corners."""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.spatial import ConvexHull, QhullError

SMALL = 64  # pixels: a picture whose longer side is shorter shows no sheet
GLANCE = 160  # pixels of the longer side on which a sheet is looked for
SHARES = (0.05, 0.92)  # of the picture that it fills
BORDER = 0.6  # of the picture's border that it takes at most; else it is the ground
CORNERED = 0.88  # of its outline that four corners enclose; an ellipse's is 0.64
SOLID = 0.65  # of it that is paper
CONVEX = 0.9  # of its hull that it fills
DIFFERENT = 0.12  # of the range from black to white, that it differs from what is around it
EDGE = 3  # pixels of the glance, to each side of its outline, over which it is seen to end
SHARP = 0.5  # of what it differs by, that it differs across its outline; light and shadow end softly
RIM = 0.02  # of its longer side, where its edge is

Bytes = NDArray[np.uint8]
Mask = NDArray[np.bool_]


def find_sheets(low: Bytes, high: Bytes) -> list[Mask]:
    """Masks (H, W) of what may be a sheet in a picture (H, W, C), the clearest first."""
    height, width = low.shape[:2]
    if max(height, width) < SMALL:
        return []
    block = max(1, -(-max(height, width) // GLANCE))
    colour = (low[::block, ::block].astype(np.float32) + high[::block, ::block]) / 510
    channels = [*np.moveaxis(colour, 2, 0), colour.mean(axis=2)]
    planes = [np.asarray(ndimage.uniform_filter(channel, 3), dtype=np.float32) for channel in channels]
    found = []
    for plane in planes[-1:] if len(planes) == 2 else planes:
        found += [(different, mask) for light in (True, False) for different, mask in sheet_in(plane, light)]
    found.sort(key=lambda pair: -pair[0])
    return [mask.repeat(block, axis=0).repeat(block, axis=1)[:height, :width] for _, mask in found]


def sheet_in(plane: NDArray[np.float32], light: bool) -> list[tuple[float, Mask]]:
    """How different and where the largest light, or dark, area of (h, w) is; nothing where it is no sheet."""
    area = (plane > otsu(plane)) == light
    labels = np.empty(area.shape, dtype=np.int32)
    if not ndimage.label(area, output=labels):
        return []
    paper = labels == 1 + np.bincount(labels.ravel())[1:].argmax()
    paper = np.asarray(ndimage.binary_opening(paper, iterations=2), dtype=np.bool_)
    if not paper.any():
        return []
    closed = np.asarray(ndimage.binary_closing(paper, iterations=3), dtype=np.bool_)
    sheet = np.asarray(ndimage.binary_fill_holes(closed | paper), dtype=np.bool_)
    edge = np.concatenate([sheet[0], sheet[-1], sheet[:, 0], sheet[:, -1]]).mean()
    if not SHARES[0] <= sheet.mean() <= SHARES[1] or edge > BORDER or paper.sum() < SOLID * sheet.sum():
        return []
    hull = hull_of(sheet)
    if hull is None or sheet.sum() < CONVEX * polygon_area(hull) or four_corners(hull) < CORNERED * polygon_area(hull):
        return []
    different = abs(float(np.median(plane[paper]) - np.median(plane[~sheet])))
    if across_outline(plane, sheet) < SHARP * different:
        return []
    rim = max(1, round(RIM * max(np.ptp(np.nonzero(sheet)[0]), np.ptp(np.nonzero(sheet)[1]))))
    eroded = np.asarray(ndimage.binary_erosion(np.pad(sheet, rim, "edge"), iterations=rim), dtype=np.bool_)
    inside = eroded[rim:-rim, rim:-rim]
    return [(different, inside)] if different >= DIFFERENT and inside.any() else []


def across_outline(plane: NDArray[np.float32], sheet: Mask) -> float:
    """How much what lies just within the outline of a sheet differs from what lies just outside."""
    within = sheet & ~np.asarray(ndimage.binary_erosion(sheet, iterations=EDGE, border_value=1), dtype=np.bool_)
    outside = np.asarray(ndimage.binary_dilation(sheet, iterations=EDGE), dtype=np.bool_) & ~sheet
    return abs(float(np.median(plane[within]) - np.median(plane[outside]))) if within.any() and outside.any() else 0.0


def otsu(values: NDArray[np.float32]) -> float:
    counts, edges = np.histogram(values, bins=128)
    below, total = np.cumsum(counts), np.cumsum(counts * (edges[:-1] + edges[1:]) / 2)
    above = below[-1] - below
    difference = total / np.maximum(below, 1) - (total[-1] - total) / np.maximum(above, 1)
    return float(edges[1 + np.argmax(below * above * np.square(difference))])


def hull_of(mask: Mask) -> NDArray[np.float64] | None:
    """Corners (N, 2) of the hull, in order."""
    points = np.argwhere(mask)
    try:
        return points[ConvexHull(points).vertices].astype(np.float64)
    except (QhullError, ValueError):
        return None


def polygon_area(corners: NDArray[np.float64]) -> float:
    y, x = corners.T
    return abs(float(x @ np.roll(y, 1) - y @ np.roll(x, 1))) / 2


def four_corners(hull: NDArray[np.float64]) -> float:
    """The area that is left when the least important corners are taken away until there are four."""
    while len(hull) > 4:
        before, after = np.roll(hull, 1, axis=0) - hull, np.roll(hull, -1, axis=0) - hull
        lost = abs(before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0])
        hull = np.delete(hull, lost.argmin(), axis=0)
    return polygon_area(hull)
