"""The networks as nodes of a graph; what each computes is said where it is defined, and tests hold this to it."""

from collections.abc import Iterable, Iterator
from typing import Any, cast

from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from vae_core.blocks import ResidualBlock
from vae_core.classifier import ConvClassifier, DenseClassifier, ResidualPair
from vae_core.config import IMAGE_SIZE
from vae_core.decoder import ConvDecoder, DenseDecoder
from vae_core.encoder import MAX_LOGVAR, MIN_VARIANCE, ConvEncoder, DenseEncoder
from vae_core.export.graph import Graph


def layer(g: Graph, module: nn.Module, x: str) -> str:
    """One layer of whichever network."""
    match module:
        case nn.Sequential():
            for each in folded(module):
                x = layer(g, each, x)
            return x
        case nn.Linear():
            return g.op("Gemm", x, *weights(g, module), transB=1)
        case nn.Conv2d() | nn.ConvTranspose2d():
            return g.op(
                "Conv" if isinstance(module, nn.Conv2d) else "ConvTranspose", x, *weights(g, module), **sides(module)
            )
        case nn.SiLU():
            return silu(g, x)
        case nn.ReLU() | nn.Tanh():
            return g.op("Relu" if isinstance(module, nn.ReLU) else "Tanh", x)
        case nn.PixelUnshuffle():  # of one channel, so that the order of channels is the same
            return g.op("SpaceToDepth", x, blocksize=module.downscale_factor)
        case ResidualBlock():
            return residual_block(g, module, x)
        case ResidualPair():
            second = fuse_conv_bn_eval(module.second, module.norm)
            return g.op("Relu", g.op("Add", x, layer(g, second, layer(g, module.first, x))))
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


def weights(g: Graph, module: nn.Linear | nn.Conv2d | nn.ConvTranspose2d) -> list[str]:
    channels = 1 if isinstance(module, nn.ConvTranspose2d) else 0  # the axis of those that come out
    found = [g.matrix(module.weight.detach().numpy(), channels)]
    return found if module.bias is None else [*found, g.weight(module.bias.detach().numpy())]


def sides(module: nn.Conv2d | nn.ConvTranspose2d) -> dict[str, Any]:
    padding = cast(tuple[int, int], module.padding)
    return {"kernel_shape": module.kernel_size, "strides": module.stride, "pads": [*padding, *padding]}


def silu(g: Graph, x: str) -> str:
    return g.op("Mul", x, g.op("Sigmoid", x))


def residual_block(g: Graph, block: ResidualBlock, x: str, code: str | None = None) -> str:
    h = layer(g, block.conv1, silu(g, x))
    if block.modulation is not None:
        assert code is not None
        said = g.reshape(layer(g, block.modulation, code), 2 * block.conv1.out_channels, 1, 1)
        scale, shift = g.split("Split", said, outputs=2, axis=1, num_outputs=2)
        h = g.op("Add", g.op("Mul", h, g.op("Add", scale, g.number(1.0))), shift)
    return g.op("Add", x, layer(g, block.conv2, silu(g, h)))


def encoder(g: Graph, network: nn.Module, x: str) -> tuple[str, str]:
    """Pictures (N, 28, 28) -> the posterior's mean and standard deviation, (N, Z) each."""
    if isinstance(network, DenseEncoder):
        h = g.op("Sigmoid", layer(g, network.hidden, g.op("Flatten", x)))
    else:
        network = cast(ConvEncoder, network)
        paper = g.reshape(g.op("Sub", g.op("Mul", x, g.number(2.0)), g.number(1.0)), 1, IMAGE_SIZE, IMAGE_SIZE)
        h = g.op("Flatten", layer(g, network.features, paper))
    mean, raw = g.split("Split", layer(g, network.output, h), outputs=2, axis=1, num_outputs=2)
    clamped = g.op("Min", raw, g.number(MAX_LOGVAR))
    return mean, g.op("Sqrt", g.op("Add", g.op("Exp", clamped), g.number(MIN_VARIANCE)))


def classifier(g: Graph, network: nn.Module, x: str) -> tuple[str, str]:
    """Pictures (N, 28, 28) -> logits (N, 10), and the features (N, F) they are read from."""
    if isinstance(network, DenseClassifier):
        features = g.op("Sigmoid", layer(g, network.hidden, g.op("Flatten", x)))
    else:
        network = cast(ConvClassifier, network)
        features = g.op("Flatten", layer(g, network.features, g.reshape(x, 1, IMAGE_SIZE, IMAGE_SIZE)))
    return layer(g, network.output, features), features


def decoder(g: Graph, network: nn.Module, z: str, y: str | None) -> str:
    """Codes (N, Z) and digits (N, 10) -> logits (N, 28, 28)."""
    code = z if y is None else g.op("Concat", z, y, axis=1)
    if isinstance(network, DenseDecoder):
        h = layer(g, network.output, g.op("Sigmoid", layer(g, network.hidden, code)))
        return g.reshape(h, IMAGE_SIZE, IMAGE_SIZE)
    network = cast(ConvDecoder, network)
    h = g.reshape(layer(g, network.seed, code), network.up14.in_channels, 7, 7)
    for block in network.blocks7:
        h = residual_block(g, cast(ResidualBlock, block), h, code)
    h = layer(g, network.up14, silu(g, h))
    for block in network.blocks14:
        h = residual_block(g, cast(ResidualBlock, block), h, code)
    h = layer(g, network.output, silu(g, layer(g, network.widen, silu(g, h))))
    return g.reshape(g.op("DepthToSpace", h, blocksize=2, mode="CRD"), IMAGE_SIZE, IMAGE_SIZE)
