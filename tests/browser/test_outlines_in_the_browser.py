"""The page traces pictures, draws marks and sets signs as Python does: every point is where it is there."""

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import ArrayLike, NDArray
from playwright.sync_api import Page

from demo.page.files import address
from vae_core.writing.layout import Setting, grounded, lay_out
from vae_core.writing.marks import STROKES, Pen, mark, pen_of
from vae_core.writing.outlines import Outline, area_of, flatten, length_of, trace

pytestmark = pytest.mark.answered_by("server", why="the tests say themselves who answers")

PIXELS = 1e-6  # as far as a point may be from where Python has it
SIDE = 28
PORT = """async ([folder, name, asked]) => {
    const modules = ["outlines", "marks", "layout"].map((module) => import(`${folder}${module}.js`));
    const [curves, marks, layout] = await Promise.all(modules);
    const grey = (picture) => Float32Array.from(picture);
    const typed = (outline) => outline.map((contour) => Float64Array.from(contour));
    const answers = {
        traced: (picture) => curves.trace(Float64Array.from(picture)),
        measured: (outline) => ({
            flat: typed(outline).map(curves.flatten),
            areas: outline.map(curves.areaOf),
            lengths: outline.map(curves.lengthOf),
            extent: curves.extentOf(typed(outline)),
        }),
        pen: ({ pictures, outlines }) => marks.penOf(pictures.map(grey), outlines.map(typed)),
        count: marks.pointsOf,
        mark: ({ sign, pen, wobble, noise }) => marks.mark(sign, pen, wobble, noise),
        grounded: (outline) => layout.grounded(typed(outline)),
        sheets: ({ text, outlines, slope, settings }) => {
            const signs = new Map(outlines.map(([index, outline]) => [index, typed(outline)]));
            return settings.map((setting) => layout.layOut(text, signs, slope, setting));
        },
    };
    const plain = (_, value) => (ArrayBuffer.isView(value) ? Array.from(value) : value);
    return JSON.stringify(JSON.parse(asked).map((one) => answers[name](one)), plain);
}"""
Ask = Callable[[str, list[Any]], list[Any]]


@pytest.fixture
def ask(blank: Page, url: str) -> Ask:
    """What the page's modules answer to a list of questions of one kind."""
    folder = f"{url}{address('runtime/writing/')}"
    blank.goto(f"{folder}outlines.js")  # its text: any page of this origin would do
    return lambda name, asked: json.loads(blank.evaluate(PORT, [folder, name, json.dumps(asked)]))


def told(outline: Outline) -> list[list[float]]:
    return [contour.ravel().tolist() for contour in outline.contours]


def rows(pictures: ArrayLike) -> list[list[float]]:
    return np.reshape(pictures, (-1, SIDE * SIDE)).tolist()


def check(found: list[list[list[float]]], expected: list[Outline]) -> None:
    """The same contours in the same order, which begin at the same point."""
    assert [[len(contour) for contour in outline] for outline in found] == [
        [contour.size for contour in outline.contours] for outline in expected
    ]
    values = [value for outline in found for contour in outline for value in contour]
    points = np.concatenate([outline.points for outline in expected])
    np.testing.assert_allclose(np.reshape(values, (-1, 2)), points, rtol=0, atol=PIXELS)


