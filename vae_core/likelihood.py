"""log p(x) by importance sampling over the latent code and the digit."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from vae_core.config import DIGITS
from vae_core.losses import reconstruction_loss
from vae_core.model import ConditionalVAE

CHUNK = 2_000  # pictures decoded at once
DEFENSIVE = 0.02  # share of the digit proposal that is uniform, so that no weight can grow past bounds


def log_likelihood(model: ConditionalVAE, x: Tensor, samples: int, generator: torch.Generator) -> Tensor:
    """log p(x) of binary pictures (N, 28, 28) in nats, (N,): Burda et al. 2016, equation 8.

    With k = 1..K samples of z from q(z|x) and y from q(y|x), the log of the mean of
    p(x|z, y) p(z) p(y) / (q(z|x) q(y|x)), where p(y) = 1/10 and q(y|x) is the classifier, mixed with a little of the
    uniform. In expectation it is a lower bound that rises with K. Pixels are Bernoulli with the decoder's mean,
    whatever likelihood the model was trained with.
    """
    rows = max(1, CHUNK // samples)
    return torch.cat([_weigh(model, part, samples, generator) for part in x.split(rows)])


def _weigh(model: ConditionalVAE, x: Tensor, samples: int, generator: torch.Generator) -> Tensor:
    n = len(x)
    posterior = model.encoder(x)
    mean, logvar = posterior.mean, posterior.logvar  # (n, Z)
    proposal = None
    if model.classifier is not None:
        proposal = (1.0 - DEFENSIVE) * F.softmax(model.classifier(x), dim=1) + DEFENSIVE / DIGITS  # (n, 10)
    parts = []
    for count in _chunks(samples, max(1, CHUNK // n)):
        epsilon = torch.empty(n, count, mean.shape[1], device=x.device).normal_(generator=generator)
        z = mean[:, None] + torch.exp(0.5 * logvar)[:, None] * epsilon  # (n, k, Z)
        log_weight = 0.5 * (epsilon.square() - z.square() + logvar[:, None]).sum(2)  # log p(z) - log q(z|x), (n, k)
        y = None
        if proposal is not None:
            digits = torch.multinomial(proposal, count, replacement=True, generator=generator)  # (n, k)
            log_weight = log_weight - math.log(DIGITS) - proposal.gather(1, digits).log()
            y = F.one_hot(digits.flatten(), DIGITS).float()
        logits = model.decoder(z.flatten(0, 1), y)
        target = x[:, None].expand(-1, count, -1, -1).flatten(0, 1)
        parts.append(log_weight - reconstruction_loss(logits, target, "bernoulli").view(n, count))
    return torch.logsumexp(torch.cat(parts, dim=1), dim=1) - math.log(samples)


def _chunks(total: int, size: int) -> list[int]:
    return [size] * (total // size) + ([total % size] if total % size else [])
