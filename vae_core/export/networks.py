"""The networks as nodes of a graph; what each computes is said where it is defined, and tests hold this to it."""

from collections.abc import Iterable, Iterator
from typing import cast

from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from vae_core.blocks import ResidualBlock
from vae_core.classifier import ConvClassifier, DenseClassifier, ResidualPair
from vae_core.config import IMAGE_SIZE
from vae_core.decoder import ConvDecoder, DenseDecoder
from vae_core.encoder import MAX_LOGVAR, MIN_VARIANCE, ConvEncoder, DenseEncoder
from vae_core.export.graph import Graph
from vae_core.export.maps import Maps, bias, numbers

SMALLEST = 7  # side of the smallest maps


def layer(g: Graph, module: nn.Module, x: str, maps: Maps | None = None) -> str:
    """One layer of whichever network; convolutions are of maps."""
    match module:
        case nn.Sequential():
            for each in folded(module):
                x = layer(g, each, x, maps)
            return x
        case nn.Linear():
            return g.op("Gemm", x, g.matrix(numbers(module.weight)), *bias(g, module), transB=1)
        case nn.Conv2d() | nn.ConvTranspose2d() if maps:
            return maps.convolve(module, x)
        case nn.SiLU():
            return silu(g, x)
        case nn.ReLU() | nn.Tanh():
            return g.op("Relu" if isinstance(module, nn.ReLU) else "Tanh", x)
        case nn.PixelUnshuffle() if maps:
            return maps.unshuffle(x)
        case ResidualBlock() if maps:
            return residual_block(g, maps, module, x)
        case ResidualPair():
            second = fuse_conv_bn_eval(module.second, module.norm)
            return g.op("Relu", g.op("Add", x, layer(g, second, layer(g, module.first, x, maps), maps)))
    raise ValueError(f"expected a layer that can be exported, got {type(module).__name__}")


def folded(layers: Iterable[nn.Module]) -> Iterator[nn.Module]:
    """The layers, each batch norm folded into the convolution before it."""
    waiting: nn.Module | None = None
    for each in layers:
        if isinstance(each, nn.BatchNorm2d):
            waiting = fuse_conv_bn_eval(cast(nn.Conv2d, waiting), each)
            continue
        if waiting is not None:
            yield waiting
        waiting = each
    if waiting is not None:
        yield waiting


def silu(g: Graph, x: str) -> str:
    return g.op("Mul", x, g.op("Sigmoid", x))


def residual_block(g: Graph, maps: Maps, block: ResidualBlock, x: str, code: str | None = None) -> str:
    h = maps.convolve(block.conv1, silu(g, x))
    if block.modulation is not None:
        assert code is not None
        said = g.split("Split", layer(g, block.modulation, code), outputs=2, axis=1, num_outputs=2)
        scale, shift = (maps.per_channel(each, block.conv1.out_channels) for each in said)
        h = g.op("Add", g.op("Mul", h, g.op("Add", scale, g.number(1.0))), shift)
    return g.op("Add", x, maps.convolve(block.conv2, silu(g, h)))


def encoder(g: Graph, maps: Maps, network: nn.Module, x: str) -> tuple[str, str]:
    """Pictures (N, 28, 28) -> the posterior's mean and standard deviation, (N, Z) each."""
    if isinstance(network, DenseEncoder):
        h = g.op("Sigmoid", layer(g, network.hidden, g.op("Flatten", x)))
    else:
        network = cast(ConvEncoder, network)
        paper = maps.of_picture(g.op("Sub", g.op("Mul", x, g.number(2.0)), g.number(1.0)), IMAGE_SIZE)
        h = maps.to_rows(layer(g, network.features, paper, maps), network.output.in_features // SMALLEST**2)
    mean, raw = g.split("Split", layer(g, network.output, h), outputs=2, axis=1, num_outputs=2)
    clamped = g.op("Min", raw, g.number(MAX_LOGVAR))
    return mean, g.op("Sqrt", g.op("Add", g.op("Exp", clamped), g.number(MIN_VARIANCE)))


def classifier(g: Graph, maps: Maps, network: nn.Module, x: str) -> tuple[str, str]:
    """Pictures (N, 28, 28) -> logits (N, 10), and the features (N, F) they are read from."""
    if isinstance(network, DenseClassifier):
        features = g.op("Sigmoid", layer(g, network.hidden, g.op("Flatten", x)))
    else:
        network = cast(ConvClassifier, network)
        h = layer(g, network.features, maps.of_picture(x, IMAGE_SIZE), maps)
        features = maps.to_rows(h, network.output.in_features // SMALLEST**2)
    return layer(g, network.output, features), features


def decoder(g: Graph, maps: Maps, network: nn.Module, z: str, y: str | None) -> str:
    """Codes (N, Z) and digits (N, 10) -> logits (N, 28, 28)."""
    code = z if y is None else g.op("Concat", z, y, axis=1)
    if isinstance(network, DenseDecoder):
        h = layer(g, network.output, g.op("Sigmoid", layer(g, network.hidden, code)))
        return g.reshape(h, -1, IMAGE_SIZE, IMAGE_SIZE)
    network = cast(ConvDecoder, network)
    h = maps.of_rows(layer(g, network.seed, code), network.up14.in_channels, SMALLEST)
    for block in network.blocks7:
        h = residual_block(g, maps, cast(ResidualBlock, block), h, code)
    h = maps.convolve(network.up14, silu(g, h))
    for block in network.blocks14:
        h = residual_block(g, maps, cast(ResidualBlock, block), h, code)
    h = maps.convolve(network.output, silu(g, maps.convolve(network.widen, silu(g, h))))
    shuffled = g.reshape(
        maps.to_rows(h, network.output.out_channels), -1, network.output.out_channels, *[IMAGE_SIZE // 2] * 2
    )
    return g.reshape(g.op("DepthToSpace", shuffled, blocksize=2, mode="CRD"), -1, IMAGE_SIZE, IMAGE_SIZE)
