"""Beginning with weights that are there, and fitting the prior alone."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from tiny import TINY, roughen

from vae_core.checkpoint import CheckpointError, save_model
from vae_core.config import ModelConfig, TrainConfig
from vae_core.data import Digits
from vae_core.model import build_model
from vae_core.training.batches import TrainingData
from vae_core.training.fit_prior import fit_prior
from vae_core.training.start import begin_with, file_digest, is_of_prior
from vae_core.training.trainer import Trainer

FLOWING = replace(TINY, couplings=4)


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "there.safetensors"
    save_model(path, roughen(build_model(TINY)), "conv", {"command": "train it", "prior": None})
    return path


def test_model_begins_with_the_weights_of_a_checkpoint_and_says_which(saved: Path) -> None:
    model = build_model(TINY, seed=5)
    told = begin_with(model, saved)
    expected = roughen(build_model(TINY)).state_dict()
    assert all(torch.equal(value, expected[name]) for name, value in model.state_dict().items())
    assert told == {"sha256": file_digest(saved), "command": "train it", "prior": None}


def test_flow_that_a_checkpoint_lacks_stays_at_the_identity(saved: Path) -> None:
    model, z, y = build_model(FLOWING, seed=5), torch.randn(3, 2), torch.eye(10)[:3]
    begin_with(model, saved)
    assert torch.equal(model.prior.to_z(z, y), z)
    assert torch.equal(model.decoder(z, y), roughen(build_model(TINY)).decoder(z, y))


def test_flow_of_a_checkpoint_comes_along(tmp_path: Path) -> None:
    there = roughen(build_model(FLOWING))
    save_model(tmp_path / "a", there, "conv", {})
    model, z, y = build_model(FLOWING, seed=5), torch.randn(3, 2), torch.eye(10)[:3]
    begin_with(model, tmp_path / "a")
    assert torch.equal(model.prior.to_z(z, y), there.prior.to_z(z, y))


def test_weights_of_another_model_are_refused(saved: Path) -> None:
    with pytest.raises(CheckpointError, match="is of another model"):
        begin_with(build_model(replace(TINY, width=9)), saved)


def test_run_that_began_with_a_checkpoint_repeats_goes_on_and_tells(
    saved: Path, tmp_path: Path, mnist_sample: Digits
) -> None:
    data = TrainingData(mnist_sample, mnist_sample)
    config = TrainConfig(epochs=2, batch_size=100, learning_rate=1e-3, critic_weight=1.0, critic_warm_up=0.5)

    def begun(out: str) -> Trainer:
        return Trainer("conv", FLOWING, config, data, tmp_path / out, start=saved)

    whole, broken = begun("whole"), begun("broken")
    assert whole.run()
    stops = iter([False, False, True])
    assert not broken.run(stopped=lambda: next(stops))
    again = begun("broken")
    again.resume()
    assert again.run()
    expected = whole.smooth_model().state_dict()
    assert all(torch.equal(value, expected[name]) for name, value in again.smooth_model().state_dict().items())
    card = whole.card()
    assert card["start"]["sha256"] == file_digest(saved)
    assert "--start FILE" in card["command"]
    for setting in ("learning_rate=0.001", "critic_warm_up=0.5", "couplings=4", "latent_dim=2"):
        assert f"--set {setting}" in card["command"]
    fresh = Trainer("conv", FLOWING, config, data, tmp_path / "broken")
    with pytest.raises(CheckpointError, match="of a run with other settings"):
        fresh.resume()


# The prior alone.


@pytest.mark.parametrize("conditional", [True, False])
def test_fitted_prior_knows_where_codes_are_and_nothing_else_changes(mnist_sample: Digits, conditional: bool) -> None:
    config = ModelConfig("dense", latent_dim=2, width=8, conditional=conditional)
    model = roughen(build_model(config)).eval()
    with torch.no_grad():  # codes that are not N(0, I)
        model.encoder.output.bias.add_(torch.tensor([1.5, -1.0, -2.0, -2.0]))
    before = {name: value.clone() for name, value in model.state_dict().items()}
    said: list[str] = []
    fitted = fit_prior(model, mnist_sample, couplings=4, epochs=20, seed=0, say=said.append)
    again = fit_prior(model, mnist_sample, couplings=4, epochs=20, seed=0, say=said.append)
    after = fitted.state_dict()
    assert all(torch.equal(value, after[name]) for name, value in before.items())
    assert all(torch.equal(value, again.state_dict()[name]) for name, value in after.items())
    assert any(is_of_prior(name) for name in after) and fitted.config.couplings == 4
    y = torch.eye(10)[mnist_sample.labels] if conditional else None
    with torch.no_grad():
        z = model.encoder(mnist_sample.images.float() / 255).sample(torch.Generator().manual_seed(1))
        gain = fitted.prior.gain(z, y).mean()
        style = fitted.prior.to_style(z, y)[0]
    assert gain > 1.0
    assert style.mean(0).abs().max() < 0.4 and (style.std(0) - 1).abs().max() < 0.4
    assert len(said) == 2 * 21
