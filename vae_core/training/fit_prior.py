"""The prior alone, fitted to the codes of a model whose other weights stay as they are."""

from collections.abc import Callable
from dataclasses import replace

import torch
import torch.nn.functional as F
from torch import Tensor

from vae_core.config import DIGITS
from vae_core.data import Digits
from vae_core.model import ConditionalVAE, build_model
from vae_core.posterior import DiagonalGaussian
from vae_core.training.objective import binarize_half
from vae_core.training.start import is_of_prior

ENCODED = 500  # pictures through the encoder at once
BATCH = 256
PEAK_LEARNING_RATE = 4e-3


def fit_prior(
    model: ConditionalVAE, train: Digits, couplings: int, epochs: int, seed: int, say: Callable[[str], None]
) -> ConditionalVAE:
    """The model with a flow of so many couplings, fitted from the identity to the posteriors of `train`.

    What is minimised is the prior's part of the loss, -log p(z|y) with z ~ q(z|x) drawn anew each epoch, of pictures
    half grey and half binarised as in training.
    """
    generator = torch.Generator().manual_seed(seed)
    fitted = build_model(replace(model.config, couplings=couplings), seed)
    weights = {key: value for key, value in model.state_dict().items() if not is_of_prior(key)}
    fitted.load_state_dict(fitted.state_dict() | weights)
    say(f"encoding {len(train)} digits ...")
    posterior = _posteriors(fitted.eval(), train, generator)
    y = F.one_hot(train.labels, DIGITS).float() if model.config.conditional else None
    batches = -(-len(train) // BATCH)
    optimizer = torch.optim.AdamW(fitted.prior.parameters(), weight_decay=0.0)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, PEAK_LEARNING_RATE, total_steps=epochs * batches)
    for epoch in range(1, epochs + 1):
        z, total = posterior.sample(generator), 0.0
        for index in torch.randperm(len(train), generator=generator).split(BATCH):
            gain = fitted.prior.gain(z[index], None if y is None else y[index]).mean()
            optimizer.zero_grad()
            (-gain).backward()
            torch.nn.utils.clip_grad_norm_(fitted.prior.parameters(), 5.0)
            optimizer.step()
            schedule.step()
            total += float(gain.detach()) / batches
        say(f"epoch {epoch}/{epochs}  log p(z|y) is {total:.3f} nats above that of N(0, I)")
    return fitted


@torch.no_grad()
def _posteriors(model: ConditionalVAE, digits: Digits, generator: torch.Generator) -> DiagonalGaussian:
    means: list[Tensor] = []
    logvars: list[Tensor] = []
    for index in torch.arange(len(digits)).split(ENCODED):
        posterior = model.encoder(binarize_half(digits.take(index)[0], generator))
        means.append(posterior.mean)
        logvars.append(posterior.logvar)
    return DiagonalGaussian(torch.cat(means), torch.cat(logvars))
