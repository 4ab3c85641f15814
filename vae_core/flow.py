"""The prior's flow between styles and codes in plain arrays, for the few codes that one answer takes.

What PyTorch's hundred small calls cost around it is many times the arithmetic, most of all after a rest.
"""

from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from torch import nn

from vae_core.prior import MAX_LOG_SCALE, Coupling, Prior

Array = NDArray[Any]


class Flow:
    """As `Prior.to_z` and `Prior.to_style`, of arrays (N, Z) and (N, 10), and without the determinants."""

    def __init__(self, prior: Prior) -> None:
        self._couplings = [_Affine(cast(Coupling, coupling)) for coupling in prior.couplings]

    def to_z(self, w: Array, y: Array | None) -> Array:
        z = w.copy()
        for coupling in self._couplings:
            log_scale, shift = coupling.said(z, y)
            z[:, coupling.moved] = z[:, coupling.moved] * np.exp(log_scale) + shift
        return z

    def to_style(self, z: Array, y: Array | None) -> Array:
        w = z.copy()
        for coupling in reversed(self._couplings):
            log_scale, shift = coupling.said(w, y)
            w[:, coupling.moved] = (w[:, coupling.moved] - shift) * np.exp(-log_scale)
        return w


class _Affine:
    """What a coupling's network says of the half that it keeps and of the digit."""

    def __init__(self, coupling: Coupling) -> None:
        self.moved, self._kept = coupling.moved, coupling.kept
        layers = [layer for layer in coupling.network if isinstance(layer, nn.Linear)]
        self._layers = [(layer.weight.detach().numpy().T, layer.bias.detach().numpy()) for layer in layers]

    def said(self, z: Array, y: Array | None) -> tuple[Array, Array]:
        kept = z[:, self._kept]
        values = kept if y is None else np.concatenate([kept, y], axis=1)
        *hidden, (weight, bias) = self._layers
        for inner, offset in hidden:
            values = np.tanh(values @ inner + offset)
        raw, shift = np.split(values @ weight + bias, 2, axis=1)
        return MAX_LOG_SCALE * np.tanh(raw / MAX_LOG_SCALE), shift
