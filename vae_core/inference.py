"""The numpy border: load a model, then classify, encode, decode, write and sample with plain arrays."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

from vae_core.checkpoint import SHIPPED, CheckpointError, read_checkpoint, restore
from vae_core.config import DIGITS, IMAGE_SIZE, PRESETS, ModelConfig, brief
from vae_core.directions import read_shape
from vae_core.engine import BATCH, Engine, TorchEngine
from vae_core.flow import Flow
from vae_core.likelihood import log_likelihood
from vae_core.model import ConditionalVAE
from vae_core.posterior import DiagonalGaussian
from vae_core.strangeness import Doubt, Strangeness, plain_doubt, read_strangeness, unexplained_ink
from vae_core.terms import LossTerms, loss_terms

Array = NDArray[np.float32]
MAX_SAMPLES = 100_000  # importance samples or pictures in one call
MAX_CODE = 1e4  # standard deviations of the prior; far above any code of use, and far below what overflows
MAX_SEED = 2**63 - 1


@dataclass(frozen=True)
class Posterior:
    """q(z|x) of N pictures: mean (N, Z) and standard deviation std (N, Z)."""

    mean: Array
    std: Array

    def at(self, epsilon: ArrayLike) -> Array:
        """z (N, Z) = mean + std x epsilon, of draws epsilon (Z,) or (N, Z) from N(0, I)."""
        draws, shape = _floats(epsilon, "epsilon"), self.mean.shape
        if draws.shape not in (shape, shape[1:]):
            raise ValueError(f"expected epsilon as {shape[1:]} or {shape}, got {brief(epsilon)}")
        return _gaussian(self).at(torch.from_numpy(draws)).numpy()


@dataclass(frozen=True)
class Recognition:
    """What a classifier makes of N pictures: its penultimate features (N, F), and the logits (N, 10) read from them."""

    features: Array
    logits: Array

    @property
    def probabilities(self) -> Array:
        """p(y|x), (N, 10)."""
        return F.softmax(torch.from_numpy(self.logits), dim=1).numpy()


class Model:
    """A trained model. Calls keep no state, so any number of threads may share one."""

    def __init__(
        self, network: ConditionalVAE, name: str, card: dict[str, Any], strangeness: Strangeness | None = None
    ) -> None:
        self._network = network.eval().requires_grad_(False)
        self._engine: Engine = TorchEngine(self._network)
        self._flow = Flow(network.prior)
        self.name = name
        self.card = card
        self.shape = read_shape(card.get("shape"), self.latent_dim)
        if strangeness is not None and len(strangeness.centre) != self._require_classifier().output.in_features:
            raise ValueError(f"expected strangeness of {self._require_classifier().output.in_features} features")
        self.strangeness = strangeness

    @property
    def network(self) -> ConditionalVAE:
        """The networks themselves, in evaluation mode and without gradients."""
        return self._network

    def run_by(self, engine: Engine) -> None:
        """The networks are run by another engine than PyTorch's from now on; calls under way end as they began."""
        self._engine = engine

    @property
    def latent_dim(self) -> int:
        return self._network.config.latent_dim

    @property
    def config(self) -> ModelConfig:
        return self._network.config

    @property
    def conditional(self) -> bool:
        """Whether there are a classifier and a digit input."""
        return self._network.config.conditional

    def classify(self, images: ArrayLike) -> Array:
        """p(y|x) of (28, 28) or (N, 28, 28) pictures in [0, 1] -> (N, 10)."""
        return self.recognise(images).probabilities

    def recognise(self, images: ArrayLike) -> Recognition:
        """As `classify`, with all that `doubt_of` asks of the same pass."""
        self._require_classifier()
        return Recognition(*self._engine.recognise(_images(images).numpy()))

    def _require_classifier(self) -> Any:
        if self._network.classifier is None:
            raise ValueError(f"model {self.name!r} has no classifier: it was trained without digits")
        return self._network.classifier

    def doubt(self, images: ArrayLike) -> Doubt:
        """How little (28, 28) or (N, 28, 28) pictures in [0, 1] look like one digit."""
        parts = []
        for x in _images(images).split(BATCH):
            recognition = self.recognise(x) if self.conditional else None
            digits = None if recognition is None else recognition.probabilities
            parts.append(self.doubt_of(x, self.decode(self.encode(x).mean, digits), recognition))
        return Doubt(np.concatenate([p.strangeness for p in parts]), np.concatenate([p.several for p in parts]))

    def doubt_of(self, images: ArrayLike, reconstructions: Array, recognition: Recognition | None) -> Doubt:
        """As `doubt`, of what `reconstruct` and `recognise` gave; the latter is None without a classifier."""
        missed = unexplained_ink(_images(images).numpy(), reconstructions)
        if recognition is None or self.strangeness is None:
            return plain_doubt(missed, None if recognition is None else recognition.probabilities)
        return self.strangeness.doubt(recognition.features, recognition.logits, missed)

    def encode(self, images: ArrayLike) -> Posterior:
        """The posterior over z of (28, 28) or (N, 28, 28) pictures in [0, 1], grey or binarised."""
        return Posterior(*self._engine.encode(_images(images).numpy()))

    @torch.inference_mode()
    def decode(self, z: ArrayLike, digits: ArrayLike | None = None) -> Array:
        """Pictures (N, 28, 28) in [0, 1] of codes z (N, Z) or (Z,).

        digits is an int, (N,) ints, or (N, 10) or (10,) probabilities; one digit may serve many codes, and one code
        many digits. A model without digit input takes None.
        """
        return torch.sigmoid(self._decode(*self._pair(z, digits, "z"))).numpy()

    def style(self, images: ArrayLike, digits: ArrayLike | None = None) -> Array:
        """How pictures (28, 28) or (N, 28, 28) are written, (N, Z), in standard deviations of the prior.

        The posterior's mean as `to_style` gives it for digits as `decode` takes them; for the likeliest digit of each
        picture where None.
        """
        if digits is None and self.conditional:
            digits = self.classify(images).argmax(axis=1)
        return self.to_style(self.encode(images).mean, digits)

    @torch.inference_mode()
    def write(self, style: ArrayLike, digits: ArrayLike | None = None) -> Array:
        """Pictures (N, 28, 28) in [0, 1] of digits in a style (N, Z) or (Z,); digits as `decode` takes them."""
        w, y = self._pair(style, digits, "style")
        z = torch.from_numpy(self._flow.to_z(*_arrays(w, y)))
        return torch.sigmoid(self._decode(z, y)).numpy()

    def to_style(self, z: ArrayLike, digits: ArrayLike | None = None) -> Array:
        """The styles (N, Z) that codes z (N, Z) or (Z,) are, given digits as `decode` takes them.

        Styles are N(0, I) whatever the digit. A model without a flow has style = z.
        """
        return self._flow.to_style(*_arrays(*self._pair(z, digits, "z")))

    def to_z(self, style: ArrayLike, digits: ArrayLike | None = None) -> Array:
        """The codes z (N, Z) that `decode` draws in a style (N, Z) or (Z,), given the same digits."""
        return self._flow.to_z(*_arrays(*self._pair(style, digits, "style")))

    @torch.inference_mode()
    def log_prior(self, z: ArrayLike, digits: ArrayLike | None = None) -> Array:
        """log p(z|y) in nats (N,) of codes z (N, Z) or (Z,), given digits as `decode` takes them."""
        return self._network.prior.log_prob(*self._pair(z, digits, "z")).numpy()

    def reconstruct(self, images: ArrayLike) -> Array:
        """decode(mean, predicted probabilities) of (28, 28) or (N, 28, 28) pictures -> (N, 28, 28)."""
        return self.decode(self.encode(images).mean, self.classify(images) if self.conditional else None)

    def sample(self, digit: int | None, n: int, seed: int | None = None, temperature: float = 1.0) -> Array:
        """n pictures of a digit (n, 28, 28), of styles ~ N(0, temperature^2 I); the same seed draws the same ones."""
        count = _whole(n, "n", 1, MAX_SAMPLES)
        scale = _floats(temperature, "temperature")
        if scale.ndim or not 0.0 <= scale <= 10.0:
            raise ValueError(f"expected a temperature from 0 to 10, got {brief(temperature)}")
        if digit is not None and np.ndim(_array(digit, "digit")):
            raise ValueError(f"expected one digit from 0 to 9, got {brief(digit)}")
        rng = np.random.default_rng(None if seed is None else _whole(seed, "seed", 0, MAX_SEED))
        return self.write(scale * rng.standard_normal((count, self.latent_dim), dtype=np.float32), digit)

    def log_likelihood(self, images: ArrayLike, samples: int, seed: int) -> Array:
        """log p(x) in nats (N,), importance-weighted; grey pictures are binarised by a generator seeded with `seed`."""
        count = _whole(samples, "samples", 1, MAX_SAMPLES)
        generator = torch.Generator().manual_seed(_whole(seed, "seed", 0, MAX_SEED))
        x = torch.bernoulli(_images(images), generator=generator)
        return log_likelihood(self._network, x, count, generator).numpy()

    @torch.inference_mode()
    def terms(
        self,
        image: ArrayLike,
        posterior: Posterior,
        z: ArrayLike,
        digits: ArrayLike | None = None,
        probabilities: ArrayLike | None = None,
        label: int | None = None,
    ) -> LossTerms:
        """The terms of the loss of one picture (28, 28) at codes z and digits, as `decode` takes them.

        `posterior` and `probabilities` (10,) are what `encode` and `classify` say of the picture, `label` is its true
        digit. The KL divergence is infinite where a std is 0.
        """
        x, q = _images(image), _gaussian(posterior)
        if len(x) != 1 or q.mean.shape != (1, self.latent_dim):
            raise ValueError(f"expected one picture and its posterior, got {len(x)} and one of {tuple(q.mean.shape)}")
        code, y = self._pair(z, digits, "z")
        logits, gain, likelihood = self._decode(code, y), self._network.prior.gain(code, y), self.config.likelihood
        if label is None or not self.conditional:
            return loss_terms(x, q, logits, gain, likelihood)
        p = self._digit_values(probabilities, 1)
        if p is None or len(p) != 1:
            raise ValueError(f"expected probabilities as (10,), got {brief(probabilities)}")
        return loss_terms(x, q, logits, gain, likelihood, p, torch.tensor([_whole(label, "label", 0, DIGITS - 1)]))

    def _decode(self, z: Tensor, y: Tensor | None) -> Tensor:
        """(N, 28, 28) logits of codes (N, Z) and digits (N, 10)."""
        return torch.from_numpy(self._engine.decode(*_arrays(z, y)))

    def _pair(self, code: ArrayLike, digits: ArrayLike | None, name: str) -> tuple[Tensor, Tensor | None]:
        """As many codes or styles (N, Z) as digits (N, 10), or None for these; as `decode` takes them."""
        z = self._codes(code, name)
        y = self._digit_values(digits, len(z))
        if y is None:
            return z, None
        count = max(len(z), len(y))
        return z.expand(count, -1).contiguous(), y.expand(count, -1).contiguous()

    def _codes(self, z: ArrayLike, name: str) -> Tensor:
        code = _floats(z, name)
        code = code[None] if code.ndim == 1 else code
        if code.ndim != 2 or code.shape[1] != self.latent_dim or len(code) == 0:
            size = self.latent_dim
            raise ValueError(f"expected {name} as ({size},) or (N, {size}), got shape {tuple(np.shape(z))}")
        if np.abs(code).max() > MAX_CODE:
            raise ValueError(f"expected {name} within {MAX_CODE:g} of 0, got {code.min():g} to {code.max():g}")
        return torch.from_numpy(code)

    def _digit_values(self, digits: ArrayLike | None, count: int) -> Tensor | None:
        """One-hot or probabilities, (1, 10), or (N, 10)."""
        if not self.conditional:
            if digits is not None:
                raise ValueError(f"expected no digits, which model {self.name!r} does not take, got {brief(digits)}")
            return None
        if digits is None:
            raise ValueError("expected a digit from 0 to 9, got None")
        values = _array(digits, "digits")
        if values.dtype.kind in "iu" and values.ndim <= 1:
            if values.size == 0 or values.min() < 0 or values.max() >= DIGITS:
                raise ValueError(f"expected digits from 0 to 9, got {brief(digits)}")
            y = np.eye(DIGITS, dtype=np.float32)[np.atleast_1d(values)]
        elif values.dtype.kind == "f" and values.ndim in (1, 2) and values.shape[-1] == DIGITS:
            y = np.atleast_2d(_floats(values, "digits"))
            if len(y) == 0 or y.min() < -1e-4 or np.abs(y.sum(1) - 1.0).max() > 1e-2:
                raise ValueError(f"expected probabilities of the ten digits that sum to 1, got {brief(digits)}")
        else:
            raise ValueError(
                f"expected digits as a whole number, (N,) of them or (N, 10) probabilities, got {brief(digits)}"
            )
        if len(y) != count and 1 not in (len(y), count):
            raise ValueError(f"expected as many digits as codes, got {len(y)} and {count}")
        return torch.from_numpy(y)


