"""The training objective: one batch through the three sub-networks, and the terms of its loss."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from vae_core.config import DIGITS, TrainConfig
from vae_core.losses import classification_loss, reconstruction_loss
from vae_core.model import ConditionalVAE
from vae_core.training.critic import decoder_critic_loss
from vae_core.training.hand_pressure import Swap, hand_pressure

MADE_SHARE = 4  # one picture is made for the critic for so many of the batch, of the grey ones
MEAN_SHARE = 0.4  # of the pictures made, those at the mean of a posterior
PRIOR_SHARE = 0.4  # of the pictures made, those of the prior; the rest are sampled from posteriors


@dataclass(frozen=True)
class Batch:
    """x (B, 28, 28) in [0, 1] and its digits (B,) for the autoencoder; views and view_digits for the classifier."""

    x: Tensor
    digits: Tensor
    views: Tensor
    view_digits: Tensor


@dataclass(frozen=True)
class Terms:
    """Terms of the loss, each a scalar in nats per example; `loss` is their weighted sum. made (B, 28, 28) are the
    pictures decoded for other digits, None without a critic; written (W, S, 28, 28) those of a swap, None without."""

    loss: Tensor
    reconstruction: Tensor
    kl: Tensor
    classification: Tensor
    made: Tensor | None
    written: Tensor | None = None


class Objective(nn.Module):
    """Loss = reconstruction + beta x KL + weight x cross-entropy (+ weight x critic + weight x hands), as one module,
    so that DistributedDataParallel can wrap it."""

    def __init__(self, model: ConditionalVAE, config: TrainConfig) -> None:
        super().__init__()
        self.model = model
        self.config = config
        self.press: Callable[[nn.Module, Swap, Tensor], Tensor] = hand_pressure

    def forward(
        self,
        batch: Batch,
        generator: torch.Generator,
        critic: nn.Module | None = None,
        reader: nn.Module | None = None,
        swap: Swap | None = None,
    ) -> Terms:
        """The terms of one batch; the reader of hands presses on what is made of a swap."""
        model, config = self.model, self.config
        x = binarize_half(batch.x, generator) if config.binarize else batch.x
        posterior = model.encoder(x)
        z = posterior.sample(generator)  # (B, Z)

        classification, y = x.new_zeros(()), None
        if model.classifier is not None:
            logits = model.classifier(batch.views)
            classification = classification_loss(logits, batch.view_digits).mean()
            if config.decoder_digits == "probabilities":
                y = F.softmax(logits, dim=1)  # (B, 10); gradients flow into the classifier
            else:
                y = F.one_hot(batch.digits, DIGITS).float()

        reconstruction = reconstruction_loss(model.decoder(z, y), x, model.config.likelihood).mean()
        kl = posterior.kl().sum(1).mean()
        loss = reconstruction + config.beta * kl + config.classification_weight * classification
        made = None
        if critic is not None:
            # Gradients flow into the encoder too: it learns codes in which every digit can be drawn.
            made, asked = self._make(posterior.mean[::MADE_SHARE], z[::MADE_SHARE], generator)
            loss = loss + config.critic_weight * decoder_critic_loss(critic, made, asked).mean()
        written = None
        if reader is not None and swap is not None:
            written = self._write(swap)
            loss = loss + config.hand_weight * self.press(reader, swap, written)
        return Terms(loss, reconstruction, kl, classification, made, written)

    def _write(self, swap: Swap) -> Tensor:
        """Pictures (W, S, 28, 28): the styles of the sources, at the means of their posteriors, as the digits asked."""
        x = swap.x[:, swap.sources]  # (W, S, 28, 28)
        mean = self.model.encoder(x.flatten(0, 1)).mean
        asked = F.one_hot(swap.asked, DIGITS).float().repeat(len(x), 1)  # (W S, 10)
        return torch.sigmoid(self.model.decoder(mean, asked)).unflatten(0, x.shape[:2])

    def _make(self, mean: Tensor, z: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """Pictures (B, 28, 28) of random digits, and the digits asked (B,).

        Each is in the hand of a picture, at the mean of its posterior or sampled from it, or of the prior.
        """
        b = len(z)
        source = torch.rand(b, 1, generator=generator, device=z.device)
        prior = torch.empty_like(z).normal_(generator=generator)
        z = torch.where(source < MEAN_SHARE, mean, torch.where(source < 1.0 - PRIOR_SHARE, z, prior))
        asked = torch.randint(DIGITS, (b,), generator=generator, device=z.device)
        return torch.sigmoid(self.model.decoder(z, F.one_hot(asked, DIGITS).float())), asked


def binarize_half(x: Tensor, generator: torch.Generator) -> Tensor:
    """Every other picture drawn anew as Bernoulli(x), so that the encoder reads grey and binarised alike."""
    x = x.clone()
    x[1::2] = torch.bernoulli(x[1::2], generator=generator)
    return x
