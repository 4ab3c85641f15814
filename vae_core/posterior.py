"""The diagonal Gaussian that an encoder returns."""

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class DiagonalGaussian:
    """q(z|x) = N(mean, diag(exp(logvar))); both (B, Z)."""

    mean: Tensor
    logvar: Tensor

    @property
    def std(self) -> Tensor:
        return torch.exp(0.5 * self.logvar)

    def sample(self, generator: torch.Generator | None = None) -> Tensor:
        """One reparameterised sample per example, (B, Z): mean + std x epsilon."""
        return self.at(torch.empty_like(self.mean).normal_(generator=generator))

    def at(self, epsilon: Tensor) -> Tensor:
        """z (B, Z) of a draw epsilon (B, Z) from N(0, I)."""
        return self.mean + self.std * epsilon

    def kl(self) -> Tensor:
        """KL(q(z|x) || N(0, I)) of each dimension in nats, (B, Z); Kingma and Welling 2014, appendix B."""
        return 0.5 * (self.mean.square() + self.logvar.exp() - 1.0 - self.logvar)
