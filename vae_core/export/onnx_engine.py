"""A model's networks run by onnxruntime: the same answers in about half the time for one picture.

onnxruntime tells its maker who runs it and how, unless the environment forbids that before it is imported.
"""

import functools
import os
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vae_core.config import DIGITS, IMAGE_SIZE
from vae_core.export import networks
from vae_core.export.graph import Graph
from vae_core.export.maps import Planes
from vae_core.model import ConditionalVAE

Array = NDArray[np.float32]
BATCH = 32  # pictures through a network at once: more is no faster, and memory once used is kept
SHAPE = (IMAGE_SIZE, IMAGE_SIZE)


class OnnxEngine:
    """As `TorchEngine`, to single precision, on one thread."""

    def __init__(self, network: ConditionalVAE) -> None:
        """Each graph is made when it is first asked, of what its network is then."""
        self._network = network

    @functools.cached_property
    def _encoder(self) -> Any:
        return session(encoder(self._network).to_bytes())

    @functools.cached_property
    def _classifier(self) -> Any:
        return session(classifier(self._network).to_bytes())

    @functools.cached_property
    def _decoder(self) -> Any:
        return session(decoder(self._network).to_bytes())

    def encode(self, x: Array) -> tuple[Array, Array]:
        mean, std = run(self._encoder, x=x)
        return mean, std

    def recognise(self, x: Array) -> tuple[Array, Array]:
        features, logits = run(self._classifier, x=x)
        return features, logits

    def decode(self, z: Array, y: Array | None) -> Array:
        return run(self._decoder, z=z, **({} if y is None else {"y": y}))[0]


@functools.cache
def onnxruntime() -> Any:
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    import onnxruntime

    return onnxruntime


def session(graph: bytes) -> Any:
    """An `onnxruntime.InferenceSession`."""
    options = onnxruntime().SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime().InferenceSession(graph, options, providers=["CPUExecutionProvider"])


def run(session: Any, **rows: Array) -> list[Array]:
    """Each output for all rows."""
    count = len(next(iter(rows.values())))
    parts = [
        session.run(None, {name: values[at : at + BATCH] for name, values in rows.items()})
        for at in range(0, count, BATCH)
    ]
    return [np.concatenate(output) for output in zip(*parts, strict=True)]


def encoder(network: ConditionalVAE) -> Graph:
    g = Graph("encoder", bits=None)
    mean, std = networks.encoder(g, Planes(g), network.encoder, g.input("x", *SHAPE))
    g.output("mean", mean, network.config.latent_dim)
    g.output("std", std, network.config.latent_dim)
    return g


def classifier(network: ConditionalVAE) -> Graph:
    g = Graph("classifier", bits=None)
    read: Any = network.classifier
    logits, features = networks.classifier(g, Planes(g), read, g.input("x", *SHAPE))
    g.output("features", features, read.output.in_features)
    g.output("logits", logits, DIGITS)
    return g


def decoder(network: ConditionalVAE) -> Graph:
    g = Graph("decoder", bits=None)
    z = g.input("z", network.config.latent_dim)
    y = g.input("y", DIGITS) if network.config.conditional else None
    g.output("logits", networks.decoder(g, Planes(g), network.decoder, z, y), *SHAPE)
    return g
