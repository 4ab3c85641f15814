"""Writers and their digits: batches of them, and the loss by which a network learns to tell one hand from another."""

import torch
import torch.nn.functional as F
from torch import Tensor

from vae_core.config import DIGITS
from vae_core.data import Digits

TEMPERATURE = 0.1  # of the cosines that are compared


class Writers:
    """Digits by who wrote them; of those writers only who wrote all ten."""

    def __init__(self, digits: Digits, writers: Tensor) -> None:
        """writers (N,) int64, one for each of the digits; raises ValueError where they are not as many."""
        if writers.shape != digits.labels.shape:
            raise ValueError(f"expected {len(digits)} writers, one for each digit, got {tuple(writers.shape)}")
        self.digits = digits
        known, place = writers.unique(return_inverse=True)
        cell = place * DIGITS + digits.labels
        counts = cell.bincount(minlength=DIGITS * len(known))
        complete = counts.view(-1, DIGITS).min(1).values > 0
        self._order = cell.argsort(stable=True)  # digits by writer, then by class
        self._counts = counts.view(-1, DIGITS)[complete]  # (W, 10)
        self._starts = (counts.cumsum(0) - counts).view(-1, DIGITS)[complete]

    def __len__(self) -> int:
        return len(self._counts)

    def draw(self, count: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """One of each digit by so many writers, (W, 10, 28, 28) in [0, 1], and their classes (W, 10)."""
        chosen = torch.randperm(len(self), generator=generator, device=self._order.device)[:count]
        counts = self._counts[chosen]
        offset = torch.rand(counts.shape, generator=generator, device=counts.device) * counts
        index = self._order[self._starts[chosen] + offset.long()]
        x, digits = self.digits.take(index.flatten())
        return x.unflatten(0, index.shape), digits.view(index.shape)


def hand_loss(hands: Tensor, others: Tensor, compared: Tensor) -> Tensor:
    """-log p(whose hand it is), a scalar: `hands` (W, A, E) of W writers are compared with `others` (V, B, E).

    The first W of the others are by the same writers, in the same order; whoever follows is by nobody. Only hands of
    one class are compared with each other, so that the class says nothing (InfoNCE, van den Oord et al. 2018).
    `compared` (A, B) says which two classes are to tell of one hand.
    """
    logits = torch.einsum("wae,vbe->abwv", hands, others)[compared] / TEMPERATURE  # (pairs, W, V)
    writer = torch.arange(len(hands), device=logits.device).expand(len(logits), -1)
    return F.cross_entropy(logits.flatten(0, 1), writer.flatten())


def other_classes(device: torch.device | str = "cpu") -> Tensor:
    """(10, 10), true where two digits are of different classes."""
    return ~torch.eye(DIGITS, dtype=torch.bool, device=device)
