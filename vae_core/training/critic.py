"""The critic: reads pictures as one of the ten digits or as *made*, and so tells the decoder to draw what it is asked.

A frozen reader can be gamed: it is content with a zero that is broken open. This one learns as long as the decoder
does, that every flaw it can find means *made*. Its eleven classes are those of a semi-supervised GAN (Salimans et
al. 2016); the decoder's pictures are of codes joined with digits that were not theirs, and of codes from the prior.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from vae_core.config import DIGITS

MADE = DIGITS  # the eleventh class
WIDTH = 24  # channels at 14 x 14


class Critic(nn.Module):
    """Strided convolutions to eleven logits, (B, 28, 28) -> (B, 11)."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(1, WIDTH, 4, stride=2, padding=1),
            nn.LeakyReLU(0.2),
            nn.Conv2d(WIDTH, 2 * WIDTH, 3, padding=1),
            nn.LeakyReLU(0.2),
            nn.Conv2d(2 * WIDTH, 4 * WIDTH, 4, stride=2, padding=1),
            nn.LeakyReLU(0.2),
            nn.Conv2d(4 * WIDTH, 4 * WIDTH, 3, padding=1),
            nn.LeakyReLU(0.2),
            nn.Flatten(),
            nn.Linear(4 * WIDTH * 49, DIGITS + 1),
        )

    def forward(self, x: Tensor) -> Tensor:
        return self.layers((2.0 * x - 1.0)[:, None].contiguous(memory_format=torch.channels_last)).float()


def critic_loss(critic: nn.Module, real: Tensor, real_digits: Tensor, made: Tensor) -> Tensor:
    """Cross-entropy of reading real pictures as their digits and made ones as made; a scalar."""
    logits = critic(torch.cat([real, made]))
    made_class = torch.full((len(made),), MADE, dtype=torch.int64, device=made.device)
    return F.cross_entropy(logits, torch.cat([real_digits, made_class]))


def decoder_critic_loss(critic: nn.Module, made: Tensor, asked: Tensor) -> Tensor:
    """-log p(the digit asked | picture) by the critic, (B,); small where the picture passes for a real one of it."""
    return F.cross_entropy(critic(made), asked, reduction="none")
