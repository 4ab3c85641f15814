"""The training objective: one batch through the sub-networks, and the terms of its loss."""

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
        done: float = 1.0,
        reader: nn.Module | None = None,
        swap: Swap | None = None,
    ) -> Terms:
        """The terms of one batch, of which a share `done` of the training has gone by; the reader of hands presses on
        what is made of a swap."""
        model, config = self.model, self.config
        x = self._binarize(batch.x, generator, done)
        posterior = model.encoder(x)
        z = posterior.sample(generator)  # (B, Z)

        classification, y = x.new_zeros(()), None
        if model.classifier is not None:
            y = F.one_hot(batch.digits, DIGITS).float()
            if config.asks_classifier:
                logits = model.classifier(batch.views)
                classification = classification_loss(logits, batch.view_digits).mean()
                if config.decoder_digits == "probabilities":
                    y = F.softmax(logits, dim=1)  # (B, 10); gradients flow into the classifier

        reconstruction = reconstruction_loss(model.decoder(z, y), x, model.config.likelihood).mean()
        by_dimension, gain = posterior.kl().mean(0), model.prior.gain(z, y).mean()
        kl = by_dimension.sum() - gain
        charged = by_dimension.clamp(min=config.free_bits).sum() - gain
        loss = reconstruction + config.beta * charged + config.classification_weight * classification
        made = None
        if critic is not None:
            # Gradients flow into the encoder too: it learns codes in which every digit can be drawn.
            sources = y[::MADE_SHARE] if y is not None else None
            made, asked = self._make(posterior.mean[::MADE_SHARE], z[::MADE_SHARE], sources, generator)
            if done >= config.critic_warm_up:
                loss = loss + config.critic_weight * decoder_critic_loss(critic, made, asked).mean()
        written = None
        if reader is not None and swap is not None:
            written = self._write(swap)
            loss = loss + config.hand_weight * self.press(reader, swap, written)
        return Terms(loss, reconstruction, kl, classification, made, written)

    def _write(self, swap: Swap) -> Tensor:
        """Pictures (W, S, 28, 28): the styles of the sources, at the means of their posteriors, as the digits asked."""
        x, prior = swap.x[:, swap.sources], self.model.prior  # (W, S, 28, 28)
        source, asked = (F.one_hot(digits, DIGITS).float().repeat(len(x), 1) for digits in (swap.sources, swap.asked))
        style, _ = prior.to_style(self.model.encoder(x.flatten(0, 1)).mean, source)  # (W S, Z)
        return torch.sigmoid(self.model.decoder(prior.to_z(style, asked), asked)).unflatten(0, x.shape[:2])

    def _make(self, mean: Tensor, z: Tensor, y: Tensor | None, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """Pictures (B, 28, 28) of random digits, and the digits asked (B,).

        Each is in the style of a picture of digit y, at the mean of its posterior or sampled from it, or of the prior.
        """
        b, prior = len(z), self.model.prior
        source = torch.rand(b, 1, generator=generator, device=z.device)
        drawn = torch.empty_like(z).normal_(generator=generator)
        written, _ = prior.to_style(torch.where(source < MEAN_SHARE, mean, z), y)
        style = torch.where(source < 1.0 - PRIOR_SHARE, written, drawn)
        asked = torch.randint(DIGITS, (b,), generator=generator, device=z.device)
        digits = F.one_hot(asked, DIGITS).float()
        return torch.sigmoid(self.model.decoder(prior.to_z(style, digits), digits)), asked

    def _binarize(self, x: Tensor, generator: torch.Generator, done: float) -> Tensor:
        if not self.config.binarize:
            return x
        return binarize_half(x, generator) if done >= self.config.grey_from else torch.bernoulli(x, generator=generator)


def binarize_half(x: Tensor, generator: torch.Generator) -> Tensor:
    """Every other picture drawn anew as Bernoulli(x), so that the encoder reads grey and binarised alike."""
    x = x.clone()
    x[1::2] = torch.bernoulli(x[1::2], generator=generator)
    return x
