"""Configurations refuse what cannot be built or trained, and the presets are what they say."""

from dataclasses import FrozenInstanceError, fields
from typing import Any

import pytest

from vae_core.config import PRESETS, ModelConfig, TrainConfig, config_to_dict


@pytest.mark.parametrize(
    ("settings", "names"),
    [
        ({"architecture": "transformer"}, "architecture"),
        ({"likelihood": "poisson"}, "likelihood"),
        ({"latent_dim": 0}, "latent_dim"),
        ({"latent_dim": 257}, "latent_dim"),
        ({"latent_dim": 10.0}, "latent_dim"),
        ({"latent_dim": True}, "latent_dim"),
        ({"latent_dim": "10"}, "latent_dim"),
        ({"latent_dim": 10**30}, "latent_dim"),
        ({"width": -1}, "width"),
        ({"width": 1025}, "width"),
        ({"depth": 0}, "depth"),
        ({"depth": 17}, "depth"),
        ({"classifier_width": 0}, "classifier_width"),
        ({"classifier_width": 257}, "classifier_width"),
        ({"conditional": 1}, "conditional"),
        ({"conditional": None}, "conditional"),
        ({"architecture": ["conv"]}, "architecture"),
        ({"couplings": -1}, "couplings"),
        ({"couplings": 33}, "couplings"),
        ({"couplings": 1.0}, "couplings"),
        ({"couplings": 2, "latent_dim": 1}, "couplings"),
    ],
)
def test_model_that_cannot_be_built_is_refused_by_the_name_of_the_setting(settings: dict[str, Any], names: str) -> None:
    with pytest.raises(ValueError, match=rf"^{names} must be .*got "):
        ModelConfig(**settings)


@pytest.mark.parametrize(
    ("settings", "names"),
    [
        ({"epochs": 0}, "epochs"),
        ({"epochs": 1.5}, "epochs"),
        ({"batch_size": 0}, "batch_size"),
        ({"batch_size": 60_001}, "batch_size"),
        ({"learning_rate": 0.0}, "learning_rate"),
        ({"learning_rate": -1e-3}, "learning_rate"),
        ({"learning_rate": float("nan")}, "learning_rate"),
        ({"learning_rate": float("inf")}, "learning_rate"),
        ({"learning_rate": "0.001"}, "learning_rate"),
        ({"learning_rate": True}, "learning_rate"),
        ({"schedule": "linear"}, "schedule"),
        ({"weight_decay": -0.1}, "weight_decay"),
        ({"beta": -1.0}, "beta"),
        ({"beta": float("nan")}, "beta"),
        ({"classification_weight": -1.0}, "classification_weight"),
        ({"critic_weight": -1.0}, "critic_weight"),
        ({"critic_weight": None}, "critic_weight"),
        ({"critic_warm_up": 1.1}, "critic_warm_up"),
        ({"free_bits": -0.1}, "free_bits"),
        ({"grey_from": -0.1}, "grey_from"),
        ({"decoder_digits": "none"}, "decoder_digits"),
        ({"binarize": 0}, "binarize"),
        ({"augment": "yes"}, "augment"),
        ({"pen_share": -0.1}, "pen_share"),
        ({"pen_share": 0.31}, "pen_share"),
        ({"ema_decay": 1.0}, "ema_decay"),
        ({"ema_decay": -0.1}, "ema_decay"),
    ],
)
def test_training_that_cannot_be_done_is_refused_by_the_name_of_the_setting(
    settings: dict[str, Any], names: str
) -> None:
    with pytest.raises(ValueError, match=rf"^{names} must be .*got "):
        TrainConfig(**settings)


def test_whole_numbers_will_do_for_fractions() -> None:
    assert TrainConfig(beta=2).beta == 2


@pytest.mark.parametrize("config", [ModelConfig(), TrainConfig()])
def test_configuration_cannot_be_changed_once_made(config: ModelConfig | TrainConfig) -> None:
    with pytest.raises(FrozenInstanceError):
        setattr(config, fields(config)[0].name, fields(config)[0].default)


def test_configuration_comes_back_from_its_plain_values() -> None:
    for preset in PRESETS.values():
        assert ModelConfig(**config_to_dict(preset.model)) == preset.model
        assert TrainConfig(**config_to_dict(preset.train)) == preset.train


def test_blog_preset_is_the_published_recipe() -> None:
    model, train = PRESETS["blog"].model, PRESETS["blog"].train
    assert (model.architecture, model.latent_dim, model.width) == ("dense", 10, 128)
    assert (model.likelihood, model.conditional) == ("gaussian", True)
    assert train == TrainConfig(
        epochs=20,
        batch_size=100,
        learning_rate=1e-3,
        schedule="constant",
        weight_decay=0.0,
        beta=1.0,
        classification_weight=10.0,
        critic_weight=0.0,
        decoder_digits="probabilities",
        binarize=False,
        augment=False,
        pen_share=0.0,
        ema_decay=0.0,
    )


def test_presets_differ_from_conv_as_their_names_say() -> None:
    assert set(PRESETS) == {"blog", "conv", "plane", "plain", "deep"}
    assert 10 <= PRESETS["conv"].model.latent_dim <= 16
    assert [name for name, preset in PRESETS.items() if not preset.model.couplings] == ["blog", "plane"]
    assert PRESETS["plane"].model.latent_dim == 2
    assert not PRESETS["plain"].model.conditional
    assert all(preset.model.conditional for name, preset in PRESETS.items() if name != "plain")
