"""What a model calls strange: the measures, and how they are kept beside the weights."""

from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from scipy.spatial.distance import cdist
from scipy.special import logsumexp

import vae_core
from vae_core.checkpoint import (
    STRANGENESS,
    CheckpointError,
    load_weights,
    read_checkpoint,
    save_model,
    store_strangeness,
    update_card,
    write_checkpoint,
)
from vae_core.inference import Model, load_model
from vae_core.model import ConditionalVAE
from vae_core.strangeness import LEAST, NEIGHBOURS, Strangeness, nearness, unexplained_ink

FEATURES = 16 * 49  # of the tiny model's classifier
Floats = NDArray[np.floating]


@pytest.fixture(scope="module")
def fitted() -> Strangeness:
    """Of 5 components, 20 references in 3 of them and 4 units, all at random."""
    rng = np.random.default_rng(0)
    sizes = [(FEATURES,), (FEATURES, 5), (20, 3), (8,), (8,), (8, 4), (4,), (4, 3), (3,)]
    arrays = [rng.normal(size=size).astype(np.float32) for size in sizes]
    made = Strangeness(*arrays[:4], np.abs(arrays[4]) + 0.5, *arrays[5:])
    return replace(made, projection=_half(made.projection), references=_half(made.references))


def _half(array: Floats) -> Floats:
    return array.astype(np.float16).astype(np.float32)


@pytest.fixture
def saved(tmp_path: Path, network: ConditionalVAE, fitted: Strangeness) -> Path:
    path = tmp_path / "tiny.safetensors"
    save_model(path, network, "tiny", {"seed": 3})
    store_strangeness(path, fitted.to_tensors())
    return path


def test_distance_is_the_mean_to_the_nearest_known_digits() -> None:
    rng = np.random.default_rng(1)
    points, references = rng.normal(size=(7, 6)), rng.normal(size=(30, 6))
    expected = np.sort(cdist(points, references), axis=1)[:, :NEIGHBOURS].mean(axis=1)
    assert np.allclose(nearness(points, references), expected)


def test_unexplained_ink_is_none_of_a_perfect_reconstruction_and_all_of_a_blank_one() -> None:
    images = np.random.default_rng(2).random((3, 28, 28))
    assert np.array_equal(unexplained_ink(images, images), np.zeros(3))
    assert np.allclose(unexplained_ink(images, np.zeros_like(images)), 1)
    assert np.isfinite(unexplained_ink(np.zeros((1, 28, 28)), images[:1])).all()


def test_doubt_is_what_two_layers_say_of_components_and_measures(fitted: Strangeness) -> None:
    rng = np.random.default_rng(3)
    features, logits, missed = rng.normal(size=(6, FEATURES)), 5 * rng.normal(size=(6, 10)), rng.random(6)
    components = (features - fitted.centre) @ fitted.projection
    distance = np.sort(cdist(components[:, :3], fitted.references), axis=1)[:, :NEIGHBOURS].mean(axis=1)
    known = np.column_stack([components, missed, -logsumexp(logits, axis=1), np.log(LEAST + distance)])
    inputs = torch.from_numpy((known - fitted.mean) / fitted.spread)
    hidden = torch.relu(inputs @ torch.from_numpy(fitted.hidden).double() + torch.from_numpy(fitted.hidden_bias))
    outputs = hidden @ torch.from_numpy(fitted.output).double() + torch.from_numpy(fitted.output_bias)
    doubt = fitted.doubt(features, logits, missed)
    assert np.allclose(doubt.strangeness, torch.logsumexp(outputs[:, 1:], dim=1) - outputs[:, 0], atol=1e-6)
    assert doubt.several.tolist() == (outputs[:, 2] > outputs[:, 1]).tolist()


def test_a_model_doubts_the_same_alone_and_in_a_batch(model: Model, fitted: Strangeness, images: Floats) -> None:
    doubting = Model(model._network, "doubting", {}, fitted)
    together = doubting.doubt(images[:12])
    alone = [doubting.doubt(image) for image in images[:12]]
    assert np.allclose(together.strangeness, [one.strangeness[0] for one in alone], atol=1e-3)
    assert together.several.tolist() == [one.several[0] for one in alone]


def test_doubt_costs_no_second_pass_where_the_first_was_kept(model: Model, fitted: Strangeness, images: Floats) -> None:
    doubting = Model(model._network, "doubting", {}, fitted)
    kept = doubting.recognise(images[:12])
    assert np.allclose(kept.probabilities, doubting.classify(images[:12]), atol=1e-6)
    doubt = doubting.doubt_of(images[:12], doubting.reconstruct(images[:12]), kept)
    assert np.allclose(doubt.strangeness, doubting.doubt(images[:12]).strangeness, atol=1e-4)


