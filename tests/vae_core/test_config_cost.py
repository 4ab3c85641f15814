"""What a configuration says a picture costs is what its networks do."""

import pytest
import torch
from torch import nn

from vae_core.config import PRESETS, ModelConfig
from vae_core.model import build_model

CONFIGS = {name: preset.model for name, preset in PRESETS.items()}
CONFIGS["deep and narrow"] = ModelConfig(latent_dim=40, width=4, depth=9, classifier_width=5)


def counted(config: ModelConfig) -> int:
    """Products of a weight and a value in one pass through encoder, decoder and classifier."""
    network, total = build_model(config).eval(), 0

    def count(layer: nn.Module, given: tuple[torch.Tensor, ...], made: torch.Tensor) -> None:
        nonlocal total
        place = given[0] if isinstance(layer, nn.ConvTranspose2d) else made
        total += layer.weight.numel() * (place[0, 0].numel() if place.ndim == 4 else 1)  # type: ignore[union-attr, operator]

    for layer in network.modules():
        if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d | nn.Linear):
            layer.register_forward_hook(count)
    with torch.inference_mode():
        network.encoder(torch.zeros(1, 28, 28))
        network.decoder(torch.zeros(1, config.latent_dim), torch.zeros(1, 10) if config.conditional else None)
        if network.classifier is not None:
            network.classifier(torch.zeros(1, 28, 28))
    return total


@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS)
def test_the_multiplications_of_a_picture_are_known_beforehand(config: ModelConfig) -> None:
    assert config.multiplications == counted(config)
