"""The judge of hands: a network that no model ever sees in training and that tells one writer from another.

It embeds a picture and its digit so that digits of different classes by one writer lie together. It is of another make
than the network of hands that presses in training: batch normalisation, max-pooling, one wide layer.
"""

import math
from collections.abc import Callable
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from vae_core.checkpoint import SHIPPED, CheckpointError, read_checkpoint, write_checkpoint
from vae_core.config import DIGITS
from vae_core.data import Digits
from vae_core.drawing.augment import warp
from vae_core.hands import Writers, hand_loss, other_classes
from vae_core.precision import has_bfloat16

HAND_JUDGE = SHIPPED / "hand_judge.safetensors"
WIDTH = 64  # numbers of a hand
BATCH = 48  # writers, ten digits each
PEAK_LEARNING_RATE = 2e-3
STRENGTH = 0.25  # of the warps: slant and size are the hand's, and are not to be warped away
DROPOUT = 0.3
HELD_OUT = 10  # one writer in so many is kept back where the number of epochs is chosen


class HandJudge(nn.Module):
    """(B, 28, 28) in [0, 1] and their digits (B,) -> the hand that wrote them, (B, 64) of length 1."""

    def __init__(self) -> None:
        super().__init__()
        self.convolutions = nn.ModuleList(
            [nn.Conv2d(1, 32, 5, stride=2, padding=2), nn.Conv2d(32, 48, 3, padding=1), nn.Conv2d(48, 64, 3, padding=1)]
        )
        self.norms = nn.ModuleList(nn.BatchNorm2d(channels, affine=False) for channels in (32, 48, 64))
        self.modulations = nn.ModuleList(_of_digit(2 * channels, 0.1) for channels in (32, 48, 64))
        self.gather = nn.Linear(64 * 49, WIDTH)
        self.output = _of_digit(WIDTH * WIDTH, 1.0 / math.sqrt(WIDTH))  # a linear map
        self.dropout = nn.Dropout(DROPOUT)

    def forward(self, x: Tensor, digits: Tensor) -> Tensor:
        h = x[:, None].contiguous(memory_format=torch.channels_last)
        for i, (convolution, norm, modulation) in enumerate(
            zip(self.convolutions, self.norms, self.modulations, strict=True)
        ):
            h = convolution(h)
            h = norm(F.max_pool2d(h, 2) if i == 1 else h)
            scale, shift = modulation(digits)[:, :, None, None].chunk(2, dim=1)  # (B, C, 1, 1) each
            h = F.elu(h * (1.0 + scale) + shift)
        h = F.elu(self.gather(self.dropout(h.flatten(1))))  # (B, 64)
        maps = self.output(digits).view(-1, WIDTH, WIDTH)
        return F.normalize(torch.bmm(maps, self.dropout(h)[:, :, None])[:, :, 0].float(), dim=1)


def _of_digit(size: int, std: float) -> nn.Embedding:
    """So many numbers for each digit."""
    embedding = nn.Embedding(DIGITS, size)
    nn.init.normal_(embedding.weight, std=std)
    return embedding


def train_hand_judge(
    train: Digits, writers: Tensor, epochs: int, seed: int, on_epoch: Callable[[int, HandJudge], None] = lambda *_: None
) -> HandJudge:
    """A judge of hands trained on the writers (N,) of `train` with a one-cycle learning rate."""
    generator = torch.Generator().manual_seed(seed)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        judge = HandJudge().to(memory_format=torch.channels_last)
        hands = Writers(train, writers)
        batch = min(BATCH, len(hands))
        steps = max(1, len(train) // (batch * DIGITS))
        optimizer = torch.optim.AdamW(judge.parameters(), weight_decay=5e-2, fused=True)
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, PEAK_LEARNING_RATE, total_steps=epochs * steps)
        for epoch in range(epochs):
            judge.train()
            for _ in range(steps):
                x, digits = hands.draw(batch, generator)
                with torch.autocast("cpu", torch.bfloat16, enabled=has_bfloat16("cpu")):
                    hand = judge(warp(x.flatten(0, 1), generator, STRENGTH), digits.flatten()).unflatten(
                        0, digits.shape
                    )
                loss = hand_loss(hand, hand, other_classes())
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                schedule.step()
            on_epoch(epoch + 1, judge.eval())
    return judge.eval()


def hold_out(train: Digits, writers: Tensor) -> tuple[tuple[Digits, Tensor], tuple[Digits, Tensor]]:
    """The digits and writers (N,) to learn from, and those of every tenth writer to choose the number of epochs by."""
    kept = writers.unique(return_inverse=True)[1] % HELD_OUT == 0
    learned, checked = ((Digits(train.images[i], train.labels[i]), writers[i]) for i in (~kept, kept))
    return learned, checked


def save_hand_judge(path: str | Path, judge: HandJudge, epochs: int, seed: int, unseen: int, area: float) -> None:
    """Write a judge of hands with what it was trained by and its area under the curve on so many unseen writers."""
    trained = {"epochs": epochs, "seed": seed, "torch": torch.__version__}
    card = trained | {"unseen_writers": unseen, "area_under_curve": area}
    write_checkpoint(path, judge.state_dict(), {"name": "hand_judge", "card": card})


def load_hand_judge(path: str | Path = HAND_JUDGE) -> HandJudge:
    """The judge of hands that ships, or another; raises CheckpointError where there is none."""
    checkpoint = read_checkpoint(path)
    with torch.device("meta"):
        judge = HandJudge()
    try:
        judge.load_state_dict(checkpoint.tensors, assign=True)
    except RuntimeError as error:
        raise CheckpointError(f"{Path(path).name} does not hold a judge of hands") from error
    return judge.to(memory_format=torch.channels_last).eval()
