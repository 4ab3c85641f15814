"""What is written, apart: which strokes or specks of ink belong to one digit, and which to the next."""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

TALL = 0.45  # of the tallest mark: a digit of its own is at least so tall
LAPPED = 0.35  # of the narrower mark's width, or height, that lies beside another mark of the same digit
NEAR = 0.12  # of the tallest mark: what is small and so near belongs to it
PAGE = 16  # marks that are no number any more but a page of writing

Box = tuple[float, float, float, float]  # left, top, right, bottom


def group(boxes: list[Box]) -> list[list[int]]:
    """Indices of the boxes of strokes, those of one digit together, in the order they are read."""
    groups = [[k] for k in range(len(boxes))]
    tallest = max((size_of(box) for box in boxes), default=0)
    merged = True
    while merged:
        merged = False
        around = [hull([boxes[k] for k in members]) for members in groups]
        for first in range(len(groups)):
            for second in range(first + 1, len(groups)):
                if belong(around[first], around[second], tallest):
                    groups[first] += groups.pop(second)
                    merged = True
                    break
            if merged:
                break
    return in_order(groups, [hull([boxes[k] for k in members]) for members in groups])


def belong(one: Box, other: Box, tallest: float) -> bool:
    """Whether two marks are of one digit: they overlap, or one is small and over, under or near the other."""
    beside, above = (shared(one, other, axis) for axis in (0, 1))
    apart_x, apart_y = (max(one[a] - other[2 + a], other[a] - one[2 + a], 0) for a in (0, 1))
    small = min(size_of(one), size_of(other)) < TALL * tallest
    if beside > LAPPED and above > LAPPED / 2:
        return True
    if small:
        return (beside > LAPPED and apart_y < TALL * tallest) or max(apart_x, apart_y) < NEAR * tallest
    return beside > LAPPED and apart_y < NEAR * tallest


def shared(one: Box, other: Box, axis: int) -> float:
    """The part of the narrower box that the other covers along an axis."""
    overlap = min(one[axis + 2], other[axis + 2]) - max(one[axis], other[axis])
    least = min(one[axis + 2] - one[axis], other[axis + 2] - other[axis])
    return overlap / max(least, 1e-9) if overlap > 0 else float(overlap == 0 and least == 0)


def size_of(box: Box) -> float:
    return max(box[2] - box[0], box[3] - box[1])


def hull(boxes: list[Box]) -> Box:
    left, top, right, bottom = zip(*boxes, strict=True)
    return min(left), min(top), max(right), max(bottom)


def in_order(groups: list[list[int]], around: list[Box]) -> list[list[int]]:
    """Line by line, from left to right."""
    lines: list[list[int]] = []
    for k in sorted(range(len(groups)), key=lambda k: around[k][1] + around[k][3]):
        last = around[lines[-1][-1]] if lines else None
        if last and (around[k][1] + around[k][3]) / 2 < last[3] and (last[1] + last[3]) / 2 > around[k][1]:
            lines[-1].append(k)
        else:
            lines.append([k])
    return [sorted(groups[k]) for line in lines for k in sorted(line, key=lambda k: around[k][0])]


def marks_of_ink(ink: NDArray[np.float32], half: float) -> tuple[list[tuple[Box, NDArray[np.float32]]], int]:
    """Of ink (H, W): the box of each digit, in shares of width and height, and its ink alone, cut out; and how many
    there are, also where they are too many to be told apart."""
    labels = np.empty(ink.shape, dtype=np.int32)
    ndimage.label(ink > half, structure=np.ones((3, 3)), output=labels)
    places = ndimage.find_objects(labels)
    boxes: list[Box] = [(x.start, y.start, x.stop, y.stop) for y, x in places]
    if len(boxes) > 4 * PAGE:
        return [], len(boxes)
    tallest, found = max(map(size_of, boxes), default=0), []
    height, width = ink.shape
    for members in group(boxes):
        left, top, right, bottom = (int(side) for side in hull([boxes[k] for k in members]))
        if max(right - left, bottom - top) >= TALL * tallest:
            cut = ink[top:bottom, left:right] * np.isin(labels[top:bottom, left:right], [0, *(k + 1 for k in members)])
            found.append(((left / width, top / height, right / width, bottom / height), np.pad(cut, 2)))
    return found, len(found)


def marks_of_strokes(strokes: list[NDArray[np.float64]]) -> list[list[int]]:
    """Indices of the strokes of each digit; what is too small to be one is of none."""
    boxes: list[Box] = [(*points.min(axis=0), *points.max(axis=0)) for points in strokes]
    tallest = max(map(size_of, boxes), default=0)
    return [g for g in group(boxes) if size_of(hull([boxes[k] for k in g])) >= TALL * tallest]
