"""log p(x) against sums and integrals that can be done exactly."""

import math

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.distributions import Bernoulli, Normal

from vae_core import likelihood
from vae_core.config import ModelConfig
from vae_core.likelihood import log_likelihood
from vae_core.model import ConditionalVAE
from vae_core.posterior import DiagonalGaussian

NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(60)


class Encoder(nn.Module):
    """A posterior near enough the truth, and not it."""

    def forward(self, x: Tensor) -> DiagonalGaussian:
        mean = (x.mean((1, 2)) - 0.4)[:, None] * 3.0
        return DiagonalGaussian(mean, torch.full_like(mean, -0.5))


class Decoder(nn.Module):
    """Logits that bend with z and with the digit, weak enough for the posterior to stay wide."""

    def __init__(self) -> None:
        super().__init__()
        generator = torch.Generator().manual_seed(0)
        self.slope = 0.1 * torch.randn(28, 28, generator=generator)
        self.digit = 0.05 * torch.randn(10, 28, 28, generator=generator)

    def forward(self, z: Tensor, y: Tensor | None) -> Tensor:
        bend = torch.sin(z[:, 0])[:, None, None] * self.slope
        return bend if y is None else bend + torch.einsum("bd,dhw->bhw", y, self.digit)


class Classifier(nn.Module):
    """Sure of one digit, which is not always right."""

    def forward(self, x: Tensor) -> Tensor:
        logits = torch.zeros(len(x), 10)
        logits[:, 3] = 2.0
        return logits


def known_model(conditional: bool) -> ConditionalVAE:
    model = ConditionalVAE(ModelConfig(latent_dim=1, width=1, depth=1, classifier_width=1, conditional=conditional))
    model.encoder, model.decoder = Encoder(), Decoder()
    model.classifier = Classifier() if conditional else None
    return model.eval()


class Shifted(nn.Module):
    """A prior N(shift of the digit, 0.5^2), or N(0.7, 0.5^2) without digits."""

    def __init__(self) -> None:
        super().__init__()
        self.shift = torch.linspace(-1.0, 1.0, 10)

    def to_z(self, w: Tensor, y: Tensor | None) -> Tensor:
        return 0.5 * w + (0.7 if y is None else (y @ self.shift)[:, None])

    def gain(self, z: Tensor, y: Tensor | None) -> Tensor:
        w = (z - (0.7 if y is None else (y @ self.shift)[:, None])) / 0.5
        return (Normal(0.0, 1.0).log_prob(w) - Normal(0.0, 1.0).log_prob(z)).sum(1) + math.log(2.0)


def exact(model: ConditionalVAE, x: Tensor) -> Tensor:
    """log p(x) by quadrature over styles and a sum over the digits, (N,)."""
    w = torch.tensor(NODES, dtype=torch.float32)[:, None]
    log_weights = torch.tensor(np.log(WEIGHTS / WEIGHTS.sum()))
    codes = [None] if model.classifier is None else list(torch.eye(10)[:, None].expand(10, len(w), 10))
    terms = []
    for y in codes:
        pixels = Bernoulli(logits=model.decoder(model.prior.to_z(w, y), y).double())
        log_p = torch.stack([pixels.log_prob(part.double()).sum((1, 2)) for part in x])  # (N, nodes)
        terms.append(torch.logsumexp(log_p + log_weights, dim=1) - math.log(len(codes)))
    return torch.logsumexp(torch.stack(terms), dim=0)


@pytest.fixture
def x() -> Tensor:
    return torch.bernoulli(torch.full((4, 28, 28), 0.45), generator=torch.Generator().manual_seed(5))


