"""The lines of vae_core that compute what the Inside tab shows, read from the files themselves."""

import inspect
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

from vae_core.classifier import ConvClassifier, DenseClassifier
from vae_core.decoder import ConvDecoder, DenseDecoder
from vae_core.encoder import ConvEncoder, DenseEncoder
from vae_core.losses import classification_loss, reconstruction_by_pixel
from vae_core.posterior import DiagonalGaussian
from vae_core.prior import Coupling, Prior
from vae_core.terms import LossTerms, loss_terms
from vae_core.training.objective import Objective

ROOT = Path(__file__).parents[3]


def sources() -> list[dict[str, Any]]:
    """Every piece by the step it belongs to, and where it depends on it, the architecture it is of."""
    return [
        piece("encoder", ConvEncoder.forward, "conv"),
        piece("encoder", DenseEncoder.forward, "dense"),
        piece("sample", DiagonalGaussian.at),
        piece("classifier", ConvClassifier.forward, "conv"),
        piece("classifier", DenseClassifier.forward, "dense"),
        piece("style", Prior.to_style),
        piece("style", Coupling.inverse),
        piece("decoder", ConvDecoder.forward, "conv"),
        piece("decoder", DenseDecoder.forward, "dense"),
        piece("reconstruction", reconstruction_by_pixel),
        piece("kl", DiagonalGaussian.kl),
        piece("kl", Prior.gain),
        piece("classification", classification_loss),
        piece("elbo", LossTerms.elbo),
        piece("elbo", loss_terms),
        piece("loss", LossTerms.loss),
        piece("loss", Objective.forward),
    ]


def piece(step: str, function: Callable[..., Any], architecture: str = "") -> dict[str, Any]:
    """One function: its file, its first line, and its text."""
    function = inspect.unwrap(function)
    lines, first = inspect.getsourcelines(function)
    return {
        "step": step,
        "architecture": architecture,
        "name": function.__qualname__,
        "file": str(Path(inspect.getfile(function)).relative_to(ROOT)),
        "line": first,
        "text": textwrap.dedent("".join(lines)),
    }
