"""What the page may ask to be written, and what it is told."""

import base64
import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

import vae_core
from demo.door.answers import politely
from demo.door.written import styles_of
from demo.tabs.write.writing import write, written

STYLE = [0.1] * 16
ASKED = {"text": "31.4\n-15", "styles": [STYLE]}


@pytest.fixture(scope="module")
def model() -> vae_core.Model:
    return vae_core.load_model("conv")


def file_of(model: vae_core.Model, **asked: Any) -> bytes:
    return base64.b64decode(written(model, {**ASKED, **asked})["file"])


def test_every_sign_with_ink_has_its_index_its_corner_and_all_its_points(model: vae_core.Model) -> None:
    answer = write(model, ASKED)
    points = np.frombuffer(base64.b64decode(answer["points"]), "<i2").reshape(-1, 2)
    assert [ASKED["text"][sign[0]] for sign in answer["signs"]] == list("31.4-15")
    assert sum(sum(contours) for *_, contours in answer["signs"]) == len(points)
    assert points.min() >= 0
    assert len(answer["rules"]) == 2
    for _, x, y, _ in answer["signs"]:
        assert 0 <= x <= answer["width"] and 0 <= y <= answer["height"]


def test_the_answer_is_compact(model: vae_core.Model) -> None:
    assert len(write(model, {**ASKED, "text": "012345678901"})["points"]) < 12 * 800


def test_several_styles_are_one_hand_between_them(model: vae_core.Model) -> None:
    near, far = [1.0] * 16, [-1.0] * 16
    plain = {"variation": 0}
    middle = write(model, {**ASKED, **plain, "styles": [near, far]})
    assert middle["points"] == write(model, {**ASKED, **plain, "styles": [[0.0] * 16]})["points"]
    assert middle["points"] != write(model, {**ASKED, **plain, "styles": [near]})["points"]


def test_files_are_what_they_are_called(model: vae_core.Model) -> None:
    png = Image.open(io.BytesIO(file_of(model, kind="png", scale=2, paper="#ffffff")))
    assert png.format == "PNG" and png.mode == "RGB"
    assert Image.open(io.BytesIO(file_of(model, kind="png", scale=2, paper=None))).mode == "RGBA"
    assert Image.open(io.BytesIO(file_of(model, kind="gif"))).format == "GIF"
    assert file_of(model, kind="svg", ink="#123456").startswith(b"<svg")


@pytest.mark.parametrize(
    "asked",
    [
        None,
        {},
        {"text": "1"},
        {"text": "1", "styles": []},
        {"text": "1", "styles": [[0.0]]},
        {"text": "1", "styles": [STYLE] * 101},
        {"text": "1", "styles": "none"},
        {"text": "1", "styles": [[float("nan")] * 16]},
        {"text": "abc", "styles": [STYLE]},
        {"text": "1" * 10_000, "styles": [STYLE]},
        {"text": ["1"], "styles": [STYLE]},
        *(
            {**ASKED, name: value}
            for name, values in {
                "seed": (-1, 0.5, "1", True, None, 2**70),
                "variation": (-0.1, 2.1, float("nan"), "1"),
                "slant": (90, None),
                "thickness": (-9, "bold"),
                "spacing": (-1, 1e9),
                "width": (1, 1e9, "wide"),
                "columns": (1, "true"),
            }.items()
            for value in values
        ),
    ],
)
def test_anything_else_is_refused_in_one_sentence(model: vae_core.Model, asked: Any) -> None:
    for question in (write, written):
        answer = politely(lambda told, question=question: question(model, told))(
            {**asked, "kind": "png"} if isinstance(asked, dict) and question is written else asked
        )
        assert list(answer) == ["error"], answer
        assert answer["error"].startswith("Expected") and answer["error"].endswith(".")
        assert len(answer["error"]) < 250


@pytest.mark.parametrize(
    "look",
    [
        {"kind": "exe"},
        {"kind": None},
        {"kind": "png", "scale": 0},
        {"kind": "png", "scale": 65},
        {"kind": "svg", "ink": "red"},
        {"kind": "svg", "ink": "#12345"},
        {"kind": "svg", "paper": '#123456"/><script>'},
        {"kind": "svg", "ruled": 1},
        {"kind": "png", "scale": 64, "text": "0" * 400},
    ],
)
def test_a_file_that_cannot_be_made_is_refused(model: vae_core.Model, look: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="expected"):
        written(model, {**ASKED, **look})


def test_a_hand_is_told_by_drawings_or_styles_and_by_one_of_them_alone(model: vae_core.Model) -> None:
    one, other = [[[0, 0], [0, 100]]], [[[0, 0], [60, 0], [20, 100]]]
    assert np.shape(styles_of(model, one, None, None)) == (1, 16)
    both = np.array(styles_of(model, [one, other], None, None))
    assert both == pytest.approx(np.array([styles_of(model, each, None, None)[0] for each in (one, other)]), abs=1e-4)
    assert styles_of(model, None, None, STYLE) == STYLE
    for strokes, picture, style in (
        (None, None, None),
        (one, None, STYLE),
        ([one] * 101, None, None),
        ([], None, None),
    ):
        with pytest.raises(ValueError, match=r"expected|nothing"):
            styles_of(model, strokes, picture, style)
    with pytest.raises(ValueError, match="expected 1 to 10 drawings"):
        styles_of(model, None, ["data:,"] * 11, None)
