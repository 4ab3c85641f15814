"""What a training is fed: MNIST in a new order each epoch, pen digits beside it, and views of both."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from vae_core.config import TrainConfig
from vae_core.data import Digits
from vae_core.drawing.augment import warp
from vae_core.training.objective import Batch
from vae_core.training.ranks import Ranks

PEN_VIEWS = 3  # the classifier sees so many times the autoencoder's share of pen digits


@dataclass(frozen=True)
class TrainingData:
    """Digits to train on and to report on; `pen` are pen strokes already drawn, `writers` (N,) who wrote each digit of
    `train`; None without."""

    train: Digits
    test: Digits
    pen: Digits | None = None
    writers: Tensor | None = None

    def first_share(self, share: float) -> "TrainingData":
        """With the first digits of `train`, so many that they are that share of all, one at least."""
        count = max(1, round(share * len(self.train)))
        writers = None if self.writers is None else self.writers[:count]
        return replace(self, train=Digits(self.train.images[:count], self.train.labels[:count]), writers=writers)

    def sizes(self) -> dict[str, int]:
        writers = {} if self.writers is None else {"writers": len(self.writers.unique())}
        return {"mnist": len(self.train), "pen_pictures": len(self.pen) if self.pen else 0, **writers}


class Batches:
    """The batches of one process; `order` is that of the epoch under way, None before its first batch.

    All processes shuffle alike and share out each batch; what else is random comes from `generator`, each process's
    own. Raises ValueError where a batch is larger than the data or smaller than the number of processes.
    """

    def __init__(
        self, data: TrainingData, config: TrainConfig, ranks: Ranks, generator: torch.Generator, seed: int
    ) -> None:
        self._data, self._ranks, self._generator, self._augment = data, ranks, generator, config.augment
        # Of each batch over all processes: MNIST digits, pen digits beside them, and pen digits among the views.
        self._pen = round(config.batch_size * config.pen_share) if data.pen else 0
        self._mnist, self._pen_views = config.batch_size - self._pen, PEN_VIEWS * self._pen
        self.shuffler = torch.Generator().manual_seed(seed)
        self.order: Tensor | None = None
        if not ranks.world <= self._mnist <= len(data.train):
            expected = f"a batch of {ranks.world} to {len(data.train)} digits, one a process at least"
            raise ValueError(f"expected {expected}, got {self._mnist} of batch_size {config.batch_size}")

    @property
    def per_epoch(self) -> int:
        return len(self._data.train) // self._mnist

    def of_epoch(self, done: int) -> Iterator[Batch]:
        """Those that are left of an epoch, of which so many are done."""
        if self.order is None:
            self.order = torch.randperm(len(self._data.train), generator=self.shuffler)
        for step in range(done, self.per_epoch):
            yield self._batch(self.order[step * self._mnist : (step + 1) * self._mnist])

    def _batch(self, order: Tensor) -> Batch:
        index = order[self._ranks.rank :: self._ranks.world]
        x, digits = self._data.train.take(index.to(self._generator.device))
        views, view_digits = x, digits
        if self._pen:
            kept = -(self._pen_views - self._pen) // self._ranks.world
            views, view_digits = self._join(x[:kept], digits, self._pen_views)
            x, digits = self._join(x, digits, self._pen)
        if self._augment:
            views = warp(views, self._generator)
        return Batch(x, digits, views, view_digits)

    def _join(self, x: Tensor, digits: Tensor, count: int) -> tuple[Tensor, Tensor]:
        """Pictures and their digits, with so many pen digits after them."""
        pen = self._data.pen
        assert pen is not None
        size = (count // self._ranks.world,)
        pen_x, pen_digits = pen.take(
            torch.randint(len(pen), size, generator=self._generator, device=self._generator.device)
        )
        return torch.cat([x, pen_x]), torch.cat([digits[: len(x)], pen_digits])
