"""The terms of the loss of one picture, as plain arrays."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from vae_core.config import TrainConfig
from vae_core.losses import classification_loss, reconstruction_by_pixel
from vae_core.posterior import DiagonalGaussian


@dataclass(frozen=True)
class LossTerms:
    """Terms in nats of one picture that is decoded N times, from other codes or digits."""

    pictures: NDArray[np.float32]  # (N, 28, 28), decoded, in [0, 1]
    reconstruction: NDArray[np.float32]  # (N, 28, 28), -log p(x|z, y) by pixel
    kl: NDArray[np.float32]  # (Z,), KL(q(z|x) || N(0, I)) by dimension
    classification: float | None  # -log p(y|x); None without a label or without a classifier

    def elbo(self) -> NDArray[np.float64]:
        """(N,); on average over z ~ q(z|x) at most log p(x|y) (Kingma and Welling 2014, eq. 3)."""
        reconstruction, kl = self.reconstruction.sum((1, 2), dtype=float), self.kl.sum(dtype=float)
        return -(reconstruction + kl)

    def loss(self, train: TrainConfig) -> NDArray[np.float64]:
        """(N,), what training minimises, but for the critic's part, which is about pictures of other digits."""
        reconstruction, kl = self.reconstruction.sum((1, 2), dtype=float), self.kl.sum(dtype=float)
        return reconstruction + train.beta * kl + train.classification_weight * (self.classification or 0.0)


def loss_terms(
    x: Tensor,
    q: DiagonalGaussian,
    logits: Tensor,
    likelihood: str,
    p: Tensor | None = None,
    digit: Tensor | None = None,
) -> LossTerms:
    """x (1, 28, 28), its posterior q, the decoder's logits (N, 28, 28), p(y|x) (1, 10) and the true digit (1,)."""
    reconstruction = reconstruction_by_pixel(logits, x.expand_as(logits), likelihood)
    classification = None
    if p is not None and digit is not None:  # logarithms of probabilities are logits as good as any
        classification = float(classification_loss(p.clamp(min=torch.finfo(p.dtype).tiny).log(), digit))
    return LossTerms(torch.sigmoid(logits).numpy(), reconstruction.numpy(), q.kl()[0].numpy(), classification)
