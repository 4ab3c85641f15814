"""How strange a picture is to a model: what it cannot explain of it, and how far it is from the digits it knows."""

from dataclasses import dataclass, fields

import numpy as np
import torch
from numpy.typing import NDArray

from vae_core.checkpoint import STRANGENESS, Checkpoint

Array = NDArray[np.floating]

MEASURES = 3  # unexplained ink, energy, distance
NEIGHBOURS = 8  # known digits to which a distance is the mean
LEAST = 1e-3  # of what is divided by, or whose logarithm is taken
HALVED = ("projection", "references")  # kept in half precision
DOUBT_WEIGHT, STRANGE = 0.3, 0.18  # of a model to which nothing was fitted


@dataclass(frozen=True)
class Doubt:
    """Of N pictures: strangeness (N,), above 0 for what is less of a digit than 99 of 100 real ones; and whether it
    looks more like several digits side by side, (N,), than like anything else that is no digit."""

    strangeness: Array
    several: NDArray[np.bool_]


@dataclass(frozen=True)
class Strangeness:
    """Fitted to one model by `python -m vae_core strangeness`; see evaluation/fit_strangeness.py.

    The classifier's penultimate features (F,) are projected to K components. To these come three measures: the share of
    the ink that the reconstruction misses, the energy of the logits (Liu et al. 2020, equation 3), and the logarithm of
    the mean distance to the nearest of R known digits in the first D components (after Sun et al. 2022). All M = K + 3,
    less their mean and over their spread, go through H rectified units to three logits: a digit, no digit, several
    digits. The threshold is in the first one's bias.
    """

    centre: Array  # (F,)
    projection: Array  # (F, K)
    references: Array  # (R, D)
    mean: Array  # (M,)
    spread: Array  # (M,)
    hidden: Array  # (M, H)
    hidden_bias: Array  # (H,)
    output: Array  # (H, 3)
    output_bias: Array  # (3,)

    def __post_init__(self) -> None:
        inputs, components, units = len(self.centre), self.projection.shape[-1], len(self.hidden_bias)
        digits, near, known = len(self.references), self.references.shape[-1], components + MEASURES
        shapes = [(inputs,), (inputs, components), (max(digits, NEIGHBOURS + 1), min(near, components))]
        shapes += [(known,), (known,), (known, units), (units,), (units, 3), (3,)]
        for field, shape in zip(fields(self), shapes, strict=True):
            array = getattr(self, field.name)
            if array.shape != shape or not np.isfinite(array).all():
                raise ValueError(f"expected strangeness.{field.name} as {shape}, all finite, got {array.shape}")
        if self.spread.min() <= 0:
            raise ValueError(f"expected strangeness.spread above 0, got {self.spread.min():g}")

    def doubt(self, features: Array, logits: Array, unexplained: Array) -> Doubt:
        """Of features (N, F), logits (N, 10) and the share of ink (N,) that reconstructions miss."""
        return self.doubt_of_measures(self.measure(features, logits, unexplained))

    def doubt_of_measures(self, known: Array) -> Doubt:
        """Of (N, M), as `measure` gives them."""
        known = (known - self.mean) / self.spread
        outputs = np.maximum(known @ self.hidden + self.hidden_bias, 0) @ self.output + self.output_bias
        digit, none, several = outputs.T
        return Doubt(np.logaddexp(none, several) - digit, several > none)

    def measure(self, features: Array, logits: Array, unexplained: Array) -> Array:
        """(N, M): the components, and the three measures after them."""
        components = (features - self.centre) @ self.projection
        energy = -np.logaddexp.reduce(logits, axis=1)
        near = components[:, : self.references.shape[1]]
        distance = np.log(LEAST + nearness(near, self.references))
        return np.column_stack([components, unexplained, energy, distance])

    def to_tensors(self) -> dict[str, torch.Tensor]:
        """What a checkpoint keeps."""
        arrays = {field.name: getattr(self, field.name) for field in fields(self)}
        return {
            name: torch.from_numpy(array.astype(np.float16 if name in HALVED else np.float32))
            for name, array in arrays.items()
        }


def nearness(components: Array, references: Array) -> Array:
    """(N,): how far points (N, D) are from the nearest of references (R, D), on average."""
    squared = (components**2).sum(1)[:, None] + (references**2).sum(1) - 2 * components @ references.T
    nearest = np.partition(squared, NEIGHBOURS, axis=1)[:, :NEIGHBOURS]
    return np.sqrt(np.maximum(nearest, 0)).mean(axis=1)


def unexplained_ink(images: Array, reconstructions: Array) -> Array:
    """(N,): the squared error of reconstructions (N, 28, 28) as a share of the squared ink."""
    ink = np.square(images).sum((1, 2))
    return np.square(images - reconstructions).sum((1, 2)) / np.maximum(ink, LEAST)


def plain_doubt(unexplained: Array, probabilities: Array | None) -> Doubt:
    """Of a model to which nothing was fitted, from ink (N,) and probabilities (N, 10); None without a classifier."""
    doubt = 0.0 if probabilities is None else 1 - probabilities.max(axis=1)
    strangeness = unexplained + DOUBT_WEIGHT * doubt - STRANGE
    return Doubt(strangeness, np.zeros(len(unexplained), dtype=bool))


def read_strangeness(checkpoint: Checkpoint) -> Strangeness | None:
    """What a checkpoint keeps beside its weights; None where it keeps nothing, ValueError where that is of no use."""
    arrays = {
        name.removeprefix(STRANGENESS): tensor.float().numpy()
        for name, tensor in checkpoint.tensors.items()
        if name.startswith(STRANGENESS)
    }
    names = {field.name for field in fields(Strangeness)}
    if not arrays:
        return None
    if arrays.keys() != names or not all(array.ndim for array in arrays.values()):
        raise ValueError(f"expected {', '.join(sorted(names))} of strangeness, got {', '.join(sorted(arrays))[:200]}")
    return Strangeness(**arrays)
