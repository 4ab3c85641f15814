"""What a digit looks like, in degrees and pixels: slant, thickness, width, height and length of its stroke.

The measures are those of Castro et al. 2019, "Morpho-MNIST: Quantitative assessment and diagnostics for representation
learning", section 3, with a skeleton by thinning (Zhang and Suen 1984), a hundred times faster than a medial axis.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vae_core.config import IMAGE_SIZE

Values = NDArray[np.float64]

UNITS = {"slant": "degrees", "thickness": "pixels", "width": "pixels", "height": "pixels", "length": "pixels"}
MEASURES = tuple(UNITS)
SCALE = 4  # times each side is enlarged before it is measured
SMOOTH = SCALE / 3  # standard deviation in enlarged pixels of the blur that follows, a third of an original pixel
TRIM = 0.01  # share of the ink that may lie beyond each side of the box
LEAST_INK = 0.1  # contrast below which a picture is blank


def measure(images: ArrayLike) -> Values:
    """The measures of (28, 28) or (N, 28, 28) pictures in [0, 1], ink 1, as (N, 5) in the order of MEASURES.

    slant: degrees from upright, positive to the right. thickness: pixels, twice the mean distance of the skeleton from
    the paper. width, height: pixels, of the parallelogram of that slant which leaves 1 % of the ink beyond each side.
    length: pixels of the skeleton from centre to centre. A picture too blank to have a stroke is a row of NaN.
    Raises ValueError for other shapes, and for values outside [0, 1].
    """
    array = np.asarray(images, dtype=np.float64)
    array = array[None] if array.ndim == 2 else array
    if array.ndim != 3 or array.shape[1:] != (IMAGE_SIZE, IMAGE_SIZE):
        raise ValueError(f"expected images as (28, 28) or (N, 28, 28), got shape {tuple(np.shape(images))}")
    if not ((array >= 0.0) & (array <= 1.0)).all():
        raise ValueError(f"expected images in [0, 1], got {array.min()} to {array.max()}")
    enlarge = _enlarging()
    return np.array([_measure(np.clip(enlarge @ x @ enlarge.T, 0.0, 1.0)) for x in array]).reshape(-1, len(MEASURES))


def _enlarging() -> Values:
    """The matrix that enlarges one side of a picture by cubic splines and blurs it, (112, 28)."""
    from scipy import ndimage

    rows = ndimage.zoom(np.eye(IMAGE_SIZE), (SCALE, 1), order=3, mode="reflect", grid_mode=True)
    return ndimage.gaussian_filter1d(rows, SMOOTH, axis=0, mode="reflect")


def _measure(ink: Values) -> Values:
    """The measures of one enlarged picture (112, 112)."""
    from scipy import ndimage  # here, so that serving a model imports neither
    from skimage.morphology import skeletonize

    low, high = ink.min(), ink.max()
    black = ink >= 0.5 * (low + high)
    skeleton = skeletonize(black)
    if high - low < LEAST_INK or skeleton.sum() < 2:
        return np.full(len(MEASURES), np.nan)
    shear = _shear(ink)
    thickness = 2.0 * np.asarray(ndimage.distance_transform_edt(black))[skeleton].mean()
    y, x = np.mgrid[: len(ink), : len(ink)].astype(np.float64)
    width, height = _extent(x + shear * y, ink), _extent(y, ink)
    return np.array([np.degrees(np.arctan(shear)), *np.divide([thickness, width, height, _length(skeleton)], SCALE)])


def _shear(ink: Values) -> float:
    """Pixels to the right per pixel up, from the second moments: -mu11 / mu02."""
    y, x = (axis - np.average(axis, weights=ink) for axis in np.indices(ink.shape))
    return -float((ink * x * y).sum() / (ink * y * y).sum())


def _extent(place: Values, ink: Values) -> float:
    """How far the ink reaches along one axis, but for TRIM of it at either end."""
    place = place - place.min()
    share = np.bincount(place.astype(int).ravel(), weights=ink.ravel()).cumsum() / ink.sum()
    low, high = np.interp([TRIM, 1.0 - TRIM], np.r_[0.0, share], np.arange(len(share) + 1))
    return float(high - low)


def _length(skeleton: NDArray[np.bool_]) -> float:
    """Steps between neighbours on the skeleton: 1 along a side, the root of 2 across a corner."""
    straight = (skeleton[1:] & skeleton[:-1]).sum() + (skeleton[:, 1:] & skeleton[:, :-1]).sum()
    across = (skeleton[1:, 1:] & skeleton[:-1, :-1]).sum() + (skeleton[1:, :-1] & skeleton[:-1, 1:]).sum()
    return float(straight + np.sqrt(2.0) * across)
