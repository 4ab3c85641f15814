"""What people draw that is no digit, made: shapes, scribbles, letters, spoilt digits, and several digits side by side.

Everything here takes the random generator it draws with, and gives strokes for `render_strokes` or a picture as MNIST
has it.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from scipy.interpolate import CubicSpline

from vae_core.drawing.ink import box_of
from vae_core.drawing.preprocess import move_whole, preprocess

LETTERS = "ACEFHJKLMNPQRTUVWXYacdefhkmnprtuvwxy&@#%?!$"  # those that no digit resembles
FONTS = "/usr/share/fonts/truetype/dejavu"  # Debian's fonts-dejavu
SIZES = (60, 160)  # of a printed letter, in pixels
TILT = 12.0  # degrees, most that a printed letter is turned
POINTS = 60  # of a curve
JOINED = 0.7  # of spliced pieces go on from the one before
TURN_ALIKE = {0, 1, 8}  # digits that stay a digit when turned by a quarter or mirrored; 1 turned is a flat line

Picture = NDArray[np.float32]
Strokes = list[NDArray[np.floating]]
Maker = Callable[[np.random.Generator], Strokes]
Font = str | Path | ImageFont.FreeTypeFont


def scribble(rng: np.random.Generator) -> Strokes:
    """One to three curves: splines through scattered points, sums of waves, spirals, zigzags or ways of a fly."""
    makers = (_spline, _waves, _spiral, _zigzag, _fly)
    count = int(rng.choice([1, 1, 2, 3]))
    return [makers[rng.integers(len(makers))](rng) + rng.normal(0.0, 0.5, 2) for _ in range(count)]


def _spline(rng: np.random.Generator) -> NDArray[np.float64]:
    knots = rng.normal(size=(int(rng.integers(6, 13)), 2))
    return CubicSpline(np.arange(len(knots)), knots)(np.linspace(0, len(knots) - 1, 2 * POINTS))


def _waves(rng: np.random.Generator) -> NDArray[np.float64]:
    """x and y each the sum of three waves, twice around at the quickest."""
    time = np.linspace(0, 2 * np.pi * rng.uniform(0.8, 2.0), 2 * POINTS)[:, None, None]
    height, phase = rng.normal(size=(2, 3)), rng.uniform(0, 2 * np.pi, (2, 3))
    return (height * np.sin(time * np.array([1, 2, 3]) + phase)).sum(axis=2)


def _spiral(rng: np.random.Generator) -> NDArray[np.float64]:
    turn = np.linspace(0, 2 * np.pi * rng.uniform(2.0, 5.0), 3 * POINTS) + rng.uniform(0, 2 * np.pi)
    radius = np.linspace(rng.uniform(0.1, 0.7), 1.0, len(turn))
    return np.stack([rng.uniform(0.6, 1.4) * radius * np.cos(turn), radius * np.sin(turn)], axis=1)


def _zigzag(rng: np.random.Generator) -> NDArray[np.float64]:
    corners = int(rng.integers(4, 11))
    path = np.stack([np.linspace(-1, 1, corners), rng.uniform(0.3, 1.2) * (-1.0) ** np.arange(corners)], axis=1)
    return (path + rng.normal(0.0, 0.1, path.shape)) @ _turn(rng.uniform(0, np.pi))


def _fly(rng: np.random.Generator) -> NDArray[np.float64]:
    """At an even pace, in a direction that changes smoothly now and at once then."""
    change = rng.normal(0.0, rng.uniform(0.1, 0.4), 2 * POINTS) + rng.normal(0.0, 1.5, 2 * POINTS) * (
        rng.random(2 * POINTS) < 4 / POINTS
    )
    heading = rng.uniform(0, 2 * np.pi) + np.cumsum(change)
    return np.cumsum(np.stack([np.cos(heading), np.sin(heading)], axis=1), axis=0) / POINTS


def _turn(angle: float) -> NDArray[np.float64]:
    return np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])


def lines(rng: np.random.Generator) -> Strokes:
    """A flat line, a few of them, a cross, a grid, a fan or an arrow; straight up to the hand's unsteadiness."""
    match rng.integers(5):
        case 0:  # one, flat
            ends = [(0.0, 1.0)]
        case 1:  # parallel and flat
            ends = [(height, 1.0) for height in np.cumsum(rng.uniform(0.15, 0.5, rng.integers(2, 4)))]
        case 2 | 3:  # crossing in the middle
            angles = np.arange(rng.integers(2, 5)) + rng.uniform(-0.15, 0.15)
            angles = angles * np.pi / len(angles) + rng.choice([0.0, np.pi / 4]) * (len(angles) == 2)
            return [_unsteady(_segment(-1, 1) @ _turn(a), rng) for a in angles]
        case _:  # an arrow, or a fan from one point
            angles = rng.permutation([0.0, 0.6, -0.6, 1.2, -1.2])[: rng.integers(3, 5)] + rng.uniform(0, 2 * np.pi)
            return [_unsteady(_segment(0, rng.uniform(0.6, 1.0)) @ _turn(a), rng) for a in angles]
    tilt = _turn(rng.uniform(-0.35, 0.35))
    return [_unsteady((_segment(0, length) + np.array([0.0, height])) @ tilt, rng) for height, length in ends]


