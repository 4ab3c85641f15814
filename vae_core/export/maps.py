"""How feature maps lie in a graph, and how they are convolved: two ways with one face.

A runtime's own convolution is best where it was written for the machine. In WebAssembly it takes longer than a
multiplication of matrices with as many numbers, so there convolutions are such, of rows gathered by a table.
"""

from typing import Any, Protocol, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from vae_core.export.graph import Graph

TWICE = 2  # how many places of the larger maps lie along a place of the smaller, where maps shrink or grow
FEW = 8  # channels: so few are multiplied before they are gathered

Convolution = nn.Conv2d | nn.ConvTranspose2d
Numbers = NDArray[Any]
Places = NDArray[np.int64]


class Maps(Protocol):
    """Maps of one graph. Those of a picture or of rows come first; all others are made of the last that were made."""

    def of_picture(self, x: str, side: int) -> str:
        """Pictures (N, side, side) -> maps of one channel."""
        ...

    def of_rows(self, rows: str, channels: int, side: int) -> str:
        """Rows (N, channels x side x side) -> maps."""
        ...

    def to_rows(self, x: str, channels: int) -> str:
        """Maps -> rows (N, channels x side x side)."""
        ...

    def per_channel(self, values: str, channels: int) -> str:
        """Values (N, channels) -> the same, to be added to maps or multiplied with them."""
        ...

    def unshuffle(self, x: str) -> str:
        """Maps of one channel -> maps of four, of half the side: 2 x 2 places become one."""
        ...

    def convolve(self, module: Convolution, x: str) -> str: ...


class Planes:
    """Maps (N, C, H, W), convolved by the runtime's own convolution."""

    def __init__(self, g: Graph) -> None:
        self._g = g

    def of_picture(self, x: str, side: int) -> str:
        return self._g.reshape(x, -1, 1, side, side)

    def of_rows(self, rows: str, channels: int, side: int) -> str:
        return self._g.reshape(rows, -1, channels, side, side)

    def to_rows(self, x: str, channels: int) -> str:
        return self._g.op("Flatten", x)

    def per_channel(self, values: str, channels: int) -> str:
        return self._g.reshape(values, -1, channels, 1, 1)

    def unshuffle(self, x: str) -> str:
        return self._g.op("SpaceToDepth", x, blocksize=TWICE)  # of one channel, so that their order is PyTorch's

    def convolve(self, module: Convolution, x: str) -> str:
        transposed = isinstance(module, nn.ConvTranspose2d)
        learned = [self._g.matrix(numbers(module.weight), axis=1 if transposed else 0), *bias(self._g, module)]
        padding = cast(tuple[int, int], module.padding)
        sides = {"kernel_shape": module.kernel_size, "strides": module.stride, "pads": [*padding, *padding]}
        return self._g.op("ConvTranspose" if transposed else "Conv", x, *learned, **sides)