def odd_pictures() -> NDArray[np.float64]:
    """Blank, full, dots, checkers, frames, ink at the border, steps at the very level, noise: (N, 28, 28)."""
    rng = np.random.default_rng(0)
    row, column = np.indices((SIDE, SIDE))
    dots = [np.where((row == y) & (column == x), 1.0, 0.0) for y, x in ((0, 0), (27, 27), (0, 27), (13, 5))]
    checkers = [1.0 * ((row // size + column // size) % 2 == 0) for size in (1, 2, 3, 5)]
    deep = np.minimum(np.minimum(row, column), np.minimum(SIDE - 1 - row, SIDE - 1 - column))
    frames = [1.0 * (deep % period == at) for period, at in ((4, 0), (5, 2), (3, 1))] + [1.0 * (deep < 6)]
    borders = [1.0 * (row < 3), 1.0 * (column > 24), 1.0 * (row == column), 1.0 * (abs(row + column - 27) < 3)]
    at_level = [np.where(deep > 8, 1.0, np.where(deep > 4, 0.5, 0.0)), *rng.choice([0.0, 0.5, 1.0], (6, SIDE, SIDE))]
    saddles = [np.where((row + column) % 2, high, 0.1) * (deep > 3) for high in (0.85, 0.9, 0.95, 1.0)]
    faint = [1e-310 * (deep > 5), 1e-9 * (deep > 5), 0.02 * rng.uniform(size=(SIDE, SIDE))]
    noise = [*rng.uniform(size=(40, SIDE, SIDE)), *(rng.uniform(size=(40, SIDE, SIDE)) > 0.5).astype(float)]
    smooth = [np.sin(rng.uniform(0.2, 1) * row + 1) * np.cos(rng.uniform(0.2, 1) * column) / 2 + 0.5 for _ in range(20)]
    plain = [np.zeros((SIDE, SIDE)), np.ones((SIDE, SIDE)), np.full((SIDE, SIDE), 0.3)]
    return np.stack([*plain, *dots, *checkers, *frames, *borders, *at_level, *saddles, *faint, *noise, *smooth])


def test_real_digits_have_the_outlines_that_python_finds(ask: Ask, images: NDArray[np.float32]) -> None:
    expected = trace(images)
    check(ask("traced", rows(images)), expected)
    assert {len(outline.contours) for outline in expected} >= {1, 2, 3}


def test_odd_pictures_have_the_outlines_that_python_finds(ask: Ask) -> None:
    pictures = odd_pictures()
    expected = trace(pictures)
    check(ask("traced", rows(pictures)), expected)
    assert min(len(outline.contours) for outline in expected) == 0
    assert max(len(outline.contours) for outline in expected) > 20


def test_curves_are_measured_alike(ask: Ask, images: NDArray[np.float32]) -> None:
    outlines = trace(images[:80])
    for outline, found in zip(outlines, ask("measured", [told(outline) for outline in outlines]), strict=True):
        extent = found["extent"]
        assert [extent["left"], extent["top"]] == outline.points.min(axis=0).tolist()
        assert [extent["right"], extent["bottom"]] == outline.points.max(axis=0).tolist()
        assert found["areas"] == pytest.approx([area_of(contour) for contour in outline.contours])
        assert found["lengths"] == pytest.approx([length_of(contour) for contour in outline.contours])
        for flat, contour in zip(found["flat"], outline.contours, strict=True):
            np.testing.assert_allclose(flat, flatten(contour).ravel(), rtol=0, atol=PIXELS)


def test_hands_hold_the_pen_that_python_gives_them(ask: Ask, images: NDArray[np.float32]) -> None:
    row, column = np.indices((SIDE, SIDE))
    level = 1.0 * (row == 9)
    leaning = [np.clip(3 - abs(column - 14 + lean * (row - 14)), 0, 1) for lean in (-0.7, 0.4)]
    blank = np.zeros((2, SIDE, SIDE))
    hands = [*np.split(images, 40), images[:1], blank, np.stack([level, blank[0]]), *(one[None] for one in leaning)]
    expected = [pen_of(hand, trace(hand)) for hand in hands]
    asked = [{"pictures": rows(hand), "outlines": [told(outline) for outline in trace(hand)]} for hand in hands]
    found = ask("pen", asked)
    np.testing.assert_allclose([pen["slope"] for pen in found], [pen.slope for pen in expected], atol=PIXELS)
    np.testing.assert_allclose([pen["thickness"] for pen in found], [pen.thickness for pen in expected], atol=PIXELS)
    assert min(pen.slope for pen in expected) < -0.2 < 0.2 < max(pen.slope for pen in expected)


def test_every_mark_is_drawn_alike_however_the_pen_is_held_and_the_hand_wobbles(ask: Ask) -> None:
    counts = dict(zip(STROKES, ask("count", list(STROKES)), strict=True))
    assert counts == {sign: sum(map(np.size, strokes)) for sign, strokes in STROKES.items()}
    asked, expected = [], []
    for seed, (sign, slope, wobble) in enumerate(
        (sign, slope, wobble) for sign in STROKES for slope in (-0.6, 0.0, 0.35) for wobble in (0.0, 0.35, 1.4)
    ):
        pen = Pen(slope, 1.0 + seed % 4)
        noise = np.random.default_rng((seed, 7)).standard_normal(counts[sign]).tolist()
        asked.append({"sign": sign, "pen": vars(pen), "wobble": wobble, "noise": noise})
        expected.append(mark(sign, pen, wobble, np.random.default_rng((seed, 7))))
    check(ask("mark", asked), expected)


TEXTS = [
    "7", "0123456789", "12 34 56", "31.12.2024", "1\n\n22\n333", " 1 2", "1  2   3 ", "5 000 000 12345678901 7", "   9",
    "(030) 123-45", "+ - / : , . ( )", "---", "-", "\n8", "8\n", "1 1 1 1 1 1 1 1 1 1 1 1", "17\n+ 9\n---\n26",
    "\n", "12345678901234567890 " * 3, "",
]  # fmt: skip
SETTINGS = [
    {"spacing": spacing, "width": width, "columns": columns}
    for spacing in (0.0, 1.0, 4.0)
    for width in (None, 1.0, 70.0, 150.0)
    for columns in (False, True)
]


def test_outlines_are_put_on_the_baseline_alike(ask: Ask, images: NDArray[np.float32]) -> None:
    outlines = [*trace(images[:40]), Outline(())]
    check(ask("grounded", [told(outline) for outline in outlines]), [grounded(outline) for outline in outlines])


def test_sheets_are_set_alike(ask: Ask, images: NDArray[np.float32]) -> None:
    rng = np.random.default_rng(0)
    digits = [Outline(()), *(grounded(outline) for outline in trace(images[:60]))]  # a picture may be blank
    asked, expected = [], []
    for number, text in enumerate(TEXTS):
        slope = (-0.5, 0.0, 0.3)[number % 3]
        digit = {index: digits[rng.integers(len(digits))] for index, sign in enumerate(text) if sign.isdigit()}
        marks = {index: mark(sign, Pen(slope, 2.5), 0.35, rng) for index, sign in enumerate(text) if sign in STROKES}
        outlines = digit | marks
        signs = [(index, told(outline)) for index, outline in outlines.items()]
        asked.append({"text": text, "outlines": signs, "slope": slope, "settings": SETTINGS})
        expected += [lay_out(text, outlines, slope, Setting(**setting)) for setting in SETTINGS]
    found = [sheet for sheets in ask("sheets", asked) for sheet in sheets]
    for name in ("text", "indices", "baselines", "height"):
        assert [sheet[name] for sheet in found] == [getattr(sheet, name) for sheet in expected], name
    assert [sheet["width"] for sheet in found] == pytest.approx([sheet.width for sheet in expected], abs=PIXELS)
    check([o for sheet in found for o in sheet["outlines"]], [o for sheet in expected for o in sheet.outlines])
    assert any(not outline.contours for sheet in expected for outline in sheet.outlines)
