"""How much of the digit is left in the style: a small network learns to read it there, and should not be able to."""

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from vae_core.config import DIGITS
from vae_core.data import Digits
from vae_core.evaluation.figure import Figure, share
from vae_core.inference import Model

WIDTH = 256  # hidden units of both layers
EPOCHS = 20
BATCH = 250
PEAK_LEARNING_RATE = 2e-3
LEARNED = 20_000  # training digits, the first so many


def style_figure(model: Model, train: Digits, test: Digits, seed: int) -> Figure:
    """The share of test digits whose class a network reads from a style sampled from their posterior."""
    rng = np.random.default_rng(seed)
    count = min(LEARNED, len(train))
    reader = _learn(_styles(model, train.images[:count], rng), train.labels[:count], seed)
    with torch.inference_mode():
        right = reader(_styles(model, test.images, rng)).argmax(1) == test.labels
    how = (
        f"styles sampled from the posteriors of {len(test)} test digits (seed {seed}), given the digit it reads; "
        f"read by a network of two layers of {WIDTH} that learned from those of {count} training digits; chance is 11 %"
    )
    return share("digit read from the style", right.numpy(), how)


def _styles(model: Model, images: Tensor, rng: np.random.Generator) -> Tensor:
    x = images.numpy().astype(np.float32) / 255.0
    posterior = model.encode(x)
    z = posterior.at(rng.standard_normal(posterior.mean.shape, dtype=np.float32))
    return torch.from_numpy(model.to_style(z, model.classify(x).argmax(1)))


def _learn(styles: Tensor, digits: Tensor, seed: int) -> nn.Module:
    generator = torch.Generator().manual_seed(seed)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        reader = nn.Sequential(
            nn.Linear(styles.shape[1], WIDTH), nn.SiLU(), nn.Linear(WIDTH, WIDTH), nn.SiLU(), nn.Linear(WIDTH, DIGITS)
        )
    optimizer = torch.optim.AdamW(reader.parameters(), fused=True)
    total = EPOCHS * -(-len(digits) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, PEAK_LEARNING_RATE, total_steps=total)
    for _ in range(EPOCHS):
        for index in torch.randperm(len(digits), generator=generator).split(BATCH):
            loss = F.cross_entropy(reader(styles[index]), digits[index])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
    return reader