def _segment(start: float, end: float) -> NDArray[np.float64]:
    return np.stack([np.linspace(start, end, 8), np.zeros(8)], axis=1)


def _unsteady(points: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    """Bent a little along its way."""
    bend = np.sin(np.linspace(0, np.pi * rng.uniform(0.5, 2.0), len(points)))[:, None]
    return points + bend * rng.normal(0.0, 0.03, 2)


def shape(rng: np.random.Generator) -> Strokes:
    """A triangle, a star or a zigzag of corners around a middle, closed; three corners at least."""
    corners = int(rng.choice([3, 3, 5, 5, 6, 7]))
    step = 1 if corners == 3 else 2
    angle = np.arange(corners + 1) * step * 2 * np.pi / corners + rng.uniform(0, 2 * np.pi)
    points = np.stack([np.cos(angle), rng.uniform(0.7, 1.2) * np.sin(angle)], axis=1)
    points[:-1] += rng.normal(0.0, 0.08, (corners, 2))
    points[-1] = points[0] + rng.normal(0.0, 0.06, 2)
    return [points]


def glyph(rng: np.random.Generator) -> Strokes:
    """A letter of no alphabet: three to five lines and bows between points of a coarse grid, most of them joined."""
    grid = np.stack(np.meshgrid([0.0, 0.5, 1.0], [0.0, 0.4, 0.8, 1.2]), axis=-1).reshape(-1, 2)
    points = grid + rng.normal(0.0, 0.07, grid.shape)
    used, strokes = [int(rng.integers(len(points)))], []
    for _ in range(rng.integers(3, 6)):
        start = used[rng.integers(len(used))] if rng.random() < 0.75 else int(rng.integers(len(points)))
        end = int(rng.integers(len(points) - 1))
        end += end >= start
        a, b = points[start], points[end]
        bow = (a + b) / 2 + (rng.random() < 0.5) * rng.normal(0.0, 0.5, 2)
        time = np.linspace(0, 1, 16)[:, None]
        strokes.append((1 - time) ** 2 * a + 2 * time * (1 - time) * bow + time**2 * b)
        used += [start, end]
    return strokes


def mixed(drawings: Sequence[Strokes], rng: np.random.Generator) -> Strokes:
    """Two to four strokes of two signs, each sign first brought to one size."""
    strokes: Strokes = []
    for index in rng.integers(len(drawings), size=2):
        points = np.concatenate(drawings[index])
        low, size = points.min(axis=0), max(np.ptp(points, axis=0).max(), 1e-6)
        taken = rng.permutation(len(drawings[index]))[: rng.integers(1, 3)]
        strokes += [(drawings[index][i] - low) / size for i in taken]
    return strokes


def spliced(drawings: Sequence[Strokes], rng: np.random.Generator) -> Strokes:
    """Three to five pieces of pen strokes, each cut somewhere, turned, and half of them mirrored; most begin where the
    one before ended, without lifting the pen."""
    strokes: Strokes = []
    end = np.zeros(2)
    for index in rng.integers(len(drawings), size=rng.integers(3, 6)):
        whole = drawings[index][rng.integers(len(drawings[index]))]
        count = max(2, round(len(whole) * rng.uniform(0.3, 0.9)))
        first = int(rng.integers(max(1, len(whole) - count)))
        piece = whole[first : first + count] * [rng.choice([-1, 1]), 1] @ _turn(rng.uniform(0, 2 * np.pi))
        joined = bool(strokes) and rng.random() < JOINED
        piece = piece - piece[0] + end + (0 if joined else rng.normal(0.0, 0.4, 2))
        if joined:
            strokes[-1] = np.concatenate([strokes[-1], piece])
        else:
            strokes.append(piece)
        end = piece[-1]
    return strokes


def dots(rng: np.random.Generator) -> Strokes:
    """One to eight dots; some smeared."""
    places = rng.normal(size=(int(rng.integers(1, 9)), 1, 2))
    return [np.concatenate([p, p + rng.normal(0.0, 0.03, (1, 2))]) if rng.random() < 0.3 else p for p in places]


def find_fonts(folder: str | Path) -> list[Path]:
    """The fonts in a folder and below; raises ValueError where there are none."""
    found = sorted(path for path in Path(folder).glob("**/*") if path.suffix.lower() in (".ttf", ".otf"))
    if not found:
        raise ValueError(f"expected fonts (.ttf or .otf) in {folder}, found none")
    return found


def letter(rng: np.random.Generator, fonts: Sequence[Font]) -> Picture:
    """A printed letter or sign, or one time in eight a word of two or three, a little turned."""
    font = fonts[int(rng.integers(len(fonts)))]
    size = int(rng.integers(*SIZES))
    font = font.font_variant(size=size) if isinstance(font, ImageFont.FreeTypeFont) else ImageFont.truetype(font, size)
    text = "".join(rng.choice(list(LETTERS), int(rng.choice([1] * 14 + [2, 3]))))
    left, top, right, bottom = map(int, font.getbbox(text))
    page = Image.new("L", (right - left + 100, bottom - top + 100), 255)
    ImageDraw.Draw(page).text((50 - left, 50 - top), text, font=font, fill=0)
    return preprocess(page.rotate(rng.uniform(-TILT, TILT), fillcolor=255))


def spoilt(pictures: NDArray[np.uint8], digits: NDArray[np.integer], rng: np.random.Generator) -> Picture:
    """One of the digits (N, 28, 28) mirrored, turned, with another's half, or under another."""
    a, b = rng.integers(len(pictures), size=2)
    while digits[a] in TURN_ALIKE or digits[a] == digits[b]:
        a, b = rng.integers(len(pictures), size=2)
    one, other = pictures[a], pictures[b]
    match rng.integers(4):
        case 0:
            made = one[:, ::-1]
        case 1:
            made = np.rot90(one, rng.choice([1, 3]))
        case 2:
            made = np.vstack([one[:14], other[14:]]) if rng.random() < 0.5 else np.hstack([one[:, :14], other[:, 14:]])
        case _:
            made = np.maximum(one, other)
    return move_whole(made.astype(np.float32) / np.float32(255), box_of(made > 0))


def row_of_pictures(pictures: Sequence[NDArray[np.uint8]], rng: np.random.Generator) -> Picture:
    """Digits (28, 28) written in a row: boxes side by side, at about one height, touching at the nearest."""
    boxes = [picture[box_of(picture > 127)] for picture in pictures]
    gaps = rng.uniform(0, 9) + rng.uniform(-1.5, 1.5, len(boxes))
    canvas = np.zeros((48, sum(b.shape[1] for b in boxes) + 12 * len(boxes) + 20), np.uint8)
    left = 10
    for box, gap in zip(boxes, gaps, strict=True):
        height, width = box.shape
        top = 14 + int(rng.integers(-2, 3)) + (20 - height) // 2
        part = canvas[top : top + height, left : left + width]
        np.maximum(part, box, out=part)
        left += width + max(0, round(gap))
    return preprocess(canvas)


def row_of_strokes(drawings: Sequence[Strokes], rng: np.random.Generator) -> Strokes:
    """Pen digits written in a row, each about 1 high."""
    row: Strokes = []
    left, gap = 0.0, rng.uniform(0.08, 0.5)
    for drawing in drawings:
        points = np.concatenate(drawing)
        low, size = points.min(axis=0), np.ptp(points, axis=0)
        scale = rng.uniform(0.85, 1.15) / max(size.max(), 1e-6)
        place = np.array([left, rng.uniform(-0.12, 0.12)])
        row += [(stroke - low) * scale + place for stroke in drawing]
        left += size[0] * scale + max(0.05, gap + rng.uniform(-0.08, 0.08))
    return row