def load_model(name: str | Path = "conv") -> Model:
    """A shipped model by its name, or one of a checkpoint file by its path.

    Raises CheckpointError (a ValueError) where there is no such model, or the file is damaged or not a model.
    """
    path = find_model(name)
    try:
        checkpoint = read_checkpoint(path)
        return Model(*restore(checkpoint, path.name), read_strangeness(checkpoint))
    except CheckpointError:
        raise
    except ValueError as error:
        raise CheckpointError(f"{path.name} holds what cannot be read: {error}") from error


def find_model(name: str | Path) -> Path:
    """The file of a shipped model's name, or the path itself; raises CheckpointError where there is none."""
    shipped = SHIPPED / f"{name}.safetensors"
    if name in available_models():
        return shipped
    if not isinstance(name, (str, Path)) or not os.path.isfile(name):
        known = ", ".join(available_models())
        raise CheckpointError(f"no model {brief(str(name))}: expected one of {known}, or a path to a checkpoint")
    return Path(name)


def available_models() -> list[str]:
    """The names of the checkpoints that ship."""
    return [name for name in PRESETS if (SHIPPED / f"{name}.safetensors").is_file()]


def _arrays(z: Tensor, y: Tensor | None) -> tuple[Array, Array | None]:
    return z.numpy(), None if y is None else y.numpy()


