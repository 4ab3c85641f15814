"""The judge: a network that no model ever sees in training and that reads what they draw.

It is of another make than the models' classifiers and the critic: 5 x 5 convolutions, max-pooling, one wide layer.
"""

from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from vae_core.checkpoint import SHIPPED, CheckpointError, read_checkpoint, write_checkpoint
from vae_core.config import DIGITS
from vae_core.data import Digits
from vae_core.drawing.augment import warp

JUDGE = SHIPPED / "judge.safetensors"
FEATURES = 128  # width of the penultimate layer, in which Frechet distances are taken
BATCH = 128
PEAK_LEARNING_RATE = 2e-3


class Judge(nn.Module):
    """(B, 28, 28) in [0, 1] -> logits (B, 10); `features` gives the penultimate layer (B, 128)."""

    def __init__(self) -> None:
        super().__init__()
        self.trunk = nn.Sequential(
            nn.Conv2d(1, 32, 5, padding=2),
            nn.MaxPool2d(2),
            nn.BatchNorm2d(32),
            nn.ELU(),
            nn.Conv2d(32, 64, 5, padding=2),
            nn.MaxPool2d(2),
            nn.BatchNorm2d(64),
            nn.ELU(),
            nn.Flatten(),
            nn.Linear(64 * 49, FEATURES),
            nn.BatchNorm1d(FEATURES),
            nn.ELU(),
        )
        self.output = nn.Linear(FEATURES, DIGITS)

    def features(self, x: Tensor) -> Tensor:
        return self.trunk(x[:, None])

    def forward(self, x: Tensor) -> Tensor:
        return self.output(self.features(x))


def train_judge(train: Digits, epochs: int, seed: int) -> Judge:
    """A judge trained on warped digits with a one-cycle learning rate."""
    generator = torch.Generator().manual_seed(seed)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        judge = Judge()
    optimizer = torch.optim.AdamW(judge.parameters(), weight_decay=1e-2, fused=True)
    steps = len(train) // BATCH
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, PEAK_LEARNING_RATE, total_steps=epochs * steps)
    for _ in range(epochs):
        for index in torch.randperm(len(train), generator=generator)[: steps * BATCH].split(BATCH):
            x, digits = train.take(index)
            loss = F.cross_entropy(judge(warp(x, generator)), digits)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
    return judge.eval()


def save_judge(path: str | Path, judge: Judge, epochs: int, seed: int, accuracy: float) -> None:
    """Write a judge with what it was trained by and its accuracy on real test digits."""
    card = {"epochs": epochs, "seed": seed, "test_accuracy": accuracy, "torch": torch.__version__}
    write_checkpoint(path, judge.state_dict(), {"name": "judge", "card": card})


def load_judge(path: str | Path = JUDGE) -> Judge:
    """The judge that ships, or another; raises CheckpointError where there is none."""
    checkpoint = read_checkpoint(path)
    with torch.device("meta"):
        judge = Judge()
    try:
        judge.load_state_dict(checkpoint.tensors, assign=True)
    except RuntimeError as error:
        raise CheckpointError(f"{Path(path).name} does not hold a judge") from error
    return judge.eval()
