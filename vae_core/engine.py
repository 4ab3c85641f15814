"""What runs the three networks of a model: PyTorch here, onnxruntime in export/onnx_engine.py."""

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from vae_core.model import ConditionalVAE

Array = NDArray[np.float32]
BATCH = 500  # pictures through a network at once


class Engine(Protocol):
    """Of any number of pictures or codes. Calls keep no state, so that threads may share one."""

    def encode(self, x: Array) -> tuple[Array, Array]:
        """Pictures (N, 28, 28) in [0, 1] -> the posterior's mean and standard deviation, (N, Z) each."""
        ...

    def recognise(self, x: Array) -> tuple[Array, Array]:
        """Pictures (N, 28, 28) -> the classifier's features (N, F), and the logits (N, 10) read from them."""
        ...

    def decode(self, z: Array, y: Array | None) -> Array:
        """Codes (N, Z), and digit values (N, 10) or None -> logits (N, 28, 28)."""
        ...


class TorchEngine:
    """The networks as they are."""

    def __init__(self, network: ConditionalVAE) -> None:
        self._network = network

    def encode(self, x: Array) -> tuple[Array, Array]:
        def posterior(x: Tensor) -> tuple[Tensor, Tensor]:
            q = self._network.encoder(x)
            return q.mean, q.std

        return in_batches(posterior, x)

    def recognise(self, x: Array) -> tuple[Array, Array]:
        classifier: Any = self._network.classifier

        def read(x: Tensor) -> tuple[Tensor, Tensor]:
            features = classifier.penultimate(x)
            return features.float(), classifier.output(features).float()

        return in_batches(read, x)

    def decode(self, z: Array, y: Array | None) -> Array:
        if y is None:
            return in_batches(lambda z: (self._network.decoder(z, None),), z)[0]
        return in_batches(lambda z, y: (self._network.decoder(z, y),), z, y)[0]


@torch.inference_mode()
def in_batches(network: Callable[..., tuple[Tensor, ...]], *rows: Array) -> Any:
    """Each of a network's outputs for all rows."""
    batches = zip(*(torch.from_numpy(each).split(BATCH) for each in rows), strict=True)
    outputs = [network(*batch) for batch in batches]
    return tuple(torch.cat(output).numpy() for output in zip(*outputs, strict=True))
