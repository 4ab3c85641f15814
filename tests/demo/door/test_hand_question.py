"""What a page is told of the hand of its kept drawings."""

import json
from typing import Any

import numpy as np
import pytest

import vae_core
from demo.door.answers import politely
from demo.door.hand import DRAWINGS, hand, words
from demo.door.leaning import leaning
from demo.door.mnist_sample import labelled_digits
from demo.door.pictures import base64_bytes
from demo.door.question import images
from vae_core.inference import Model
from vae_core.writing.hand import hand_of


@pytest.fixture(scope="module")
def conv() -> Model:
    return vae_core.load_model("conv")


def some(count: int) -> dict[str, Any]:
    """A question about digits of the test set, which are of each digit in turn."""
    pictures, digits = labelled_digits()
    chosen = np.arange(1000).reshape(10, 100).T.ravel()[:count]
    return {"images": base64_bytes(pictures[chosen]), "digits": digits[chosen].tolist()}


def slanted(degrees: float) -> np.ndarray:
    """A stroke that leans so far to the right."""
    x = 40 * np.tan(np.radians(degrees))
    return vae_core.render_strokes([[[50 + x, 10], [50 - x, 90]]])


@pytest.mark.parametrize("count", [1, 3, DRAWINGS])
def test_the_hand_is_what_the_drawings_styles_agree_on(conv: Model, count: int) -> None:
    asked = some(count)
    answer = json.loads(json.dumps(hand(conv, asked)))
    styles = conv.style(np.stack(images(asked["images"], DRAWINGS, least=1)), asked["digits"])
    assert np.allclose(answer["styles"], styles, atol=1e-4)
    style = hand_of(styles).style
    assert np.allclose(answer["style"], style, atol=1e-4)
    made = np.stack(images(answer["pictures"], 10))
    assert np.abs(made - conv.write(style, np.arange(10))).max() <= 1 / 255
    assert [len(values) for values in answer["course"].values()] == [count] * 4


def test_a_model_without_digits_has_styles_and_no_pictures() -> None:
    answer = hand(vae_core.load_model("plain"), some(2))
    assert len(answer["styles"]) == 2 and answer["pictures"] == ""


@pytest.mark.parametrize(
    "wrong",
    [
        {"images": some(2)["images"], "digits": [1]},
        {"images": some(1)["images"], "digits": [10]},
        {"images": some(1)["images"], "digits": [1.0]},
        {"images": some(1)["images"], "digits": "1"},
        {"images": "", "digits": []},
        {"images": "AAAA", "digits": [1]},
        {"images": 7, "digits": [1]},
        {"images": some(DRAWINGS)["images"] * 2, "digits": [0] * 200},
        {"digits": [1]},
        [],
        None,
    ],
)
def test_anything_else_gets_one_sentence(conv: Model, wrong: object) -> None:
    answer = politely(lambda asked: hand(conv, asked))(wrong)
    assert set(answer) == {"error"} and answer["error"].startswith("Expected ")


def test_words_tell_how_many_drawings_and_how_sure() -> None:
    assert words(1, 0.311, []) == "From 1 drawing, 31 % sure."
    assert words(3, 0.5, ["it leans", "your 7s"]) == "From 3 drawings, 50 % sure; it leans; your 7s."


def test_digits_that_lean_otherwise_than_each_other_are_named(conv: Model) -> None:
    far = np.stack([slanted(35), slanted(0)])
    assert leaning(conv, far, np.array([7, 1]))[-1] == "your 7s lean further than your 1s"
    assert leaning(conv, far[::-1], np.array([7, 1]))[-1] == "your 1s lean further than your 7s"
    apart, left = (np.stack([slanted(d) for d in pair]) for pair in ((30, -30), (-45, -5)))
    assert leaning(conv, apart, np.array([7, 1]))[-1] == "your 7s lean to the right, your 1s to the left"
    assert leaning(conv, left, np.array([7, 1]))[-1] == "your 7s lean further to the left than your 1s"
    near = np.stack([slanted(0), slanted(0)])
    assert not any(
        "7s" in clause and "1s" in clause and "lean" in clause for clause in leaning(conv, near, np.array([7, 1]))
    )


def test_a_hand_that_leans_as_a_whole_is_said_to(conv: Model) -> None:
    right, left = (leaning(conv, np.stack([slanted(d)] * 2), np.array([1, 1])) for d in (40, -40))
    assert right[0].endswith("further to the right than most") and left[0].endswith("further to the left than most")


def test_blank_drawings_tell_nothing(conv: Model) -> None:
    assert leaning(conv, np.zeros((2, 28, 28), dtype=np.float32), np.array([1, 7])) == []
