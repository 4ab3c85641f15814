"""The prior's flow as nodes of a graph; see vae_core/prior.py, to which tests hold it."""

from typing import cast

import numpy as np

from vae_core.export.graph import Graph
from vae_core.export.networks import layer
from vae_core.prior import MAX_LOG_SCALE, Coupling, Prior


def to_z(g: Graph, prior: Prior, size: int, w: str, y: str | None) -> str:
    """Styles (N, Z) and digits (N, 10) -> codes (N, Z)."""
    for coupling in couplings(prior):
        moved, kept, log_scale, shift = halves(g, coupling, size, w, y)
        w = joined(g, coupling, size, g.op("Add", g.op("Mul", moved, g.op("Exp", log_scale)), shift), kept)
    return w


def to_style(g: Graph, prior: Prior, size: int, z: str, y: str | None) -> tuple[str, str]:
    """Codes (N, Z) and digits (N, 10) -> styles (N, Z), and the prior's gain at these codes (N,)."""
    w, changes = z, []
    for coupling in couplings(prior)[::-1]:
        moved, kept, log_scale, shift = halves(g, coupling, size, w, y)
        w = joined(g, coupling, size, g.op("Div", g.op("Sub", moved, shift), g.op("Exp", log_scale)), kept)
        changes.append(g.total(log_scale))
    squares = [g.total(g.op("Mul", value, value)) for value in (z, w)]
    gain = g.op("Mul", g.op("Sub", *squares), g.number(0.5))
    for change in changes:
        gain = g.op("Sub", gain, change)
    return w, gain


def couplings(prior: Prior) -> list[Coupling]:
    return [cast(Coupling, coupling) for coupling in prior.couplings]


def halves(g: Graph, coupling: Coupling, size: int, z: str, y: str | None) -> tuple[str, str, str, str]:
    """The half that moves, the half that stays, and the logarithm of the scale and the shift that the latter says."""
    moved, kept = (g.columns(z, places) for places in places_of(coupling, size))
    said = layer(g, coupling.network, kept if y is None else g.op("Concat", kept, y, axis=1))
    raw, shift = g.split("Split", said, outputs=2, axis=1, num_outputs=2)
    limit = g.number(MAX_LOG_SCALE)
    return moved, kept, g.op("Mul", limit, g.op("Tanh", g.op("Div", raw, limit))), shift


def joined(g: Graph, coupling: Coupling, size: int, moved: str, kept: str) -> str:
    """Both halves, each column in its place."""
    return g.columns(g.op("Concat", moved, kept, axis=1), np.argsort(np.concatenate(places_of(coupling, size))))


def places_of(coupling: Coupling, size: int) -> list[np.ndarray]:
    """Which of `size` columns move, and which stay."""
    return [np.arange(size)[half] for half in (coupling.moved, coupling.kept)]