def test_a_model_to_which_nothing_was_fitted_doubts_by_ink_and_probability(model: Model, images: Floats) -> None:
    missed = unexplained_ink(images[:9], model.reconstruct(images[:9]))
    expected = missed + 0.3 * (1 - model.classify(images[:9]).max(axis=1)) - 0.18
    doubt = model.doubt(images[:9])
    assert np.allclose(doubt.strangeness, expected, atol=1e-5)
    assert not doubt.several.any()


def test_a_model_without_a_classifier_doubts_by_ink_alone(plain_model: Model, images: Floats) -> None:
    expected = unexplained_ink(images[:9], plain_model.reconstruct(images[:9])) - 0.18
    assert np.allclose(plain_model.doubt(images[:9]).strangeness, expected, atol=1e-5)
    with pytest.raises(ValueError, match="no classifier"):
        plain_model.recognise(images[:9])


def test_what_was_fitted_comes_back_with_the_model(saved: Path, fitted: Strangeness, images: Floats) -> None:
    back = load_model(saved).strangeness
    assert back is not None
    assert all(np.array_equal(getattr(back, f.name), getattr(fitted, f.name)) for f in fields(fitted))


def test_weights_and_card_stay_as_they_were(saved: Path, network: ConditionalVAE) -> None:
    weights, name, card = load_weights(saved)
    assert all(torch.equal(weights.state_dict()[key], value) for key, value in network.state_dict().items())
    assert (name, card) == ("tiny", {"seed": 3})


def test_a_later_fit_takes_the_place_of_the_first(saved: Path, fitted: Strangeness) -> None:
    store_strangeness(saved, replace(fitted, centre=fitted.centre + 1).to_tensors())
    back = load_model(saved).strangeness
    assert back is not None
    assert np.array_equal(back.centre, fitted.centre + 1)


def test_a_new_card_leaves_it_in_its_place(saved: Path) -> None:
    update_card(saved, figures=[])
    assert load_model(saved).strangeness is not None


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("centre", torch.zeros(FEATURES + 1)),
        ("projection", torch.zeros(FEATURES, 4)),
        ("projection", torch.zeros(FEATURES)),
        ("references", torch.zeros(NEIGHBOURS, 3)),
        ("references", torch.zeros(20, 6)),
        ("spread", torch.zeros(8)),
        ("hidden", torch.full((8, 4), float("nan"))),
        ("output_bias", torch.zeros(2)),
        ("output_bias", torch.tensor(1.0)),
        ("stranger", torch.zeros(3)),
    ],
)
def test_what_cannot_be_used_is_refused_in_a_sentence(saved: Path, name: str, damage: torch.Tensor) -> None:
    checkpoint = read_checkpoint(saved)
    write_checkpoint(saved, checkpoint.tensors | {STRANGENESS + name: damage}, checkpoint.header)
    with pytest.raises(CheckpointError, match="strangeness") as raised:
        load_model(saved)
    assert saved.name in str(raised.value)
    assert "\n" not in str(raised.value)


def test_what_was_fitted_to_another_classifier_is_refused(model: Model, fitted: Strangeness) -> None:
    other = replace(fitted, centre=np.zeros(3), projection=np.zeros((3, 5)))
    with pytest.raises(ValueError, match=f"strangeness of {FEATURES} features"):
        Model(model._network, "other", {}, other)


READERS = [name for name in vae_core.available_models() if name != "plain"]


@pytest.mark.parametrize("name", READERS)
def test_shipped_models_know_digits_from_flat_lines_dots_and_numbers(name: str, images: Floats) -> None:
    model = load_model(name)
    assert model.strangeness is not None
    assert (model.doubt(images).strangeness > 0).mean() <= 0.03  # of 400: one in a hundred is meant
    flat = [vae_core.render_strokes([[[0, 0], [100, rise]]]) for rise in (-10, 0, 10)]
    dots = [vae_core.render_strokes([[[0, 0]], [[right, 20]]]) for right in (10, 30, 60)]
    assert (model.doubt(np.stack(flat + dots)).strangeness > 0).all()
    rows = [
        vae_core.preprocess(np.pad(np.hstack([a[:, 4:24], b[:, 4:24]]), 9))
        for a, b in zip(images[:40], images[40:80], strict=True)
    ]
    assert (model.doubt(np.stack(rows)).strangeness > 0).mean() >= 0.9
