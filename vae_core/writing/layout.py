"""Signs to their places: digits on a baseline, line below line, as wide as their ink."""

from dataclasses import dataclass, field

import numpy as np

from vae_core.writing.marks import HEIGHT
from vae_core.writing.outlines import Outline

GAP = 4.0  # pixels between the ink of two neighbours, at spacing 1
BLANK = 9.0  # a space's width, at spacing 1
CELL = 18.0  # a sign's width where signs stand below each other, at spacing 1
MARGIN = 8.0  # pixels around the writing
ASCENT = 22.0  # from a baseline to the top of its line
LEADING = 32.0  # from baseline to baseline; what hangs below the last has the rest of it


@dataclass(frozen=True)
class Setting:
    """How signs are set.

    spacing: of the gaps between signs, 1 as usual. width: pixels of the sheet, in which lines are broken, or None.
    columns: whether signs of equal place stand below each other, and lines end together, as in a sum.
    """

    spacing: float = 1.0
    width: float | None = None
    columns: bool = False


@dataclass(frozen=True)
class Sheet:
    """What is written: the outline of each sign that has ink, where it stands, and what it is in the text.

    Everything is in the model's pixels, x to the right and y down.
    """

    text: str
    outlines: list[Outline] = field(repr=False)
    indices: list[int]  # in the text
    baselines: list[float]
    width: float
    height: float


@dataclass(frozen=True)
class _Box:
    """A sign's left edge and width in the frame that leans with the hand."""

    left: float
    width: float


def lay_out(text: str, outlines: dict[int, Outline], slope: float, setting: Setting) -> Sheet:
    """The sheet of a text whose signs have the outlines (by index, baseline at y = 0) of a hand of that slope."""
    boxes = {index: _box(outline, slope) for index, outline in outlines.items()}
    steps = {index: _advance(boxes.get(index), setting) for index, sign in enumerate(text) if sign != "\n"}
    margin = MARGIN + abs(slope) * HEIGHT / 2  # what leans reaches beyond its box at both ends
    lines = _broken(text, steps, np.inf if setting.width is None else setting.width - 2 * margin)
    longest = max(sum(steps[index] for index in line) for line in lines)
    baselines = [MARGIN + ASCENT + LEADING * row for row in range(len(lines))]
    placed, indices = [], []
    for line, baseline in zip(lines, baselines, strict=True):
        x = margin + (longest - sum(steps[index] for index in line) if setting.columns else 0.0)
        for index in line:
            if index in outlines:
                box = boxes[index]
                placed.append(outlines[index].moved(x + (steps[index] - box.width) / 2 - box.left, baseline))
                indices.append(index)
            x += steps[index]
    return Sheet(text, placed, indices, baselines, longest + 2 * margin, 2 * MARGIN + LEADING * len(lines))


def grounded(outline: Outline) -> Outline:
    """An outline whose ink begins at x = 0 and stands on y = 0."""
    if not outline.contours:
        return outline
    points = outline.points
    return outline.moved(-float(points[:, 0].min()), -float(points[:, 1].max()))


def _box(outline: Outline, slope: float) -> _Box:
    points = outline.points
    if not len(points):
        return _Box(0.0, 0.0)
    upright = points[:, 0] + slope * (points[:, 1] + HEIGHT / 2)  # leans about half the height, where digits meet
    return _Box(float(upright.min()), float(np.ptp(upright)))


def _advance(box: _Box | None, setting: Setting) -> float:
    if setting.columns:
        return max(CELL * setting.spacing, box.width if box else 0.0)
    return BLANK * setting.spacing if box is None else box.width + GAP * setting.spacing


def _broken(text: str, steps: dict[int, float], width: float) -> list[list[int]]:
    """The indices of each line: broken where the text is, and where it is too long, at its last space if there is one,
    which is left out then."""
    lines: list[list[int]] = [[]]
    for index, sign in enumerate(text):
        if sign == "\n":
            lines.append([])
            continue
        line = lines[-1]
        line.append(index)
        if len(line) > 1 and sum(steps[i] for i in line) > width:
            space = max((at for at, i in enumerate(line) if at and text[i] == " "), default=len(line) - 1)
            rest = line[space:]
            del line[space:]
            lines.append(rest[1:] if text[rest[0]] == " " else rest)
    return lines
