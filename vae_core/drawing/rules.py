"""Lines that are printed on the paper: rules, squares, and the boxes of forms. They are no ink."""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

SMALL = 64  # pixels: a picture whose longer side is shorter has no rules
THIN = 1 / 80  # of the picture's longer side: a rule is thinner
FRAME_THIN = 1 / 8  # of a box's shorter side: its lines are thinner
SPAN = 0.8  # of the paper, or of a box, that a line runs along
COVERED = 0.45  # of a line's length that is there; strokes cross the rest
GAP = 0.4  # of the length: what a stroke may cover at once
BEND = 0.12  # of a line's length that it may be away from level
MANY = 3  # lines that can be no part of one digit
FINE = 0.7  # of the pen: a finer line is no stroke
BOX = 0.12  # of the picture's longer side: a box is larger
EDGE = 0.1  # of a box's sides, in which its lines lie
CLOSED = 0.85  # of each side of a box that is there
CONTENT = 0.25  # of a box's shorter side: what is in it is longer
BOXES = 200  # marks looked at

Mask = NDArray[np.bool_]
Box = tuple[slice, slice]
ALL = np.ones((3, 3), dtype=bool)


def find_rules(mask: Mask) -> tuple[Mask, list[Box]]:
    """Of ink (H, W): what of it is printed lines, and the boxes that hold something else; nothing where lines are all
    there is, or where they may be strokes."""
    lines, boxes = np.zeros_like(mask), []
    if max(mask.shape) < SMALL or not mask.any():
        return lines, boxes
    for box, frame in find_frames(mask):
        rest = mask[box] & ~frame
        if longest(rest) >= CONTENT * min(rest.shape):
            lines[box] |= frame
            boxes.append(box)
    found = lines_across(mask & ~lines, max(2, int(THIN * max(mask.shape))))
    rest = mask & ~lines
    for line in found:
        rest &= ~line
    if rest.any() and longest(rest) >= EDGE * min(mask.shape):
        pen = 2 * float(np.percentile(np.asarray(ndimage.distance_transform_edt(rest))[rest], 80))
        for line in found:
            if len(found) >= MANY or is_apart(line, rest) or thickness(line) <= FINE * pen:
                lines |= line
    return lines, boxes


def find_frames(mask: Mask) -> list[tuple[Box, Mask]]:
    """Marks whose outline is a rectangle: where they are, and their lines."""
    labels = np.empty(mask.shape, dtype=np.int32)
    count = ndimage.label(mask, structure=ALL, output=labels)
    least, found = BOX * max(mask.shape), []
    boxes = ndimage.find_objects(labels) if count else []
    large = [(k, box) for k, box in enumerate(boxes, 1) if min(side.stop - side.start for side in box) >= least]
    for k, box in large[:BOXES]:
        mark = labels[box] == k
        if is_rectangle(mark):
            across = lines_across(mark, min(2 + int(1.6 * outline(mark)), int(FRAME_THIN * min(mark.shape))))
            if across:
                found.append((box, np.logical_or.reduce(across)))
    return found


def is_rectangle(mark: Mask) -> bool:
    """Whether ink lies along all four sides of its box."""
    rows, columns = (1 + int(EDGE * side) for side in mark.shape)
    sides = mark[:rows].any(0), mark[-rows:].any(0), mark[:, :columns].any(1), mark[:, -columns:].any(1)
    return min(side.mean() for side in sides) >= CLOSED


def lines_across(mask: Mask, thin: int) -> list[Mask]:
    """Lines at most `thin` pixels wide from one edge of the mask to the other, level or upright, straight or nearly."""
    return level_lines(mask, thin) + [line.T for line in level_lines(np.ascontiguousarray(mask.T), thin)]


def level_lines(mask: Mask, thin: int) -> list[Mask]:
    runs = np.empty(mask.shape, dtype=np.int32)
    ndimage.label(mask, structure=np.array([[0, 1, 0]] * 3), output=runs)
    fine = mask & (np.bincount(runs.ravel())[runs] <= thin)
    width = mask.shape[1]
    if fine.any(axis=0).mean() < COVERED * SPAN:
        return []
    joined = grown(fine, 1, max(1, int(GAP * width) // 2))
    labels = np.empty(mask.shape, dtype=np.int32)
    ndimage.label(joined, structure=ALL, output=labels)
    found = []
    for k, box in enumerate(ndimage.find_objects(labels), 1):
        if box[1].stop - box[1].start < SPAN * width or box[0].stop - box[0].start > 2 * thin + BEND * width:
            continue
        line = along_a_curve(fine[box] & (labels[box] == k))
        columns = np.flatnonzero(line.any(axis=0))
        if len(columns) >= COVERED * width and np.ptp(columns) >= SPAN * width:
            whole = np.zeros_like(mask)
            whole[box] = line
            found.append(whole)
    return found


def along_a_curve(line: Mask) -> Mask:
    """What of it lies along one gentle curve: what touches a line is left out."""
    y, x = np.nonzero(line)
    near, half = np.ones(len(x), dtype=bool), thickness(line) / 2
    for degree in (1, 1, 2):
        if np.ptp(x[near]) < 3:
            return line
        away = abs(y - np.polyval(np.polyfit(x[near], y[near], degree), x))
        near = away <= max(half + 1.5, 2 * float(np.median(away)) if degree == 1 else 0)
    kept = np.zeros_like(line)
    kept[y[near], x[near]] = True
    return kept


def outline(mark: Mask) -> float:
    """How thick a box is drawn: from each side the first ink, until it ends."""
    depths = []
    for side in (mark, mark[::-1], mark.T, mark.T[::-1]):
        start = side.argmax(axis=0)
        ends = ~side & (np.arange(len(side))[:, None] > start)
        depths.append(np.where(ends.any(axis=0), ends.argmax(axis=0), len(side)) - start)
    return float(np.median(np.concatenate(depths)))


def grown(mask: Mask, up: int, along: int) -> Mask:
    """With all that is at most so many pixels away."""
    return ndimage.maximum_filter(mask.view(np.uint8), size=(1 + 2 * up, 1 + 2 * along)).view(bool)


def thickness(line: Mask) -> float:
    across = line.sum(axis=0) if np.ptp(np.nonzero(line)[1]) >= np.ptp(np.nonzero(line)[0]) else line.sum(axis=1)
    return float(np.median(across[across > 0]))


def is_apart(line: Mask, rest: Mask) -> bool:
    return not (grown(line, 2, 2) & rest).any()


def longest(mask: Mask) -> int:
    """Pixels along the longer side of the longest mark."""
    labels = np.empty(mask.shape, dtype=np.int32)
    ndimage.label(mask, structure=ALL, output=labels)
    return max((max(s.stop - s.start for s in box) for box in ndimage.find_objects(labels)), default=0)


def erase(ink: NDArray[np.float32], half: float) -> NDArray[np.float32]:
    """Ink (H, W) in [0, 1] without printed lines, and without what is beside the boxes that hold something."""
    mask = ink > half / 2  # a line may be fainter than the pen
    lines, boxes = find_rules(mask)
    if not lines.any():
        return ink
    fringe = grown(lines, 2, 2) & ~(mask & ~lines)
    left = np.where(fringe, np.float32(0), ink)
    if not boxes:
        return left
    inside = np.zeros_like(mask)
    for box in boxes:
        inside[box] = True
    return np.where(inside, left, np.float32(0))
