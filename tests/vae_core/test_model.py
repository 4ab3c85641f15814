"""The four sub-networks: their shapes, what each sees, and how they start."""

import inspect

import pytest
import torch
from torch import Tensor, nn

from vae_core.config import PRESETS, ModelConfig
from vae_core.losses import reconstruction_loss
from vae_core.model import ConditionalVAE, build_model

CONFIGS = [
    ModelConfig(architecture, latent_dim=3, width=8, depth=2, classifier_width=8, conditional=conditional)
    for architecture in ("dense", "conv")
    for conditional in (True, False)
]
X = torch.rand(5, 28, 28, generator=torch.Generator().manual_seed(0))


def named(config: ModelConfig) -> str:
    return f"{config.architecture}-{'conditional' if config.conditional else 'unconditional'}"


@pytest.mark.parametrize("config", CONFIGS, ids=named)
def test_image_becomes_code_and_code_becomes_image(config: ModelConfig) -> None:
    model = build_model(config)
    posterior = model.encoder(X)
    assert posterior.mean.shape == posterior.logvar.shape == (5, 3)
    y = torch.eye(10)[:5] if config.conditional else None
    assert model.decoder(posterior.mean, y).shape == (5, 28, 28)
    if config.conditional:
        assert model.classifier is not None
        assert model.classifier(X).shape == (5, 10)
    else:
        assert model.classifier is None


@pytest.mark.parametrize("config", CONFIGS, ids=named)
def test_encoder_takes_the_image_alone(config: ModelConfig) -> None:
    assert list(inspect.signature(build_model(config).encoder.forward).parameters) == ["x"]


@pytest.mark.parametrize("architecture", ["dense", "conv"])
def test_decoder_reads_the_code_and_the_digit_side_by_side(architecture: str) -> None:
    """Its first layer has a column for each latent dimension, then one for each digit."""
    config = ModelConfig(architecture, latent_dim=3, width=8, depth=1)  # type: ignore[arg-type]
    decoder = build_model(config).decoder
    first = next(module for module in decoder.modules() if isinstance(module, nn.Linear))
    assert first.in_features == 3 + 10
    codes: list[Tensor] = []
    first.register_forward_pre_hook(lambda module, inputs: codes.append(inputs[0]))
    z, y = torch.randn(2, 3), torch.eye(10)[[4, 7]]
    decoder(z, y)
    torch.testing.assert_close(codes[0], torch.cat([z, y], dim=1))


@pytest.mark.parametrize("architecture", ["dense", "conv"])
def test_decoder_without_digits_reads_the_code_alone(architecture: str) -> None:
    config = ModelConfig(architecture, latent_dim=3, width=8, depth=1, conditional=False)  # type: ignore[arg-type]
    first = next(module for module in build_model(config).decoder.modules() if isinstance(module, nn.Linear))
    assert first.in_features == 3


@pytest.mark.parametrize("config", CONFIGS, ids=named)
def test_every_weight_has_a_part_in_what_comes_out(config: ModelConfig) -> None:
    model = build_model(config, seed=1)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.05 * torch.randn(parameter.shape, generator=torch.Generator().manual_seed(2)))
    posterior = model.encoder(X)
    logits = None if model.classifier is None else model.classifier(X)
    y = None if logits is None else torch.softmax(logits, 1)
    z = posterior.sample(torch.Generator().manual_seed(3))
    loss = reconstruction_loss(model.decoder(z, y), X, "bernoulli").sum() + posterior.kl().sum()
    loss.backward()
    idle = [n for n, p in model.named_parameters() if p.grad is None or not p.grad.abs().sum() > 0]
    assert idle == []


@pytest.mark.parametrize("fill", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("config", CONFIGS, ids=named)
def test_posterior_is_finite_however_strange_the_image(config: ModelConfig, fill: float) -> None:
    model = build_model(config)
    with torch.no_grad():
        for parameter in model.encoder.parameters():
            parameter.mul_(100.0)
    posterior = model.encoder(torch.full((1, 28, 28), fill))
    assert torch.isfinite(posterior.logvar).all()
    assert torch.isfinite(posterior.kl()).all()


def test_variance_of_the_encoder_has_the_floor_of_the_recipe() -> None:
    model = build_model(CONFIGS[0])
    with torch.no_grad():
        model.encoder.output.bias.fill_(-100.0)
        model.encoder.output.weight.zero_()
    torch.testing.assert_close(model.encoder(X[:1]).std.square(), torch.full((1, 3), 1e-5))


def parameters(model: nn.Module) -> int:
    return sum(parameter.numel() for parameter in model.parameters())


def test_blog_has_the_layers_of_the_published_recipe() -> None:
    model = build_model(PRESETS["blog"].model)
    encoder = 784 * 128 + 128 + 128 * 20 + 20
    decoder = (10 + 10) * 128 + 128 + 128 * 784 + 784
    classifier = 784 * 128 + 128 + 128 * 10 + 10
    assert parameters(model) == encoder + decoder + classifier


@pytest.mark.parametrize("name", ["conv", "plane", "plain"])
def test_default_model_and_its_kin_stay_within_two_and_a_half_million_parameters(name: str) -> None:
    assert parameters(build_model(PRESETS[name].model)) <= 2_500_000


def test_same_seed_gives_the_same_weights_and_another_seed_others() -> None:
    first, again, other = (build_model(CONFIGS[2], seed).state_dict() for seed in (4, 4, 5))
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert any(not torch.equal(first[name], other[name]) for name in first)


def test_building_a_model_leaves_the_global_generator_as_it_was() -> None:
    state = torch.get_rng_state()
    build_model(CONFIGS[2], seed=4)
    assert torch.equal(state, torch.get_rng_state())


def test_model_is_the_four_networks_and_nothing_else() -> None:
    children = [name for name, _ in ConditionalVAE(CONFIGS[0]).named_children()]
    assert children == ["encoder", "decoder", "classifier", "prior"]
