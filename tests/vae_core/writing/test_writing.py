"""Numbers in a hand: what is read from them, how they vary, and the files that are made of them."""

import io
import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image, ImageSequence

import vae_core
from vae_core.evaluation.judge import load_judge
from vae_core.writing.hand import COMMON, SHARE, STRAY, Hand, Manner, hand_of, stray, write_digits
from vae_core.writing.layout import Setting, Sheet
from vae_core.writing.marks import STROKES, Pen, mark
from vae_core.writing.outlines import area_of, flatten, trace
from vae_core.writing.raster import MAX_FRAME_PIXELS, gif_bytes, on_pixels, picture, png_bytes
from vae_core.writing.svg import Look, svg_text
from vae_core.writing.text import MAX_SIGNS, read_text
from vae_core.writing.write import write

TEXT = "0123456789"


@pytest.fixture(scope="module")
def conv() -> vae_core.Model:
    return vae_core.load_model("conv")


@pytest.fixture(scope="module")
def hand(conv: vae_core.Model) -> Hand:
    return hand_of(0.5 * np.random.default_rng(0).standard_normal(conv.latent_dim))


@pytest.fixture(scope="module")
def line(conv: vae_core.Model, hand: Hand) -> Sheet:
    return write(conv, "107 (3.5)\n-2/4", hand, Manner(), Setting())


@torch.inference_mode()
def read(pictures: NDArray[np.floating]) -> list[int]:
    return load_judge()(torch.from_numpy(np.asarray(pictures, dtype=np.float32))).argmax(1).tolist()


def digits(model: vae_core.Model, hand: Hand, text: str, **manner: float) -> NDArray[np.float32]:
    return on_pixels(trace(write_digits(model, hand, text, Manner(**manner))[0]))  # type: ignore[arg-type]


def same(one: Sheet, other: Sheet) -> bool:
    return svg_text(one, Look()) == svg_text(other, Look())


def test_what_is_written_is_read_as_typed(conv: vae_core.Model, hand: Hand) -> None:
    typed = TEXT * 10
    right = np.equal(read(digits(conv, hand, typed, seed=1)), [int(sign) for sign in typed])
    assert right.mean() >= 0.95


def test_the_same_text_and_seed_are_the_same_writing_and_another_seed_is_not(
    conv: vae_core.Model, hand: Hand, line: Sheet
) -> None:
    assert same(line, write(conv, line.text, hand, Manner(), Setting()))
    assert not same(line, write(conv, line.text, hand, Manner(seed=1), Setting()))


def test_what_was_written_stays_as_it_is_while_the_text_grows(conv: vae_core.Model, hand: Hand) -> None:
    short, long = (write(conv, text, hand, Manner(), Setting()) for text in ("31-4", "31-4.15"))
    for one, other in zip(short.outlines, long.outlines, strict=False):
        for a, b in zip(one.contours, other.contours, strict=True):
            np.testing.assert_allclose(a, b, atol=1e-3)


def test_two_digits_of_a_kind_differ_unless_variation_is_none(conv: vae_core.Model, hand: Hand) -> None:
    varied, plain = (digits(conv, hand, "7" * 20, variation=variation) for variation in (0.2, 0.0))
    assert len({one.tobytes() for one in varied}) == 20
    assert np.abs(plain - plain[0]).max() < 1e-3
    livelier = digits(conv, hand, "7" * 20, variation=1.0)
    assert livelier.std(axis=0).mean() > 1.5 * varied.std(axis=0).mean()


def test_a_hand_is_the_mean_of_its_drawings_and_strays_as_they_do() -> None:
    one = hand_of([1.0, -2.0])
    assert one.style.tolist() == [1.0, -2.0]
    assert one.spread == pytest.approx([SHARE * STRAY] * 2)
    rng = np.random.default_rng(0)
    many = hand_of(rng.standard_normal((100, 2)) * [0.1, 1.5])
    assert many.style == pytest.approx([0, 0], abs=0.4)
    three = np.array([[1.0, 0.0], [1.0, 1.0], [1.0, -1.0]])
    mean, as_varied_as_one = [1.0, 0.0], [(1 - STRAY**2 + STRAY**2 / 3) ** -0.5, 0.0]
    assert mean[0] < hand_of(three).style[0] < as_varied_as_one[0] and hand_of(three).style[1] == 0.0
    assert many.spread[0] < 0.4 * one.spread[0] < one.spread[0] < many.spread[1]


@pytest.mark.parametrize("length", [0.0, 1.0, 3.0, 4.0, 6.0])
def test_what_strays_lies_no_farther_out_than_its_hand_unless_that_is_common(length: float) -> None:
    hand = hand_of(length / 4 * np.ones(16))
    noise = np.random.default_rng(0).standard_normal((4000, 16))
    np.testing.assert_allclose(stray(hand, 0.0, noise), np.tile(hand.style, (4000, 1)))
    for variation in (0.5, 1.0, 2.0):
        strayed = stray(hand, variation, noise)
        spread = np.square(variation * hand.spread).sum()
        assert np.square(strayed).sum(axis=1).mean() < 1.05 * max(length**2, COMMON * 16, spread)
        assert strayed.std(axis=0) == pytest.approx(variation * hand.spread, rel=0.05)
        assert strayed.mean(axis=0) @ hand.style >= -0.1


@pytest.mark.parametrize(("name", "by", "unit"), [("slant", 15.0, 0), ("thickness", 0.8, 1)])
def test_slant_and_thickness_change_what_they_name(
    conv: vae_core.Model, hand: Hand, name: str, by: float, unit: int
) -> None:
    from vae_core.drawing.morphometrics import measure

    before, after = (measure(digits(conv, hand, TEXT, variation=0.0, **{name: to})) for to in (0.0, by))
    assert (after - before)[:, unit].mean() == pytest.approx(by, rel=0.4)


