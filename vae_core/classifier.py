"""The classifier p(y|x): an image to ten logits, so that the digit need not be known at test time."""

import torch
from torch import Tensor, nn

from vae_core.config import DIGITS, PIXELS, ModelConfig


class DenseClassifier(nn.Module):
    """One hidden layer of sigmoid units."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.hidden = nn.Linear(PIXELS, config.width)
        self.output = nn.Linear(config.width, DIGITS)

    def penultimate(self, x: Tensor) -> Tensor:
        """x (B, 28, 28) in [0, 1] -> what the output layer reads, (B, H)."""
        return torch.sigmoid(self.hidden(x.flatten(1)))

    def forward(self, x: Tensor) -> Tensor:
        """x (B, 28, 28) in [0, 1] -> logits (B, 10)."""
        return self.output(self.penultimate(x))


class ConvClassifier(nn.Module):
    """Each 2 x 2 of pixels becomes four channels at 14 x 14, then 7 x 7; residual pairs, all batch-normalised."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.PixelUnshuffle(2),  # (B, 4, 14, 14)
            _convolution(4, width, 3, stride=1),  # (B, w, 14, 14)
            ResidualPair(width),
            _convolution(width, 2 * width, 3, stride=2),  # (B, 2w, 7, 7)
            ResidualPair(2 * width),
            ResidualPair(2 * width),
        )
        self.output = nn.Linear(2 * width * 49, DIGITS)

    def penultimate(self, x: Tensor) -> Tensor:
        """x (B, 28, 28) in [0, 1] -> what the output layer reads, (B, 2w x 49)."""
        return self.features(x[:, None]).flatten(1)

    def forward(self, x: Tensor) -> Tensor:
        """x (B, 28, 28) in [0, 1] -> logits (B, 10)."""
        return self.output(self.penultimate(x)).float()


class ResidualPair(nn.Module):
    """Two normalised convolutions and a way around them, (B, C, H, W) -> the same; He et al. 2016."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first = _convolution(channels, channels, 3, stride=1)
        self.second = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(channels)

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(x + self.norm(self.second(self.first(x))))


def _convolution(inputs: int, outputs: int, kernel: int, stride: int) -> nn.Sequential:
    convolution = nn.Conv2d(inputs, outputs, kernel, stride, padding=kernel // 2, bias=False)
    return nn.Sequential(convolution, nn.BatchNorm2d(outputs), nn.ReLU(inplace=True))


def build_classifier(config: ModelConfig) -> nn.Module | None:
    """The classifier of a configuration; None where the model is unconditional."""
    if not config.conditional:
        return None
    return DenseClassifier(config) if config.architecture == "dense" else ConvClassifier(config.classifier_width)
