"""The marks of a mask, told apart: however many there are, the largest only."""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

MARKS = 2000  # to find the boxes of a hundred thousand takes SciPy seconds, in which nothing else of Python runs
ALL = np.ones((3, 3))  # diagonal neighbours touch


def label_marks(mask: NDArray[np.bool_], counted: NDArray[np.bool_] | None = None) -> NDArray[np.int32]:
    """Labels (H, W) from 1 of the marks of a mask, 0 beside them.

    Where there are more than MARKS, those with the most pixels, of those `counted` where given; the rest are 0.
    """
    labels = np.empty(mask.shape, dtype=np.int32)
    ndimage.label(mask, structure=ALL, output=labels)
    if labels.max(initial=0) <= MARKS:
        return labels
    sizes = np.bincount((labels if counted is None else labels[counted]).ravel(), minlength=int(labels.max()) + 1)
    sizes[0] = 0
    kept = np.sort(np.argpartition(sizes, -MARKS)[-MARKS:])
    numbers = np.zeros(len(sizes), np.int32)
    numbers[kept] = np.arange(1, MARKS + 1)
    return numbers[labels]
