"""The page draws strokes and tells digits apart as Python does: every pixel is within a grey level."""

from collections.abc import Callable
from pathlib import Path

import hand
import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Page

from demo.page.files import address
from vae_core import render_strokes
from vae_core.data import load_pen_digits, split_by_writer
from vae_core.drawing.marks import marks_of_strokes

pytestmark = pytest.mark.answered_by("server", why="the tests say themselves who answers")

LEVEL = 1 / 255
Drawing = list[list[list[float]]]
Draw = Callable[[list[Drawing]], NDArray[np.float32]]


MARKS = """async ([module, drawings]) => {
    const { marksOf } = await import(module);
    return drawings.map((strokes) => marksOf(strokes).map((mark) => mark.map((stroke) => strokes.indexOf(stroke))));
}"""
DRAW = """async ([module, drawings]) => {
    const { renderStrokes } = await import(module);
    const bytes = (strokes) => new Uint8Array(renderStrokes(strokes).buffer);
    return drawings.map((strokes) => String.fromCharCode(...bytes(strokes))).join("");
}"""


@pytest.fixture
def draw(blank: Page, url: str) -> Draw:
    """Drawings (each a list of strokes) to pictures (N, 28, 28), by the page's own module."""
    module = f"{url}{address('runtime/strokes.js')}"
    blank.goto(module)  # its text: any page of this origin would do

    def draw(drawings: list[Drawing]) -> NDArray[np.float32]:
        told = blank.evaluate(DRAW, [module, drawings])
        return np.frombuffer(told.encode("latin-1"), dtype="<f4").reshape(-1, 28, 28)

    return draw


def check(draw: Draw, drawings: list[Drawing]) -> None:
    expected = np.stack([render_strokes(strokes) for strokes in drawings])
    np.testing.assert_allclose(draw(drawings), expected, atol=LEVEL)


def odd_drawings() -> dict[str, Drawing]:
    rng = np.random.default_rng(0)
    walk = np.cumsum(rng.normal(size=(4000, 2)), axis=0)
    circle = 1000 * np.column_stack([np.cos(np.linspace(0, 7, 400)), np.sin(np.linspace(0, 7, 400))])
    return {
        "one point": [[[500, 500]]],
        "the same point again": [[[3, 4], [3, 4], [3, 4]]],
        "two dots": [[[0, 0]], [[10, 0]]],
        "dots in a corner": [[[0, 0]], [[0.001, 0]], [[1000, 1000]]],
        "a level line": [[[0, 5], [100, 5]]],
        "an upright line": [[[7, -3], [7, 900]]],
        "a line back and forth": [[[0, 0], [64, 0], [0, 0], [64, 0]]],
        "steps as long as they are told apart by": [[[k, 0] for k in range(65)]],
        "an empty stroke among others": [[], [[1, 1], [4, 9]], []],
        "heavy on one side": [[[0, 0], [100, 0]], *[[[0, y], [9, y]] for y in range(20, 100, 4)]],
        "4,000 points": [walk.tolist()],
        "a circle": [circle.tolist()],
        "200 strokes": [[[float(x), float(y)], [float(x) + 9, float(y)]] for x, y in rng.uniform(0, 99, (200, 2))],
        "far from the origin": [[[1e9, 1e9], [1e9 + 7, 1e9 + 13], [1e9 + 20, 1e9]]],
        "tiny": [[[1e-9, 0], [2e-9, 5e-9]]],
    }


def rows_of_digits() -> list[Drawing]:
    """Numbers of two to nine digits, some of them wild: too near one another, on two lines, with dots between."""
    rng = np.random.default_rng(0)
    rows = []
    for count in (2, 3, 4, 5, 7, 9) * 8:
        place, row = np.zeros(2), []
        for k in rng.integers(len(hand.DIGITS), size=count):
            size = rng.uniform(0.3, 1.2)
            row += [(size * np.array(stroke) + place).tolist() for stroke in hand.DIGITS[k]["strokes"]]
            place += [rng.uniform(20, 130), rng.normal(scale=30)]
        row += [[spot] for spot in rng.uniform(0, 300, (count % 3, 2)).tolist()]
        rows.append(row)
    return rows


def test_strokes_are_told_apart_alike(blank: Page, url: str) -> None:
    drawings = [*odd_drawings().values(), *(example["strokes"] for example in hand.DIGITS), *rows_of_digits()]
    drawings = [[stroke for stroke in strokes if stroke] for strokes in drawings]
    expected = [marks_of_strokes([np.array(stroke) for stroke in strokes]) for strokes in drawings]
    module = f"{url}{address('runtime/marks.js')}"
    blank.goto(module)
    assert blank.evaluate(MARKS, [module, drawings]) == expected
    assert {len(marks) for marks in expected} > {1, 2, 3, 4, 5}


def test_odd_drawings_are_drawn_alike(draw: Draw) -> None:
    check(draw, list(odd_drawings().values()))


def test_digits_of_hands_are_drawn_alike(draw: Draw) -> None:
    check(draw, [example["strokes"] for example in hand.DIGITS])


def test_a_thousand_pen_digits_are_drawn_alike(draw: Draw, data_folder: Path) -> None:
    pen = split_by_writer(load_pen_digits(data_folder / "pen-digits-dev.npz"), train=False)
    check(draw, [[stroke.tolist() for stroke in strokes] for strokes in pen.strokes[:1000]])
