"""What the page may ask of a shape."""

from typing import Any

import numpy as np
import pytest

import vae_core
from demo.tabs.explore.shape import shape

Z = [0.1] * 16
STILL = [0.0] * 5


@pytest.fixture(scope="module")
def model() -> vae_core.Model:
    return vae_core.load_model("conv")


def test_no_change_asked_is_no_change(model: vae_core.Model) -> None:
    answer = shape(model, {"style": Z, "digit": 3, "by": STILL})
    assert answer["style"] == Z
    assert all(map(len, (answer[name] for name in ("values", "low", "high"))))


def test_the_change_asked_is_the_change_of_the_values(model: vae_core.Model) -> None:
    start = shape(model, {"style": Z, "digit": 3, "by": STILL})["values"]
    moved = shape(model, {"style": Z, "digit": 3, "by": [10.0, 0, 0, 0, 0]})
    assert np.subtract(moved["values"], start)[0] == pytest.approx(10, abs=2)
    assert moved["style"] != Z


@pytest.mark.parametrize(
    "asked",
    [
        None,
        {},
        {"style": Z, "digit": 3},
        {"style": Z, "digit": 3, "by": 1},
        {"style": Z, "digit": 3, "by": [1]},
        {"style": Z, "digit": 3, "by": [float("nan")] * 5},
        {"style": Z, "digit": 3, "by": ["1"] * 5},
        {"style": Z, "digit": 3, "by": [1e9] * 5},
        {"style": Z, "digit": 10, "by": STILL},
        {"style": Z, "digit": True, "by": STILL},
        {"style": [0.1], "digit": 3, "by": STILL},
        {"style": [Z], "digit": 3, "by": STILL},
        {"style": [float("inf")] * 16, "digit": 3, "by": STILL},
    ],
)
def test_anything_else_is_refused_in_a_sentence(model: vae_core.Model, asked: Any) -> None:
    with pytest.raises(ValueError, match="expected"):
        shape(model, asked)


def test_however_far_it_is_asked_to_go_z_stays_within_what_decodes(model: vae_core.Model) -> None:
    style = shape(model, {"style": Z, "digit": 3, "by": [200.0, -200, 200, -200, 200]})["style"]
    assert np.isfinite(style).all()
    assert np.abs(style).max() <= 20


def test_a_model_without_measured_shape_says_so() -> None:
    plain = vae_core.load_model("plain")
    with pytest.raises(ValueError, match="expected a model whose shape was measured"):
        shape(plain, {"style": [0.0] * plain.latent_dim, "digit": 0, "by": STILL})
