"""Several digits in one drawing, pages of writing, and pictures that lie on their side."""

import io
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

import vae_core
from demo.door.answers import read
from demo.door.photo import look
from demo.door.sight import sight_of_picture, sight_of_strokes
from vae_core.inference import Model

DRAWN = json.loads((Path(__file__).parents[2] / "browser" / "strokes.json").read_text())


@pytest.fixture(scope="module")
def conv() -> Model:
    return vae_core.load_model()


def strokes_of(digit: int) -> list[np.ndarray]:
    return [np.array(s) for s in next(d["strokes"] for d in DRAWN if d["digit"] == digit)]


def row(digits: list[int], gap: float = 30) -> list[list]:
    """Strokes of digits beside each other."""
    placed, right = [], 0.0
    for digit in digits:
        points = np.concatenate(strokes_of(digit))
        placed += [(s - points.min(0) + [right, 0]).tolist() for s in strokes_of(digit)]
        right += np.ptp(points[:, 0]) + gap
    return placed


def picture(
    strokes: list[list], size: tuple[int, int], scale: float = 2, at: tuple[int, int] = (60, 60)
) -> Image.Image:
    image = Image.new("L", size, 245)
    for stroke in strokes:
        path = [(at[0] + scale * x, at[1] + scale * y) for x, y in stroke]
        ImageDraw.Draw(image).line(path, fill=20, width=14, joint="curve")
    return image


@pytest.mark.parametrize("digits", [[2, 0, 2, 6], [7, 3], [8, 1, 5]])
def test_several_digits_on_the_pad_are_told_one_by_one(conv: Model, digits: list[int]) -> None:
    answer = read(conv, {"strokes": row(digits)})
    assert answer["verdict"]["kind"] == "several"
    assert [part["digit"] for part in answer["parts"]] == digits
    assert answer["verdict"]["words"].endswith(f"digits: {' '.join(map(str, digits))}.")


def test_several_digits_in_a_picture_are_told_from_line_to_line(conv: Model) -> None:
    lower = [[[x, y + 170] for x, y in stroke] for stroke in row([4, 9])]
    sight = sight_of_picture(picture(row([2, 3]) + lower, (700, 800)))
    answer = read(conv, sight.told())
    assert [part["digit"] for part in answer["parts"]] == [2, 3, 4, 9]
    assert answer["verdict"]["words"] == "Four digits: 2 3 4 9."
    for left, top, right, bottom in sight.boxes:
        assert 0 <= left < right <= 1 and 0 <= top < bottom <= 1


@pytest.mark.parametrize("digit", range(10))
def test_the_strokes_of_one_digit_belong_together(conv: Model, digit: int) -> None:
    assert len(sight_of_strokes([s.tolist() for s in strokes_of(digit)]).parts) < 2
    answer = read(conv, {"strokes": [s.tolist() for s in strokes_of(digit)]})
    assert answer["parts"] == [] and answer["digit"] == digit


def test_a_page_of_writing_is_told_from_a_digit(conv: Model) -> None:
    page = picture([], (900, 900))
    for line in range(12):
        ImageDraw.Draw(page).text((60, 60 + 60 * line), "the quick brown fox jumps over it", fill=20, font_size=40)
    answer = read(conv, sight_of_picture(page).told())
    assert answer["verdict"]["kind"] == "strange"
    assert "writing" in answer["verdict"]["words"]


def test_pictures_on_their_side_are_offered_turned_and_upright_ones_are_not(conv: Model) -> None:
    offered = 0
    for digit in (2, 3, 4, 5, 7):
        upright = picture(row([digit]), (400, 400))
        assert "turned" not in read(conv, sight_of_picture(upright).told())
        lying = read(conv, sight_of_picture(upright.transpose(Image.Transpose.ROTATE_90)).told())
        if "turned" in lying:
            offered += 1
            assert (lying["turned"]["digit"], lying["turned"]["quarters"]) == (digit, 1)
            assert read(conv, {"image": lying["turned"]["image"]})["digit"] == digit
    assert offered >= 3


def test_a_blank_photo_is_refused_in_a_sentence() -> None:
    file = io.BytesIO()
    Image.new("L", (300, 300), 255).save(file, "PNG")
    with pytest.raises(ValueError, match="no digit stands out"):
        look(file.getvalue())


@pytest.mark.parametrize("parts", ["", "AAAA", 7, None, "A" * 4000])
def test_parts_that_are_none_are_refused_in_a_sentence(conv: Model, parts: object) -> None:
    image = sight_of_picture(picture(row([4]), (400, 400))).told()["image"]
    with pytest.raises(ValueError, match="expected parts"):
        read(conv, {"image": image, "parts": parts})
