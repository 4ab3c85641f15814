"""Directions of a style that change one measure: how they are found, what they do, and what is refused as such."""

import copy
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from tiny import TINY, roughen

from vae_core import __main__ as command_line
from vae_core.checkpoint import CheckpointError, read_checkpoint, save_model, update_card
from vae_core.data import Digits
from vae_core.directions import Directions, read_shape
from vae_core.drawing.morphometrics import MEASURES
from vae_core.evaluation.judge import load_judge
from vae_core.evaluation.shape import fit, shape_card
from vae_core.inference import Posterior, load_model
from vae_core.model import build_model

Z = 6
LEFT_TO_RIGHT = np.arange(28) - 13.5


class Hand:
    """A model whose first dimension is the slant of a bar in 10 degrees, then thickness in half pixels, and length."""

    name, conditional, latent_dim = "hand", True, 4

    def encode(self, images: NDArray[np.float32]) -> Posterior:
        rng = np.random.default_rng(len(images))
        mean = rng.standard_normal((len(images), self.latent_dim), dtype=np.float32)
        return Posterior(mean, np.full_like(mean, 0.1))

    def to_style(self, z: NDArray[Any], digits: NDArray[Any]) -> NDArray[Any]:
        return z - 1.0

    def style(self, images: NDArray[np.float32], digits: NDArray[Any]) -> NDArray[Any]:
        return self.to_style(self.encode(images).mean, digits)

    def write(self, style: NDArray[Any], digits: NDArray[Any]) -> NDArray[np.float32]:
        slant, thickness, length = (style[:, k, None, None] for k in range(3))
        y, x = LEFT_TO_RIGHT[:, None], LEFT_TO_RIGHT
        across = np.abs(x + y * np.tan(np.radians(10 * slant)))
        inside = np.clip(1.75 + thickness / 4 - across + 0.5, 0, 1) * np.clip(7 + length - np.abs(y), 0, 1)
        return inside.astype(np.float32)


@pytest.fixture(scope="module")
def directions() -> Directions:
    """Directions with random weights."""
    rng = np.random.default_rng(0)
    return Directions(
        input=rng.normal(size=(8, Z)) / 6, input_bias=rng.normal(size=(10, 8)) / 3, hidden=rng.normal(size=(7, 8)) / 3,
        hidden_bias=rng.normal(size=7) / 3, output=rng.normal(size=(5, 7)), centre=rng.normal(size=(10, 5)),
        spread=rng.uniform(0.5, 2, size=5), low=np.full((10, 5), -1.0), high=np.ones((10, 5)), ridge=1e-6, steps=8,
    )  # fmt: skip


@pytest.fixture
def stored(directions: Directions) -> dict[str, Any]:
    """What a card keeps of them."""
    figures = {name: {"r": 0.9, "spill": 0.1} for name in MEASURES}
    names = {"z0": {"measure": "slant", "effect": 4.0}}
    return {"directions": directions.to_json(), "names": names, "figures": figures}


def test_measures_are_the_two_layers_of_the_formula(directions: Directions) -> None:
    z = np.random.default_rng(1).normal(size=Z)
    first = np.tanh(directions.input @ z + directions.input_bias[4])
    expected = directions.centre[4] + directions.output @ np.tanh(directions.hidden @ first + directions.hidden_bias)
    np.testing.assert_allclose(directions.measures(z[None], np.array([4]))[0], expected)


def test_a_small_move_goes_where_differences_of_the_measures_point(directions: Directions) -> None:
    z, digit, step = np.random.default_rng(1).normal(size=Z), np.array([3]), 1e-5
    ahead, behind = (
        directions.measures(z + sign * step * np.eye(Z), np.repeat(digit, Z)) for sign in (1, -1)
    )  # (Z, 5) each
    jacobian = (ahead - behind).T / (2 * step)
    by = np.array([0.0, 1e-3, 0.0, 0.0, 0.0])
    moved = replace(directions, ridge=1e-12).move(z[None], digit, by[None])[0]
    np.testing.assert_allclose(moved - z, np.linalg.pinv(jacobian) @ by, rtol=0.02, atol=1e-5)


