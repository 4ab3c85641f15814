"""The prior p(z|y): a flow z = f(w; y) of styles w ~ N(0, I), so that one w is one way to write every digit."""

import math
from typing import cast

import torch
from torch import Tensor, nn

from vae_core.config import DIGITS, ModelConfig

UNITS = 64  # in each of a coupling's two hidden layers
MAX_LOG_SCALE = 1.0  # of one coupling, either way; four of eight change the same dimension


class Coupling(nn.Module):
    """One half of z is scaled and shifted by what a network says of the other half and of the digit.

    An affine coupling (Dinh et al. 2017, equations 4 and 5): its inverse needs no more than the other half, which it
    left as it was. Couplings take turns: the first half moves, the second, the even dimensions, the odd. Hidden units
    are bounded, so that far out it is nearly linear and its inverse stays exact.
    """

    def __init__(self, config: ModelConfig, turn: int) -> None:
        super().__init__()
        first, second = _halves(config.latent_dim, by_turns=turn % 4 >= 2)
        self.moved, self.kept = (second, first) if turn % 2 else (first, second)
        moved, kept = (len(range(config.latent_dim)[half]) for half in (self.moved, self.kept))
        self.network = nn.Sequential(
            nn.Linear(kept + DIGITS * config.conditional, UNITS),
            nn.Tanh(),
            nn.Linear(UNITS, UNITS),
            nn.Tanh(),
            nn.Linear(UNITS, 2 * moved),
        )
        for parameter in self.network[-1].parameters():  # it starts as the identity
            nn.init.zeros_(parameter)

    def forward(self, w: Tensor, y: Tensor | None) -> tuple[Tensor, Tensor]:
        """w (B, Z), y (B, 10) -> the same moved, and log |det| of its Jacobian (B,)."""
        log_scale, shift = self._said(w, y)
        return self._with(w, w[:, self.moved] * log_scale.exp() + shift), log_scale.sum(1)

    def inverse(self, z: Tensor, y: Tensor | None) -> tuple[Tensor, Tensor]:
        """What `forward` made z of, and log |det| of the inverse's Jacobian (B,)."""
        log_scale, shift = self._said(z, y)
        return self._with(z, (z[:, self.moved] - shift) * (-log_scale).exp()), -log_scale.sum(1)

    def _said(self, z: Tensor, y: Tensor | None) -> tuple[Tensor, Tensor]:
        kept = z[:, self.kept]
        raw, shift = self.network(kept if y is None else torch.cat([kept, y], dim=1)).chunk(2, dim=1)
        return MAX_LOG_SCALE * torch.tanh(raw / MAX_LOG_SCALE), shift

    def _with(self, z: Tensor, moved: Tensor) -> Tensor:
        z = z.clone()
        z[:, self.moved] = moved
        return z


class Prior(nn.Module):
    """The flow between the space of styles and that of codes; without couplings p(z|y) = N(0, I) and style = code.

    It is computed in full precision, whatever the rest of the training is.
    """

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.couplings = nn.ModuleList(Coupling(config, turn) for turn in range(config.couplings))

    def to_z(self, w: Tensor, y: Tensor | None) -> Tensor:
        """Styles w (B, Z) and digits y (B, 10), None where unconditional -> codes z (B, Z)."""
        with torch.autocast(w.device.type, enabled=False):
            for coupling in self.couplings:
                w, _ = coupling(w, y)
        return w

    def to_style(self, z: Tensor, y: Tensor | None) -> tuple[Tensor, Tensor]:
        """Codes z (B, Z) and digits y (B, 10) -> styles w (B, Z), and log |det dw/dz| (B,)."""
        log_det = z.new_zeros(len(z))
        with torch.autocast(z.device.type, enabled=False):
            for coupling in list(self.couplings)[::-1]:
                z, change = cast(Coupling, coupling).inverse(z, y)
                log_det = log_det + change
        return z, log_det

    def log_prob(self, z: Tensor, y: Tensor | None) -> Tensor:
        """log p(z|y) in nats, (B,): log N(w; 0, I) + log |det dw/dz|."""
        w, log_det = self.to_style(z, y)
        return log_det - 0.5 * (w.square().sum(1) + w.shape[1] * math.log(2.0 * math.pi))

    def gain(self, z: Tensor, y: Tensor | None) -> Tensor:
        """log p(z|y) - log N(z; 0, I) in nats, (B,): what the flow is worth at z; 0 exactly where there is none.

        KL(q(z|x) || p(z|y)) is KL(q(z|x) || N(0, I)), which is known in closed form, less its mean over q(z|x).
        """
        w, log_det = self.to_style(z, y)
        return log_det + 0.5 * (z.square() - w.square()).sum(1)


def _halves(size: int, by_turns: bool) -> tuple[slice, slice]:
    middle = (size + 1) // 2
    return (slice(0, None, 2), slice(1, None, 2)) if by_turns else (slice(0, middle), slice(middle, None))