class Rows:
    """Maps (N, H x W, C): a place is a row, and a convolution a multiplication of matrices."""

    def __init__(self, g: Graph) -> None:
        self._g = g
        self._side = 0

    def of_picture(self, x: str, side: int) -> str:
        self._side = side
        return self._g.reshape(x, -1, side**2, 1)

    def of_rows(self, rows: str, channels: int, side: int) -> str:
        self._side = side
        return self._g.op("Transpose", self._g.reshape(rows, -1, channels, side**2), perm=[0, 2, 1])

    def to_rows(self, x: str, channels: int) -> str:
        return self._g.reshape(self._g.op("Transpose", x, perm=[0, 2, 1]), -1, channels * self._side**2)

    def per_channel(self, values: str, channels: int) -> str:
        return self._g.reshape(values, -1, 1, channels)

    def unshuffle(self, x: str) -> str:
        self._side //= TWICE
        places = seen(TWICE * self._side, np.arange(self._side) * TWICE, TWICE)
        return self._g.reshape(self._g.gather(x, places, axis=1), -1, self._side**2, TWICE**2)

    def convolve(self, module: Convolution, x: str) -> str:
        if isinstance(module, nn.ConvTranspose2d):
            return self._spread(module, x)
        keeps = (module.kernel_size, module.stride, module.padding) == ((3, 3), (1, 1), (1, 1))
        return (self._summed if keeps and module.out_channels <= FEW else self._gathered)(module, x)

    def _gathered(self, module: nn.Conv2d, x: str) -> str:
        """What each output sees, side by side in one row, times the kernel."""
        g, size, padding = self._g, module.kernel_size[0], int(module.padding[0])
        starts = np.arange(-padding, self._side + padding - size + 1, module.stride[0])
        rows = g.gather(self._padded(x), seen(self._side, starts, size), axis=1)
        self._side = len(starts)
        kernel = numbers(module.weight).transpose(2, 3, 1, 0).reshape(-1, module.out_channels)
        found = g.op("Gemm", g.reshape(rows, -1, len(kernel)), g.matrix(kernel, axis=1), *bias(g, module))
        return g.reshape(found, -1, self._side**2, module.out_channels)

    def _summed(self, module: nn.Conv2d, x: str) -> str:
        """Each place times each of 3 x 3 weights, and then the sum of what an output sees: where outputs are few."""
        near = np.arange(self._side)[:, None] + np.arange(-1, 2)
        kernel = numbers(module.weight).transpose(1, 2, 3, 0)
        return self._sum(x, kernel, near, np.broadcast_to(np.arange(3), near.shape), bias(self._g, module))

    def _spread(self, module: nn.ConvTranspose2d, x: str) -> str:
        """The same of 4 x 4 weights and stride 2: an output sees 2 x 2 places, by weights that only every other has."""
        outputs, odd = np.divmod(np.arange(TWICE * self._side)[:, None], TWICE)
        each = np.arange(TWICE)
        kernel = numbers(module.weight).transpose(0, 2, 3, 1)
        found = self._sum(x, kernel, outputs + odd - 1 + each, 3 - odd - TWICE * each, bias(self._g, module))
        self._side *= TWICE
        return found

    def _sum(self, x: str, kernel: Numbers, near: Places, taps: Places, more: list[str]) -> str:
        """`near` (outputs, K) are the places that an output sees along a side, and `taps` the kernel's by which it
        does; the kernel is (inputs, H, W, channels)."""
        g, (inputs, size, _, channels) = self._g, kernel.shape
        each = g.op("Gemm", g.reshape(x, -1, inputs), g.matrix(kernel.reshape(inputs, -1), axis=1))
        each = self._padded(g.reshape(each, -1, self._side**2 * size**2, channels))
        tap = (taps[:, None, :, None] * size + taps[None, :, None, :]).reshape(len(near) ** 2, -1)
        table = np.minimum(places(self._side, near) * size**2 + tap, self._side**2 * size**2)
        found = g.op("ReduceSum", g.gather(each, table.T, axis=1), g.constant(np.array([1])), keepdims=0)
        return g.op("Add", found, *more) if more else found

    def _padded(self, x: str) -> str:
        """With a row of zeros at the end: whatever lies beyond the edge."""
        return self._g.op("Pad", x, self._g.constant(np.array([0, 0, 0, 0, 1, 0])))


def numbers(learned: torch.Tensor) -> Numbers:
    return learned.detach().numpy()


def bias(g: Graph, module: Convolution | nn.Linear) -> list[str]:
    return [] if module.bias is None else [g.weight(numbers(module.bias))]


def seen(side: int, starts: Places, size: int) -> Places:
    """The places (windows, size x size) that windows see which begin in these rows and columns."""
    return places(side, starts[:, None] + np.arange(size))


def places(side: int, along: Places) -> Places:
    """Rows, and so columns, (M, K) -> places (M x M, K x K), row by row; beyond the edge is place side x side."""
    row, column = along[:, None, :, None], along[None, :, None, :]
    beyond = (row < 0) | (row >= side) | (column < 0) | (column >= side)
    return np.where(beyond, side**2, row * side + column).reshape(len(along) ** 2, -1)
