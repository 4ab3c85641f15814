"""log p(x) by importance sampling over the latent code and the digit."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from vae_core.config import DIGITS
from vae_core.losses import reconstruction_loss
from vae_core.model import ConditionalVAE
from vae_core.posterior import DiagonalGaussian

CHUNK = 2_000  # pictures decoded at once
GROUP = 500  # pictures whose proposals are refined at once
DEFENSIVE = 0.02  # share of the digit proposal that is uniform, so that no weight can grow past bounds
REFINE_STEPS = 60  # of Adam, on the mean and log-variance of each picture's own proposal
REFINE_RATE = 0.1  # at the first of those steps, falling to zero
WIDEN = 1.1  # the proposal's standard deviation over the refined one: tails cost less than gaps


def log_likelihood(model: ConditionalVAE, x: Tensor, samples: int, generator: torch.Generator) -> Tensor:
    """log p(x) of binary pictures (N, 28, 28) in nats, (N,): Burda et al. 2016, equation 8.

    With k = 1..K samples of z from q(z|x) and y from q(y|x), the log of the mean of
    p(x|z, y) p(z|y) p(y) / (q(z|x) q(y|x)), where p(y) = 1/10. In expectation it is a lower bound, whatever the
    proposals; it rises with K and with their fit. So q(z|x) starts at the encoder's posterior and is refined for each
    picture by gradient steps on its ELBO (Kim et al. 2018), and q(y|x) is half the classifier's, half by how well each
    digit explains the picture and its code at the posterior's mean. Pixels are Bernoulli with the decoder's mean,
    whatever likelihood the model was trained with.
    """
    return torch.cat([_estimate(model, part, samples, generator) for part in x.split(GROUP)])


def _estimate(model: ConditionalVAE, x: Tensor, samples: int, generator: torch.Generator) -> Tensor:
    with torch.no_grad():
        posterior = model.encoder(x)
        proposal = None if model.classifier is None else propose_digits(model, x, posterior)  # (n, 10)
    y = None if proposal is None else F.one_hot(proposal.argmax(1), DIGITS).float()
    posterior = refine(model, x, y, posterior, generator)
    rows = max(1, CHUNK // samples)
    parts = []
    with torch.no_grad():
        for first in range(0, len(x), rows):
            part = slice(first, first + rows)
            own = DiagonalGaussian(posterior.mean[part], posterior.logvar[part] + 2.0 * math.log(WIDEN))
            parts.append(_weigh(model, x[part], own, None if proposal is None else proposal[part], samples, generator))
    return torch.cat(parts)


def propose_digits(model: ConditionalVAE, x: Tensor, posterior: DiagonalGaussian) -> Tensor:
    """q(y|x), (n, 10): classifier and decoder each have half a say, and a little is uniform."""
    assert model.classifier is not None
    n = len(x)
    y = torch.eye(DIGITS, device=x.device).repeat(n, 1)  # (n x 10, 10)
    z = posterior.mean.repeat_interleave(DIGITS, 0)
    drawn = -reconstruction_loss(model.decoder(z, y), x.repeat_interleave(DIGITS, 0), "bernoulli")
    explained = (drawn + model.prior.gain(z, y)).view(n, DIGITS)
    mixed = 0.5 * F.softmax(model.classifier(x), dim=1) + 0.5 * F.softmax(explained, dim=1)
    return (1.0 - DEFENSIVE) * mixed + DEFENSIVE / DIGITS


@torch.enable_grad()
def refine(
    model: ConditionalVAE, x: Tensor, y: Tensor | None, posterior: DiagonalGaussian, generator: torch.Generator
) -> DiagonalGaussian:
    """The posterior after gradient steps on each picture's own ELBO; x (n, 28, 28), y (n, 10)."""
    mean, logvar = (value.detach().clone().requires_grad_() for value in (posterior.mean, posterior.logvar))
    own = DiagonalGaussian(mean, logvar)
    optimizer = torch.optim.Adam([mean, logvar], betas=(0.9, 0.99))
    for step in range(REFINE_STEPS):
        optimizer.param_groups[0]["lr"] = REFINE_RATE * (1.0 - step / REFINE_STEPS)
        z = own.sample(generator)
        kl = own.kl().sum(1) - model.prior.gain(z, y)
        loss = (reconstruction_loss(model.decoder(z, y), x, "bernoulli") + kl).sum()
        mean.grad, logvar.grad = torch.autograd.grad(loss, (mean, logvar))
        optimizer.step()
    return DiagonalGaussian(mean.detach(), logvar.detach())


def _weigh(
    model: ConditionalVAE,
    x: Tensor,
    own: DiagonalGaussian,
    proposal: Tensor | None,
    samples: int,
    generator: torch.Generator,
) -> Tensor:
    n = len(x)
    parts = []
    for count in _chunks(samples, max(1, CHUNK // n)):
        epsilon = torch.empty(n, count, own.mean.shape[1], device=x.device).normal_(generator=generator)
        z = own.mean[:, None] + own.std[:, None] * epsilon  # (n, k, Z)
        log_weight = 0.5 * (epsilon.square() - z.square() + own.logvar[:, None]).sum(2)  # log N(z) - log q(z|x), (n, k)
        y = None
        if proposal is not None:
            digits = torch.multinomial(proposal, count, replacement=True, generator=generator)  # (n, k)
            log_weight = log_weight - math.log(DIGITS) - proposal.gather(1, digits).log()
            y = F.one_hot(digits.flatten(), DIGITS).float()
        log_weight = log_weight + model.prior.gain(z.flatten(0, 1), y).view(n, count)
        logits = model.decoder(z.flatten(0, 1), y)
        target = x[:, None].expand(-1, count, -1, -1).flatten(0, 1)
        parts.append(log_weight - reconstruction_loss(logits, target, "bernoulli").view(n, count))
    return torch.logsumexp(torch.cat(parts, dim=1), dim=1) - math.log(samples)


def _chunks(total: int, size: int) -> list[int]:
    return [size] * (total // size) + ([total % size] if total % size else [])
