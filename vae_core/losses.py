"""The terms of the loss, in nats, one value per example."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor

GAUSSIAN_STD = 0.5  # of the published recipe's likelihood, in units of pixel intensity
LOG_NORMALIZER = math.log(GAUSSIAN_STD * math.sqrt(2.0 * math.pi))  # per pixel; 784 of them are 177.0 nats


def reconstruction_loss(logits: Tensor, x: Tensor, likelihood: str) -> Tensor:
    """-log p(x|z, y) summed over pixels: logits (B, 28, 28), x (B, 28, 28) in [0, 1] -> (B,)."""
    return reconstruction_by_pixel(logits, x, likelihood).sum((1, 2))


def reconstruction_by_pixel(logits: Tensor, x: Tensor, likelihood: str) -> Tensor:
    """-log p(x|z, y) of each pixel: logits (B, 28, 28), x (B, 28, 28) in [0, 1] -> (B, 28, 28).

    "bernoulli" is the cross-entropy, for a grey x its mean over binarisations; "gaussian" has the mean
    sigmoid(logits) and the standard deviation 0.5 (Kingma and Welling 2014, appendix C).
    """
    if likelihood == "bernoulli":
        return F.binary_cross_entropy_with_logits(logits, x, reduction="none")
    error = (x - torch.sigmoid(logits)) / GAUSSIAN_STD
    return 0.5 * error.square() + LOG_NORMALIZER


def classification_loss(logits: Tensor, digits: Tensor) -> Tensor:
    """-log p(y|x): logits (B, 10), digits (B,) -> (B,)."""
    return F.cross_entropy(logits, digits, reduction="none")


def energy_margin(known: Tensor, unknown: Tensor, above: float, below: float) -> Tensor:
    """The hinge that parts digits from what is none by their energy, -logsumexp of the logits, a scalar.

    Of known (B, 10) what minus the energy lacks to `above`, of unknown (C, 10) by how much it exceeds `below`, each
    squared and averaged (Liu et al. 2020, equation 8, at temperature 1).
    """
    lacking, exceeding = above - known.logsumexp(1), unknown.logsumexp(1) - below
    return F.relu(lacking).square().mean() + F.relu(exceeding).square().mean()
