"""The residual block that the convolutional networks share, and how their layers start."""

import math
from typing import TypeVar

import torch.nn.functional as F
from torch import Tensor, nn

GAIN = 1.7  # keeps the variance of a signal through layer and SiLU

Layer = TypeVar("Layer", nn.Conv2d, nn.ConvTranspose2d, nn.Linear)


def start(layer: Layer, gain: float = GAIN, bias: float = 0.0) -> Layer:
    """The layer with weights of standard deviation gain / sqrt(inputs to one output), and one value for its biases."""
    if layer.weight.is_meta:  # shapes only; drawing numbers for them would load torch's compiler, which takes seconds
        return layer
    inputs = layer.weight[0].numel()
    if isinstance(layer, nn.ConvTranspose2d):
        inputs = layer.in_channels * layer.weight[0, 0].numel() // math.prod(layer.stride)
    nn.init.normal_(layer.weight, std=gain / math.sqrt(inputs))
    if layer.bias is not None:
        nn.init.constant_(layer.bias, bias)
    return layer


class ResidualBlock(nn.Module):
    """x + conv(silu(modulate(conv(silu(x))))), (B, C, H, W) -> the same.

    There is no normalisation: the second convolution starts at zero, so every block starts as the identity,
    and a picture is decoded the same alone and in a batch. With a code, a linear map of it scales and shifts
    the channels in the middle, so that the code speaks at every depth (Perez et al. 2018, FiLM).
    """

    def __init__(self, channels: int, code_dim: int = 0) -> None:
        super().__init__()
        self.conv1 = start(nn.Conv2d(channels, channels, 3, padding=1))
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1)
        for parameter in self.conv2.parameters():
            nn.init.zeros_(parameter)
        self.modulation = nn.Linear(code_dim, 2 * channels) if code_dim else None

    def forward(self, x: Tensor, code: Tensor | None = None) -> Tensor:
        h = self.conv1(F.silu(x))
        if self.modulation is not None:
            scale, shift = self.modulation(code)[:, :, None, None].chunk(2, dim=1)  # (B, C, 1, 1) each
            h = h * (1.0 + scale) + shift
        return x + self.conv2(F.silu(h))
