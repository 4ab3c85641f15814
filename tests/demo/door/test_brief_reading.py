"""A brief reading costs one picture, and tells what the whole reading tells."""

import base64
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import vae_core
from demo.door.answers import read, read_of
from vae_core.inference import Model

DRAWN = json.loads((Path(__file__).parents[2] / "browser" / "strokes.json").read_text())


class Counted:
    """A model that knows how many pictures it has decoded."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.decoded = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.model, name)

    def decode(self, *question: Any) -> Any:
        pictures = self.model.decode(*question)
        self.decoded += len(pictures)
        return pictures


@pytest.mark.parametrize(("name", "whole"), [("conv", 15), ("plane", 15), ("plain", 5)])
def test_a_brief_reading_is_the_whole_one_without_spread_and_hand(name: str, whole: int) -> None:
    model = Counted(vae_core.load_model(name))
    for example in DRAWN[::5]:
        asked, before = {"strokes": example["strokes"]}, model.decoded
        full = read(model, asked)
        assert model.decoded == before + whole
        brief = read(model, {**asked, "brief": True})
        assert model.decoded == before + whole + 1
        assert full.keys() - brief.keys() == {"spread", "hand"} & full.keys()
        assert grey(brief.pop("reconstruction")) == pytest.approx(grey(full["reconstruction"]), abs=1)
        for part, value in brief.items():
            assert value == (pytest.approx(full[part], abs=1e-3) if isinstance(value, list) and value else full[part])


def test_a_brief_reading_does_not_turn_a_picture() -> None:
    strokes = next(example["strokes"] for example in DRAWN if example["digit"] == 4)
    lying = np.rint(255 * np.rot90(vae_core.render_strokes(strokes))).astype(np.uint8)
    asked = {"image": base64.b64encode(lying.tobytes()).decode()}
    model = vae_core.load_model("conv")
    assert "turned" in read(model, asked)
    assert "turned" not in read(model, {**asked, "brief": True})


@pytest.mark.parametrize("name", ["brief", "hurry"])
@pytest.mark.parametrize("value", [1, "true", None, []])
def test_brief_and_hurry_are_true_or_false(name: str, value: Any) -> None:
    with pytest.raises(ValueError, match=f"expected {name} as true or false"):
        read_of(lambda: True)(vae_core.load_model("conv"), {"strokes": DRAWN[0]["strokes"], name: value})


@pytest.mark.parametrize("busy", [True, False])
@pytest.mark.parametrize("hurry", [True, False])
def test_a_hand_in_a_hurry_is_answered_briefly_while_others_wait(busy: bool, hurry: bool) -> None:
    answer = read_of(lambda: busy)(vae_core.load_model("conv"), {"strokes": DRAWN[0]["strokes"], "hurry": hurry})
    assert ("hand" in answer) is ("spread" in answer) is not (busy and hurry)


def test_a_hurried_question_is_refused_as_any_other() -> None:
    for asked in (None, [], "hurry", {"hurry": True}):
        with pytest.raises(ValueError, match="expected"):
            read_of(lambda: True)(vae_core.load_model("conv"), asked)


def grey(picture: str) -> list[int]:
    return list(base64.b64decode(picture))