@pytest.mark.parametrize("sign", STROKES)
def test_a_mark_is_as_thick_as_its_pen_and_leans_as_it_does(sign: str) -> None:
    rng = np.random.default_rng(0)
    thin, thick, leaning = (mark(sign, pen, 0.0, rng) for pen in (Pen(0, 1), Pen(0, 3), Pen(0.5, 1)))
    for outline in (thin, thick, leaning):
        assert all(area_of(flatten(contour)) > 0 for contour in outline.contours)
    area = [sum(area_of(flatten(contour)) for contour in outline.contours) for outline in (thin, thick)]
    assert area[1] > 2.5 * area[0]
    top, bottom = np.argmin(thin.points[:, 1]), np.argmax(thin.points[:, 1])
    rise = thin.points[bottom, 1] - thin.points[top, 1]
    if rise > 5:
        moved = leaning.points[[top, bottom], 0] - thin.points[[top, bottom], 0]
        assert moved[0] - moved[1] == pytest.approx(0.5 * rise, rel=0.2)


def test_marks_take_slant_and_thickness_from_the_digits_beside_them(conv: vae_core.Model, hand: Hand) -> None:
    def slash(**manner: float) -> NDArray[np.float64]:
        sheet = write(conv, "/", hand, Manner(variation=0.0, **manner), Setting())  # type: ignore[arg-type]
        return sheet.outlines[0].contours[0]

    plain, bold, leaning = slash(), slash(thickness=1.0), slash(slant=20.0)
    assert area_of(bold) > 1.2 * area_of(plain)
    assert np.ptp(leaning[:, 0]) > np.ptp(plain[:, 0]) + 3


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("12a4", "expected digits, spaces and .*, got 'a'"),
        ("½", "got '½'"),
        ("٣", "got '٣'"),
        ("", "expected something to write"),
        (" \n ", "expected something to write"),
        ("1" * 401, "at most 400 signs, got 401"),
        ("1" * 10_000, "at most 400 signs, got 10000"),
        (None, "expected text"),
        (12, "expected text"),
    ],
)
def test_what_cannot_be_written_is_refused_in_a_sentence(text: object, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        read_text(text)


def test_line_ends_and_look_alikes_are_made_one() -> None:
    assert read_text("1\r\n2\r3\t4\u22125\u00a06") == "1\n2\n3 4-5 6"
    assert len(read_text("1\r\n" * (MAX_SIGNS // 2))) == MAX_SIGNS


def test_a_model_without_digits_or_without_a_measured_shape_says_so(plain_model: vae_core.Model, model) -> None:
    hand = hand_of([0.0, 0.0])
    with pytest.raises(ValueError, match="takes a digit"):
        write(plain_model, "1", hand, Manner(), Setting())
    assert write(model, "12-3", hand, Manner(), Setting()).text == "12-3"
    with pytest.raises(ValueError, match="whose shape was measured"):
        write(model, "1", hand, Manner(slant=5.0), Setting())


def test_svg_has_a_path_for_each_sign_tells_its_text_and_is_small(conv: vae_core.Model, hand: Hand) -> None:
    text = "031-41.59/26\n53"
    svg = svg_text(write(conv, text, hand, Manner(), Setting()), Look(ink="#112233"))
    root = ET.fromstring(svg)
    space = {"svg": "http://www.w3.org/2000/svg"}
    assert len(root.findall("svg:g/svg:path", space)) == len(re.sub(r"\s", "", text))
    assert root.findtext("svg:title", namespaces=space) == text
    assert len(svg.encode()) < 40_000
    assert root.find("svg:rect", space) is None


def test_png_is_as_large_as_its_scale_says_and_transparent_without_paper(line: Sheet) -> None:
    clear = Image.open(io.BytesIO(png_bytes(line, Look(scale=3.0, ink="#ff0000"))))
    assert clear.size == (round(3 * line.width), round(3 * line.height))
    colours = np.asarray(clear)
    assert clear.mode == "RGBA"
    assert (colours[colours[..., 3] > 0][:, :3] == (255, 0, 0)).all()
    share = (colours[..., 3] / 255).mean()
    area = sum(area_of(flatten(contour)) for outline in line.outlines for contour in outline.contours)
    assert share == pytest.approx(area / (line.width * line.height), rel=0.05)
    dressed = np.asarray(picture(line, Look(scale=3.0, ink="#ff0000", paper="#00ff00", ruled=True)))
    assert dressed.shape[2] == 3 and tuple(dressed[0, 0]) == (0, 255, 0)
    with pytest.raises(ValueError, match="megapixels"):
        picture(line, Look(scale=64.0))


@pytest.mark.parametrize("text", ["7", "12:45", "3.14159 26535\n89793 23846", "8" * MAX_SIGNS])
def test_gif_writes_the_sheet_sign_by_sign_and_ends_with_all_of_it(conv: vae_core.Model, hand: Hand, text: str) -> None:
    sheet = write(conv, text, hand, Manner(), Setting(width=400.0))
    gif = Image.open(io.BytesIO(gif_bytes(sheet, Look(scale=2.0, ruled=True))))
    assert gif.width * gif.height <= 1.02 * MAX_FRAME_PIXELS
    inks = [255.0 - np.asarray(frame.convert("L"), dtype=float).mean() for frame in ImageSequence.Iterator(gif)]
    assert 2 <= len(inks) <= 110
    assert np.diff(inks).min() > -0.05
    scale = gif.width / sheet.width
    last = np.asarray(picture(sheet, Look(scale=scale, paper="#ffffff", ruled=True)).convert("L"), dtype=float)
    assert inks[-1] == pytest.approx(255.0 - last.mean(), rel=0.1)
