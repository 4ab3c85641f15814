"""What the Morph tab asks: all pictures of the way at once, and a GIF of it."""

import base64
import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from demo.door.answers import politely
from demo.door.interpolation import slerp
from demo.tabs.morph.morphing import GIF_SCALE, GIF_STEPS, STEPS, gif, morph
from vae_core.inference import Model

START = {"style": [1.5, 0.0], "digit": 7}
END = {"style": [0.0, -2.0], "digit": 3}


def pictures(text: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), dtype=np.uint8).reshape(-1, 28, 28)


def ask(model: Model, vary: str = "both", start: Any = START, end: Any = END) -> dict[str, Any]:
    return morph(model, {"start": start, "end": end, "vary": vary})


def decoded(model: Model, end: dict[str, Any]) -> np.ndarray:
    return np.rint(255 * model.write(end["style"], end["digit"] if model.conditional else None)[0])


def test_the_way_leads_from_one_end_to_the_other(model: Model) -> None:
    answer = ask(model)
    way, ends = pictures(answer["pictures"]), pictures(answer["ends"])
    assert len(way) == len(answer["style"]) == len(answer["digits"]) == STEPS
    for k, end in ((0, START), (-1, END)):
        assert np.abs(way[k] - decoded(model, end)).max() <= 1
        assert np.abs(ends[k] - decoded(model, end)).max() <= 1
        assert answer["style"][k] == end["style"]
        assert answer["digits"][k] == end["digit"]
    assert answer["style"][STEPS // 2] == pytest.approx(slerp(START["style"], END["style"], [0.5])[0], abs=1e-4)


def test_style_leaves_the_digit_and_digit_leaves_the_style(model: Model) -> None:
    style, digit = ask(model, "style"), ask(model, "digit")
    assert set(style["digits"]) == {START["digit"]}
    assert style["style"][-1] == END["style"]
    assert all(one == START["style"] for one in digit["style"])
    assert digit["digits"][-1] == END["digit"]
    assert len({answer["pictures"] for answer in (style, digit, ask(model))}) == 3


def test_both_ends_are_shown_as_they_are_whatever_varies(model: Model) -> None:
    assert ask(model, "style")["ends"] == ask(model, "digit")["ends"] == ask(model)["ends"]


def test_a_model_without_digits_varies_its_style(plain_model: Model) -> None:
    start, end = {"style": [1.5, 0.0]}, {"style": [0.0, -2.0], "digit": 3}
    way = pictures(ask(plain_model, "style", start, end)["pictures"])
    assert np.abs(way[-1] - decoded(plain_model, end)).max() <= 1
    assert ask(plain_model, "both", start, end)["pictures"] == ask(plain_model, "style", start, end)["pictures"]
    with pytest.raises(ValueError, match='expected vary as style or both, got "digit"'):
        ask(plain_model, "digit", start, end)


def test_the_gif_goes_there_and_back(model: Model) -> None:
    answer = gif(model, {"start": START, "end": END, "vary": "both"})
    animation = Image.open(io.BytesIO(base64.b64decode(answer["gif"])))
    assert animation.format == "GIF"
    assert animation.size == (28 * GIF_SCALE, 28 * GIF_SCALE)
    assert 2 <= getattr(animation, "n_frames", 1) <= 2 * GIF_STEPS - 2
    first = np.asarray(animation.convert("L")).astype(float)[::GIF_SCALE, ::GIF_SCALE]
    assert np.abs(first - decoded(model, START)).max() <= 1


@pytest.mark.parametrize(
    "asked",
    [
        None,
        [],
        "x",
        {},
        {"start": START, "end": END},
        {"start": START, "vary": "both"},
        {"start": START, "end": None, "vary": "both"},
        {"start": START, "end": [], "vary": "both"},
        {"start": START, "end": {}, "vary": "both"},
        {"start": START, "end": {"digit": 3}, "vary": "both"},
        {"start": START, "end": {"picture": "/etc/passwd", "digit": 3}, "vary": "both"},
        *({"start": START, "end": END, "vary": vary} for vary in ("all", "", None, 3, [], {}, ["both"], "x" * 9999)),
        *(
            {"start": START, "end": {"style": [0, 0], "digit": digit}, "vary": "both"}
            for digit in (None, -1, 10, 3.0, "3", True, [3], {}, float("nan"), 10**400, [[0.1] * 10])
        ),
        *(
            {"start": {"style": style, "digit": 3}, "end": END, "vary": "both"}
            for style in (
                None, 3, "12", [], [1], [1, 2, 3], [[1, 2]], [float("nan"), 0], [float("inf"), 0], [1e300, 0],
                [10**400, 0], ["a", "b"], [None, 0], {"0": 1}, [0] * 100_000, [[0, 0]] * 100_000,
            )
        ),
    ],
    ids=lambda asked: str(asked)[:80],
)  # fmt: skip
@pytest.mark.parametrize("function", [morph, gif])
def test_a_bad_question_gets_a_sentence(model: Model, function: Any, asked: Any) -> None:
    answer = politely(lambda question: function(model, question))(asked)
    assert set(answer) == {"error"}
    assert answer["error"].startswith("Expected") and answer["error"].endswith(".")
    assert len(answer["error"]) < 300
