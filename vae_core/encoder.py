"""The encoder q(z|x): an image to a diagonal Gaussian over z. It never sees the label."""

import torch
from torch import Tensor, nn

from vae_core.blocks import ResidualBlock, start
from vae_core.config import PIXELS, ModelConfig
from vae_core.posterior import DiagonalGaussian

MIN_VARIANCE = 1e-5  # added to exp(.), as in the published recipe; keeps the log-variance finite
MAX_LOGVAR = 10.0  # far above any posterior of use; keeps exp(.) finite on strange input


class DenseEncoder(nn.Module):
    """One hidden layer of sigmoid units."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.hidden = nn.Linear(PIXELS, config.width)
        self.output = nn.Linear(config.width, 2 * config.latent_dim)

    def forward(self, x: Tensor) -> DiagonalGaussian:
        """x (B, 28, 28) in [0, 1] -> posterior over (B, Z)."""
        h = torch.sigmoid(self.hidden(x.flatten(1)))
        return _posterior(self.output(h))


class ConvEncoder(nn.Module):
    """28 -> 14 -> 7 by strided convolutions, residual blocks at 14 and 7."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        w, depth = config.width, config.depth
        self.features = nn.Sequential(
            start(nn.Conv2d(1, w, 4, stride=2, padding=1)),  # (B, w, 14, 14)
            *(ResidualBlock(w) for _ in range(depth)),
            nn.SiLU(),
            start(nn.Conv2d(w, 2 * w, 4, stride=2, padding=1)),  # (B, 2w, 7, 7)
            *(ResidualBlock(2 * w) for _ in range(depth)),
            nn.SiLU(),
        )
        self.output = start(nn.Linear(2 * w * 49, 2 * config.latent_dim), gain=0.3)

    def forward(self, x: Tensor) -> DiagonalGaussian:
        """x (B, 28, 28) in [0, 1] -> posterior over (B, Z)."""
        h = (2.0 * x - 1.0)[:, None].contiguous(memory_format=torch.channels_last)  # (B, 1, 28, 28)
        return _posterior(self.output(self.features(h).flatten(1)).float())


def _posterior(output: Tensor) -> DiagonalGaussian:
    mean, raw = output.chunk(2, dim=1)  # (B, Z) each
    variance = MIN_VARIANCE + torch.exp(raw.clamp(max=MAX_LOGVAR))
    return DiagonalGaussian(mean, torch.log(variance))


def build_encoder(config: ModelConfig) -> nn.Module:
    """The encoder of a configuration."""
    return DenseEncoder(config) if config.architecture == "dense" else ConvEncoder(config)
