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
    gain: NDArray[np.float32]  # (N,), log p(z|y) - log N(z; 0, I) at each code; 0 where the prior is N(0, I)
    classification: float | None  # -log p(y|x); None without a label or without a classifier

    def prior(self) -> NDArray[np.float64]:
        """(N,); on average over z ~ q(z|x) it is KL(q(z|x) || p(z|y)), exact where the prior is N(0, I)."""
        return self.kl.sum(dtype=float) - self.gain.astype(float)

    def elbo(self) -> NDArray[np.float64]:
        """(N,); on average over z ~ q(z|x) at most log p(x|y) (Kingma and Welling 2014, eq. 3)."""
        return -(self.reconstruction.sum((1, 2), dtype=float) + self.prior())

    def loss(self, train: TrainConfig) -> NDArray[np.float64]:
        """(N,), what training minimises, but for the critic's part, which is about pictures of other digits."""
        elbo = self.reconstruction.sum((1, 2), dtype=float) + train.beta * self.prior()
        return elbo + train.classification_weight * (self.classification or 0.0)


def loss_terms(
    x: Tensor,
    q: DiagonalGaussian,
    logits: Tensor,
    gain: Tensor,
    likelihood: str,
    p: Tensor | None = None,
    digit: Tensor | None = None,
) -> LossTerms:
    """x (1, 28, 28), its posterior q, the decoder's logits (N, 28, 28), the prior's gain (N,), p(y|x) (1, 10) and the
    true digit (1,)."""
    reconstruction = reconstruction_by_pixel(logits, x.expand_as(logits), likelihood)
    classification = None
    if p is not None and digit is not None:  # logarithms of probabilities are logits as good as any
        classification = float(classification_loss(p.clamp(min=torch.finfo(p.dtype).tiny).log(), digit))
    pictures = torch.sigmoid(logits).numpy()
    return LossTerms(pictures, reconstruction.numpy(), q.kl()[0].numpy(), gain.numpy(), classification)
