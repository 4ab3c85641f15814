"""Digits on the paper that people have: ruled, squared and dotted, in boxes and on notes, in the shadow of a hand."""

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter
from test_preprocess import DIGITS, assert_alike, draw

from vae_core.drawing.preprocess import preprocess
from vae_core.drawing.strokes import render_strokes

SIDE = 500
SHOWN = ["two", "five", "eight"]


def photograph(paper: Image.Image, light: float | np.ndarray = 1.0) -> np.ndarray:
    """A little out of focus, with grain (seed 0)."""
    grey = np.asarray(paper.filter(ImageFilter.GaussianBlur(1)), dtype=float) * light
    return np.clip(grey + np.random.default_rng(0).normal(0, 3, grey.shape), 0, 255).astype(np.uint8)


def page(digit: str, box: int = 240, at: tuple[int, int] = (130, 120)) -> Image.Image:
    return draw(digit, SIDE, box, 16, at, ink=25, paper=235)


def ruled(digit: str, grey: int, apart: int = 60, slope: float = 0.0) -> Image.Image:
    image = page(digit)
    for y in range(25, SIDE, apart):
        ImageDraw.Draw(image).line((0, y, SIDE, y + slope * SIDE), fill=grey, width=3)
    return image


@pytest.mark.parametrize("digit", SHOWN)
@pytest.mark.parametrize(("grey", "slope"), [(60, 0.0), (120, 0.03), (170, -0.02)])
def test_rules_of_the_paper_are_no_ink(digit, grey, slope):
    assert_alike(preprocess(photograph(ruled(digit, grey, slope=slope))), render_strokes(DIGITS[digit]), within=0.04)


@pytest.mark.parametrize("digit", SHOWN)
def test_squares_of_the_paper_are_no_ink(digit):
    canvas = page(digit)
    for k in range(15, SIDE, 45):
        ImageDraw.Draw(canvas).line((k, 0, k, SIDE), fill=110, width=2)
        ImageDraw.Draw(canvas).line((0, k, SIDE, k), fill=110, width=2)
    assert_alike(preprocess(photograph(canvas)), render_strokes(DIGITS[digit]), within=0.04)


@pytest.mark.parametrize("digit", SHOWN)
def test_dots_of_the_paper_are_no_ink(digit):
    image = page(digit)
    for x in range(12, SIDE, 40):
        for y in range(12, SIDE, 40):
            ImageDraw.Draw(image).ellipse((x - 3, y - 3, x + 3, y + 3), fill=90)
    assert_alike(preprocess(photograph(image)), render_strokes(DIGITS[digit]), within=0.04)


@pytest.mark.parametrize("digit", [*SHOWN, "zero", "one"])
@pytest.mark.parametrize("width", [2, 6])
@pytest.mark.parametrize("box", [(60, 50, 420, 440), (100, 90, 400, 400)])
def test_a_printed_box_around_a_digit_is_no_ink(digit, width, box):
    image = page(digit)
    ImageDraw.Draw(image).rectangle(box, outline=30, width=width)
    ImageDraw.Draw(image).text((10, 10), "3. Name", fill=40, font_size=30)
    assert_alike(preprocess(photograph(image)), render_strokes(DIGITS[digit]), within=0.04)


@pytest.mark.parametrize("digit", SHOWN)
def test_the_lines_of_a_cell_of_a_form_are_no_ink(digit):
    image = page(digit)
    for line in ((40, 0, 40, SIDE), (460, 0, 460, SIDE), (0, 50, SIDE, 50), (0, 450, SIDE, 450)):
        ImageDraw.Draw(image).line(line, fill=20, width=4)
    assert_alike(preprocess(photograph(image)), render_strokes(DIGITS[digit]), within=0.04)


@pytest.mark.parametrize("digit", SHOWN)
@pytest.mark.parametrize("table", [40, 120])
def test_a_digit_on_a_note_on_a_table_is_read(digit, table):
    note = page(digit).resize((250, 250)).rotate(4, expand=True, fillcolor=table, resample=Image.Resampling.BICUBIC)
    image = Image.new("L", (600, 600), table)
    image.paste(note, (150, 220))
    assert_alike(preprocess(photograph(image)), render_strokes(DIGITS[digit]), within=0.05)


@pytest.mark.parametrize("digit", ["zero", "one", "eight"])
@pytest.mark.parametrize(("ink", "paper"), [(0, 255), (255, 0)])
@pytest.mark.parametrize("pen", [20, 60])
def test_a_drawing_alone_is_neither_box_nor_note(digit, ink, paper, pen):
    tight = draw(digit, 400, 380, pen, (10, 10), ink, paper)
    loose = draw(digit, 900, 380, pen, (250, 250), ink, paper)
    assert_alike(preprocess(tight), preprocess(loose), within=0.01)


def test_lines_that_are_all_there_is_are_the_drawing():
    image = Image.new("L", (300, 300), 255)
    ImageDraw.Draw(image).line((0, 150, 300, 150), fill=0, width=3)
    assert preprocess(image).any()