@pytest.mark.parametrize("index", range(5))
def test_a_move_changes_the_asked_measure_by_as_much_and_no_other(directions: Directions, index: int) -> None:
    z, digits = np.random.default_rng(2).normal(size=(10, Z)), np.arange(10)
    by = np.zeros((10, 5))
    by[:, index] = np.linspace(-0.2, 0.2, 10)
    changes = directions.measures(directions.move(z, digits, by), digits) - directions.measures(z, digits)
    np.testing.assert_allclose(changes, by, atol=0.01)


def test_to_move_by_nothing_leaves_z_and_what_is_given_as_they_are(directions: Directions) -> None:
    z = np.random.default_rng(2).normal(size=(3, Z))
    before = z.copy()
    np.testing.assert_allclose(directions.move(z, np.array([1, 2, 3]), np.zeros((3, 5))), z, atol=1e-12)
    np.testing.assert_array_equal(z, before)


def test_to_ask_for_what_cannot_be_stays_finite(directions: Directions) -> None:
    by = np.full((1, 5), 1e6)
    assert np.isfinite(directions.move(np.zeros((1, Z)), np.array([0]), by)).all()


def test_fit_recovers_measures_that_are_known_functions_of_z() -> None:
    rng = np.random.default_rng(0)
    spread = np.array([14.0, 0.7, 4.0, 1.0, 11.0])
    mix, offset = rng.normal(size=(5, Z)) / 3, rng.normal(size=(10, 5))

    def measured(z: NDArray[Any], digits: NDArray[Any]) -> NDArray[np.float64]:
        return spread * (z @ mix.T + 0.1 * (z @ mix.T) ** 2 + offset[digits])

    z, digits = rng.standard_normal((6_000, Z), dtype=np.float32), rng.integers(0, 10, 6_000)
    found = fit(z, digits, measured(z, digits), spread, seed=0)
    start, digits = rng.normal(size=(200, Z)), rng.integers(0, 10, 200)
    np.testing.assert_allclose(found.measures(start, digits) / spread, measured(start, digits) / spread, atol=0.4)
    by = np.zeros((200, 5))
    by[:, 0] = rng.uniform(-10, 10, size=200)
    changes = measured(found.move(start, digits, by), digits) - measured(start, digits)
    assert np.corrcoef(by[:, 0], changes[:, 0])[0, 1] > 0.98
    assert (np.abs(changes / spread)[:, 1:].mean() / np.abs(changes / spread)[:, 0].mean()) < 0.2


def test_a_hand_of_known_make_is_found_out(mnist_sample: Digits) -> None:
    many = Digits(mnist_sample.images.repeat(5, 1, 1), mnist_sample.labels.repeat(5))
    card = shape_card(Hand(), load_judge(), many, mnist_sample, 0, 2_000, lambda text: None)  # type: ignore[arg-type]
    named = {name: found["measure"] for name, found in card["names"].items()}
    assert named["z0"] == "slant" and named["z1"] == "thickness" and "z3" not in named
    assert card["names"]["z0"]["effect"] == pytest.approx(10, rel=0.2)
    assert card["names"]["z1"]["effect"] == pytest.approx(0.5, rel=0.3)
    for name in ("slant", "thickness"):
        found = card["figures"][name]
        assert found["r"] > 0.97 and found["slope"] == pytest.approx(1, abs=0.15)
    assert card["figures"]["thickness"]["spill to slant"] < 0.2
    shape = read_shape(json.loads(json.dumps(card)), Hand.latent_dim)
    assert shape is not None and shape.names["z0"] == ("slant", card["names"]["z0"]["effect"])