def estimate(model: ConditionalVAE, x: Tensor, samples: int, seed: int = 0) -> Tensor:
    return log_likelihood(model, x, samples, torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("conditional", [True, False])
def test_many_samples_give_the_exact_log_likelihood(conditional: bool, x: Tensor) -> None:
    model = known_model(conditional)
    torch.testing.assert_close(estimate(model, x, 40_000).double(), exact(model, x), atol=0.05, rtol=0)


@pytest.mark.parametrize("conditional", [True, False])
def test_prior_that_knows_the_digit_is_weighed_in(conditional: bool, x: Tensor) -> None:
    model = known_model(conditional)
    without = exact(model, x)
    model.prior = Shifted()  # type: ignore[assignment]
    torch.testing.assert_close(estimate(model, x, 40_000).double(), exact(model, x), atol=0.05, rtol=0)
    assert (exact(model, x) - without).abs().max() > 0.1


def test_one_sample_is_the_weight_written_out(x: Tensor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(likelihood, "REFINE_STEPS", 0)
    monkeypatch.setattr(likelihood, "WIDEN", 1.0)
    model, generator = known_model(conditional=True), torch.Generator().manual_seed(9)
    value = log_likelihood(model, x[:1], 1, generator)
    generator.manual_seed(9)
    posterior = Normal((x[:1].mean() - 0.4) * 3.0, math.exp(-0.25))
    z = posterior.mean + posterior.stddev * torch.empty(1, 1, 1).normal_(generator=generator).squeeze()
    drawn = Bernoulli(logits=model.decoder(posterior.mean.expand(10, 1), torch.eye(10))).log_prob(x[:1]).sum((1, 2))
    said = torch.softmax(model.classifier(x[:1]), 1)  # type: ignore[misc]
    proposal = 0.98 * (0.5 * said + 0.5 * torch.softmax(drawn, 0)) + 0.002
    digit = int(torch.multinomial(proposal, 1, replacement=True, generator=generator))
    log_p = Bernoulli(logits=model.decoder(z.view(1, 1), torch.eye(10)[[digit]])).log_prob(x[:1]).sum()
    log_p = log_p + Normal(0.0, 1.0).log_prob(z) + math.log(0.1)
    torch.testing.assert_close(value[0], log_p - posterior.log_prob(z) - proposal[0, digit].log())


def test_bound_rises_with_the_number_of_samples(x: Tensor) -> None:
    model = known_model(conditional=True)
    means = [estimate(model, x.repeat(40, 1, 1), k).mean().item() for k in (1, 5, 50)]
    assert means[0] < means[1] < means[2] < exact(model, x).mean().item() + 0.05


def test_refined_proposal_is_a_tighter_bound(x: Tensor, monkeypatch: pytest.MonkeyPatch) -> None:
    model = known_model(conditional=False)
    many = x.repeat(40, 1, 1)
    refined = estimate(model, many, 1).mean()
    monkeypatch.setattr(likelihood, "REFINE_STEPS", 0)
    assert estimate(model, many, 1).mean() < refined


def test_digit_that_the_classifier_rules_out_is_still_weighed(x: Tensor) -> None:
    """Only the digit 3 can draw the pictures, and the classifier is sure that it is not one."""

    class Wrong(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            logits = torch.zeros(len(x), 10)
            logits[:, 3] = -1e4
            return logits

    model = known_model(conditional=True)
    model.classifier = Wrong()
    with torch.no_grad():
        model.decoder.digit.zero_()
        model.decoder.digit[3] = 0.5 * (2 * x[0] - 1)
    torch.testing.assert_close(estimate(model, x[:1], 20_000).double(), exact(model, x[:1]), atol=0.3, rtol=0)


@pytest.mark.parametrize("samples", [1, 7, 1_999, 2_000, 2_001, 4_500])
def test_any_number_of_samples_gives_one_finite_value_a_picture(samples: int, x: Tensor) -> None:
    values = estimate(known_model(conditional=True), x[:3], samples)
    assert values.shape == (3,)
    assert torch.isfinite(values).all()


def test_same_generator_gives_the_same_values(x: Tensor) -> None:
    model = known_model(conditional=True)
    assert torch.equal(estimate(model, x, 10, seed=1), estimate(model, x, 10, seed=1))
    assert not torch.equal(estimate(model, x, 10, seed=1), estimate(model, x, 10, seed=2))
