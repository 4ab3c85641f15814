"""The pressure that carries a hand from digit to digit: a network of hands must take made pictures for their writer's.

The network embeds a picture and its digit so that digits of different classes by one writer lie together. A frozen one
can be gamed, as a frozen critic can. This one learns on: real digits of a writer are to be told, among those of other
writers *and* among what the decoder made in the writer's style, from the writer's other digits. The decoder wants the
reverse, its own picture to be taken, and so has reached its end where it writes neither less nor more like the writer
than the writer does. It is of another make and seed than the judge of hands, which no training sees.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from vae_core.blocks import ResidualBlock, start
from vae_core.config import DIGITS
from vae_core.hands import Writers, hand_loss, other_classes

WIDTH = 24  # channels at 14 x 14
HAND = 48  # numbers of a hand
WRITERS = 16  # a step
SOURCES = 4  # digits of each whose style is taken


class HandReader(nn.Module):
    """(B, 28, 28) in [0, 1] and their digits (B,) -> the hand that wrote them, (B, 48) of length 1."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = start(nn.Conv2d(1, WIDTH, 4, stride=2, padding=1))
        self.block14 = ResidualBlock(WIDTH, DIGITS)
        self.down = start(nn.Conv2d(WIDTH, 2 * WIDTH, 4, stride=2, padding=1))
        self.block7 = ResidualBlock(2 * WIDTH, DIGITS)
        self.output = start(nn.Linear(2 * WIDTH * 49, HAND))

    def forward(self, x: Tensor, digits: Tensor) -> Tensor:
        y = F.one_hot(digits, DIGITS).float()
        h = self.stem((2.0 * x - 1.0)[:, None].contiguous(memory_format=torch.channels_last))
        h = self.down(F.silu(self.block14(h, y)))
        h = self.output(F.silu(self.block7(h, y)).flatten(1))
        return F.normalize(h.float(), dim=1)


@dataclass(frozen=True)
class Swap:
    """Digits of W writers, x (W, 10, 28, 28) and their classes digits (W, 10); the classes sources (S,) whose style is
    to be taken and asked (S,) in which it is to be written."""

    x: Tensor
    digits: Tensor
    sources: Tensor
    asked: Tensor

    @property
    def compared(self) -> Tensor:
        """(10, S), true where a real digit is of neither class of a swap: what else it shows is the hand."""
        own = torch.arange(DIGITS, device=self.asked.device)[:, None]
        return (own != self.asked) & (own != self.sources)


def draw_swap(writers: Writers, generator: torch.Generator) -> Swap:
    """Digits of some writers, drawn at random, and what is to be made of them."""
    x, digits = writers.draw(WRITERS, generator)
    sources = torch.randperm(DIGITS, generator=generator, device=generator.device)[:SOURCES]
    step = torch.randint(1, DIGITS, (SOURCES,), generator=generator, device=generator.device)
    return Swap(x, digits, sources, (sources + step) % DIGITS)


def read_hands(reader: nn.Module, x: Tensor, digits: Tensor) -> Tensor:
    """The hands (W, A, E) of pictures (W, A, 28, 28) of digits (W, A)."""
    return reader(x.flatten(0, 1), digits.flatten()).unflatten(0, digits.shape)


def reader_loss(reader: nn.Module, swap: Swap, made: Tensor | None = None) -> Tensor:
    """Of telling writers apart by real digits and, where given, from made pictures (W, S, 28, 28); a scalar."""
    real = read_hands(reader, swap.x, swap.digits)  # (W, 10, E)
    loss = hand_loss(real, real, other_classes(real.device))
    if made is None:
        return loss
    false = read_hands(reader, made, swap.asked.expand(len(made), -1))  # (W, S, E)
    return loss + hand_loss(real, torch.cat([real[:, swap.asked], false]), swap.compared)


def hand_pressure(reader: nn.Module, swap: Swap, made: Tensor) -> Tensor:
    """Of taking made pictures (W, S, 28, 28) for the writers' own, among real digits and made ones; a scalar."""
    with torch.no_grad():
        real = read_hands(reader, swap.x, swap.digits)
    false = read_hands(reader, made, swap.asked.expand(len(made), -1))
    return hand_loss(real, torch.cat([false, real[:, swap.asked]]), swap.compared)
