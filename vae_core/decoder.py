"""The decoder p(x|z, y): a latent code joined with ten digit values to the logits of an image."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from vae_core.blocks import ResidualBlock, start
from vae_core.config import DIGITS, IMAGE_SIZE, PIXELS, ModelConfig

PAPER = -2.0  # logit at which pixels start: nearly all of a picture is paper


def _code(z: Tensor, y: Tensor | None) -> Tensor:
    return z if y is None else torch.cat([z, y], dim=1)  # (B, Z) or (B, Z + 10)


class DenseDecoder(nn.Module):
    """One hidden layer of sigmoid units."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        code_dim = config.latent_dim + DIGITS * config.conditional
        self.hidden = nn.Linear(code_dim, config.width)
        self.output = nn.Linear(config.width, PIXELS)

    def forward(self, z: Tensor, y: Tensor | None) -> Tensor:
        """z (B, Z), y (B, 10) or None where unconditional -> logits (B, 28, 28)."""
        h = torch.sigmoid(self.hidden(_code(z, y)))
        return self.output(h).view(-1, IMAGE_SIZE, IMAGE_SIZE)


class ConvDecoder(nn.Module):
    """7 -> 14 by a transposed convolution, residual blocks at both; the code modulates every block. The last step to
    28 x 28 shuffles four channels into each 2 x 2 of pixels (Shi et al. 2016), so that no convolution runs at 28."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        w, depth = config.width, config.depth
        code_dim = config.latent_dim + DIGITS * config.conditional
        self.seed = start(nn.Linear(code_dim, 2 * w * 49))
        self.blocks7 = nn.ModuleList(ResidualBlock(2 * w, code_dim) for _ in range(depth))
        self.up14 = start(nn.ConvTranspose2d(2 * w, w, 4, stride=2, padding=1))
        self.blocks14 = nn.ModuleList(ResidualBlock(w, code_dim) for _ in range(depth))
        self.widen = start(nn.Conv2d(w, 2 * w, 3, padding=1))
        self.output = start(nn.Conv2d(2 * w, 4, 3, padding=1), gain=1.0, bias=PAPER)

    def forward(self, z: Tensor, y: Tensor | None) -> Tensor:
        """z (B, Z), y (B, 10) or None where unconditional -> logits (B, 28, 28)."""
        code = _code(z, y)
        h = self.seed(code).view(len(code), -1, 7, 7).contiguous(memory_format=torch.channels_last)
        for block in self.blocks7:
            h = block(h, code)
        h = self.up14(F.silu(h))  # (B, w, 14, 14)
        for block in self.blocks14:
            h = block(h, code)
        h = self.output(F.silu(self.widen(F.silu(h))))  # (B, 4, 14, 14)
        return F.pixel_shuffle(h.float(), 2)[:, 0]


def build_decoder(config: ModelConfig) -> nn.Module:
    """The decoder of a configuration."""
    return DenseDecoder(config) if config.architecture == "dense" else ConvDecoder(config)