def _gaussian(posterior: Posterior) -> DiagonalGaussian:
    mean, std = (torch.from_numpy(_floats(value, "posterior")) for value in (posterior.mean, posterior.std))
    if mean.shape != std.shape or mean.ndim != 2 or (std < 0).any():
        raise ValueError(
            f"expected mean and std of a posterior as (N, Z), no std below 0, got {brief(mean)} and {brief(std)}"
        )
    return DiagonalGaussian(mean, 2.0 * torch.log(std))


def _array(value: ArrayLike, name: str) -> NDArray[Any]:
    try:
        return np.asarray(value)
    except (ValueError, TypeError, RuntimeError) as error:
        raise ValueError(f"expected {name} as an array of numbers, got {brief(value)}") from error


def _floats(value: ArrayLike, name: str) -> Array:
    array = _array(value, name)
    if array.dtype.kind not in "fiub":
        raise ValueError(f"expected {name} as numbers, got {brief(value)}")
    with np.errstate(over="ignore"):  # what does not fit is infinite, and refused
        array = np.array(array, dtype=np.float32, order="C")  # a copy: tensors want memory that may be written
    if not np.isfinite(array).all():
        raise ValueError(f"expected {name} to be finite, got NaN or infinity")
    return array


def _images(images: ArrayLike) -> Tensor:
    array = _floats(images, "images")
    array = array[None] if array.ndim == 2 else array
    if array.ndim != 3 or array.shape[1:] != (IMAGE_SIZE, IMAGE_SIZE) or len(array) == 0:
        raise ValueError(f"expected images as (28, 28) or (N, 28, 28), got shape {tuple(np.shape(images))}")
    if array.min() < 0.0 or array.max() > 1.0:
        raise ValueError(f"expected images in [0, 1], got {array.min()} to {array.max()}")
    return torch.from_numpy(array)


def _whole(value: int, name: str, least: int, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or not least <= value <= most:
        raise ValueError(f"expected {name} as a whole number from {least} to {most}, got {brief(value)}")
    return int(value)