def test_what_is_stored_comes_back(stored: dict[str, Any], directions: Directions) -> None:
    shape = read_shape(json.loads(json.dumps(stored)), Z)
    assert shape is not None
    np.testing.assert_allclose(shape.directions.hidden, directions.hidden, atol=1e-4)
    assert (shape.directions.steps, shape.directions.ridge) == (directions.steps, directions.ridge)
    assert shape.names == {"z0": ("slant", 4.0)} and shape.figures["height"] == {"r": 0.9, "spill": 0.1}
    assert read_shape(None, Z) is None


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ((), []), ((), "text"), ((), 3),
        (("directions",), None), (("directions",), [1]),
        (("directions", "input"), [[0.0] * (Z + 1)] * 8), (("directions", "input"), []),
        (("directions", "input"), [[0.0] * Z] * 513), (("directions", "input_bias"), [[0.0] * 8] * 9),
        (("directions", "hidden"), [[0.0] * 8, [0.0]]), (("directions", "hidden"), "text"),
        (("directions", "hidden_bias"), None), (("directions", "output"), [[float("nan")] * 7] * 5),
        (("directions", "output"), [[float("inf")] * 7] * 5), (("directions", "output"), [[1e30] * 7] * 5),
        (("directions", "centre"), 1.0), (("directions", "spread"), [1, 1, 0, 1, 1]),
        (("directions", "spread"), [True] * 5), (("directions", "low"), [[2.0] * 5] * 10),
        (("directions", "ridge"), 0), (("directions", "ridge"), 1e-300), (("figures", "slant", "r"), 10**400),
        (("directions", "ridge"), "0.1"), (("directions", "steps"), 1.5),
        (("directions", "steps"), 0), (("directions", "steps"), 1000), (("directions", "steps"), [8]),
        (("names",), None), (("names", "z0"), "slant"), (("names", "z0", "measure"), "beauty"),
        (("names", "z0", "measure"), ["slant"]), (("names", "z0", "effect"), float("nan")),
        (("names", f"z{Z}"), {"measure": "slant", "effect": 1.0}), (("figures",), {}), (("figures", "slant"), 1),
        (("figures", "slant", "r"), None), (("figures", "slant", "r"), [0.9]),
    ],
)  # fmt: skip
def test_what_is_not_of_our_making_is_refused_in_one_sentence(
    stored: dict[str, Any], path: tuple[str, ...], value: Any
) -> None:
    broken = put(copy.deepcopy(stored), path, value)
    with pytest.raises(ValueError, match="expected") as caught:
        read_shape(broken, Z)
    assert "\n" not in str(caught.value)


def put(tree: Any, path: tuple[str, ...], value: Any) -> Any:
    if not path:
        return value
    tree[path[0]] = put(tree.get(path[0]), path[1:], value)
    return tree


@pytest.fixture
def checkpoint(tmp_path: Path) -> Path:
    save_model(tmp_path / "tiny.safetensors", roughen(build_model(TINY, 0)), "tiny", {"seed": 3})
    return tmp_path / "tiny.safetensors"


def test_checkpoint_with_a_malformed_shape_is_refused_in_one_sentence(checkpoint: Path) -> None:
    assert load_model(checkpoint).shape is None
    update_card(checkpoint, shape={"directions": {"input": [[1, 2], [3]]}})
    with pytest.raises(CheckpointError, match=r"tiny\.safetensors .*expected"):
        load_model(checkpoint)


def shape_command(
    checkpoint: Path, mnist_sample: Digits, monkeypatch: pytest.MonkeyPatch, *more: str
) -> tuple[int, dict[str, Any]]:
    few = Digits(mnist_sample.images[::4], mnist_sample.labels[::4])
    monkeypatch.setattr(command_line, "load_mnist", lambda root, train: few)
    code = command_line.main(["shape", str(checkpoint), *more])
    return code, read_checkpoint(checkpoint).header["card"]


def test_the_command_stores_the_shape_and_leaves_the_weights_alone(
    checkpoint: Path,
    mnist_sample: Digits,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    before = read_checkpoint(checkpoint).tensors
    code, card = shape_command(checkpoint, mnist_sample, monkeypatch)
    assert (code, card["seed"]) == (0, 3)
    assert "| slant |" in capsys.readouterr().out
    after = read_checkpoint(checkpoint).tensors
    assert before.keys() == after.keys() and all(torch.equal(before[name], after[name]) for name in before)
    shape = load_model(checkpoint).shape
    assert shape is not None and shape.directions.input.shape[1] == TINY.latent_dim
    assert set(shape.figures) == set(MEASURES)


def test_the_same_seed_finds_the_same_shape_and_another_seed_another(
    checkpoint: Path, mnist_sample: Digits, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = [
        shape_command(checkpoint, mnist_sample, monkeypatch, "--digits", "100", "--seed", seed)[1]["shape"]
        for seed in "001"
    ]
    assert found[0] == found[1] != found[2]
    assert found[0]["digits"] == 100


def test_a_model_without_digit_input_is_refused(
    tmp_path: Path, mnist_sample: Digits, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "plain.safetensors"
    save_model(path, build_model(replace(TINY, conditional=False), 0), "plain", {})
    assert shape_command(path, mnist_sample, monkeypatch) == (1, {})
    assert "takes no digit" in capsys.readouterr().err
