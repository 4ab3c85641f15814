"""A reading in words."""

from dataclasses import replace

import numpy as np
import pytest

import vae_core
from demo.door.reading import Reading, read_picture
from demo.door.verdict import judge
from vae_core.inference import Model

BLANK = np.zeros((28, 28), np.float32)
READING = Reading(
    BLANK, np.zeros(2), np.zeros(2), np.ones(2), np.eye(10)[3], BLANK, BLANK, None, strangeness=-1.0, several=False
)


def probabilities(**shares: float) -> np.ndarray:
    """probabilities(d3=0.7, d5=0.2): the rest is shared by the others."""
    known = {int(name[1:]): share for name, share in shares.items()}
    return np.array([known.get(digit, (1 - sum(known.values())) / (10 - len(known))) for digit in range(10)])


@pytest.mark.parametrize(
    ("change", "kind", "words"),
    [
        ({"probabilities": probabilities(d3=0.95)}, "sure", "Surely a 3."),
        ({"probabilities": probabilities(d3=0.7, d5=0.2)}, "likely", "Probably a 3, or else a 5."),
        ({"probabilities": probabilities(d8=0.95)}, "sure", "Surely an 8."),
        ({"probabilities": probabilities(d8=0.7, d9=0.2)}, "likely", "Probably an 8, or else a 9."),
        ({"probabilities": probabilities(d0=0.7, d8=0.2)}, "likely", "Probably a 0, or else an 8."),
        ({"probabilities": probabilities(d4=0.5, d9=0.45)}, "torn", "Torn between 4 and 9."),
        ({"strangeness": 0.1}, "strange", "This does not look like a digit."),
        ({"strangeness": 0.1, "several": True}, "several", "This looks like more than one digit."),
        ({"strangeness": -0.1, "several": True}, "sure", "Surely a 3."),
        ({"probabilities": None}, "sure", "This looks like a digit."),
    ],
)
def test_what_is_strange_is_said_before_any_digit(change: dict, kind: str, words: str) -> None:
    verdict = judge(replace(READING, **change))
    assert (verdict.kind, verdict.words) == (kind, words)


@pytest.mark.parametrize("fixture", ["model", "plain_model"])
def test_a_reading_doubts_as_its_model_does(fixture: str, request: pytest.FixtureRequest, images: np.ndarray) -> None:
    model: Model = request.getfixturevalue(fixture)
    reading = read_picture(model, images[7])
    assert reading.strangeness == pytest.approx(model.doubt(images[7]).strangeness[0], abs=1e-4)
    assert (reading.probabilities is not None) == model.conditional


@pytest.mark.parametrize(
    ("strokes", "words"),
    [
        ([[[0, 0], [100, 4]]], "This does not look like a digit."),
        ([[[0, 0]], [[40, 10]]], "This does not look like a digit."),
        (
            [[[15, 0], [15, 100]], [[60, 22], [72, 4], [92, 4], [104, 24], [98, 46], [60, 98], [110, 98]]],
            "This looks like more than one digit.",
        ),
        ([[[0, 22], [12, 4], [32, 4], [44, 24], [38, 46], [0, 98], [50, 98]]], "Surely a 2."),
    ],
    ids=["a flat line", "two dots", "12", "2"],
)
def test_the_default_model_tells_what_is_drawn(strokes: list[list[list[int]]], words: str) -> None:
    assert judge(read_picture(vae_core.load_model(), vae_core.render_strokes(strokes))).words == words
