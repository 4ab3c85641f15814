"""The terms of the loss against torch.distributions and cases worked out by hand."""

import math

import pytest
import torch
from torch.distributions import Bernoulli, Normal, kl_divergence

from vae_core.losses import classification_loss, energy_margin, reconstruction_loss
from vae_core.posterior import DiagonalGaussian

GENERATOR = torch.default_generator  # seeded anew for each test
LOGITS = torch.randn(5, 28, 28, generator=GENERATOR) * 4
GREY = torch.rand(5, 28, 28, generator=GENERATOR)
BINARY = torch.bernoulli(GREY, generator=GENERATOR)
MEAN = torch.randn(6, 3, generator=GENERATOR) * 2
LOGVAR = torch.randn(6, 3, generator=GENERATOR) * 3


def test_bernoulli_reconstruction_is_minus_the_log_probability_of_the_pixels() -> None:
    expected = -Bernoulli(logits=LOGITS).log_prob(BINARY).sum((1, 2))
    torch.testing.assert_close(reconstruction_loss(LOGITS, BINARY, "bernoulli"), expected)


def test_bernoulli_reconstruction_of_grey_is_the_mean_over_its_binarisations() -> None:
    pixels = Bernoulli(logits=LOGITS)
    expected = GREY * pixels.log_prob(torch.ones(())) + (1 - GREY) * pixels.log_prob(torch.zeros(()))
    torch.testing.assert_close(reconstruction_loss(LOGITS, GREY, "bernoulli"), -expected.sum((1, 2)))


def test_gaussian_reconstruction_is_minus_the_log_density_of_the_pixels() -> None:
    expected = -Normal(torch.sigmoid(LOGITS), 0.5).log_prob(GREY).sum((1, 2))
    torch.testing.assert_close(reconstruction_loss(LOGITS, GREY, "gaussian"), expected)


def test_reconstruction_without_error_is_the_published_constant() -> None:
    perfect = reconstruction_loss(LOGITS, torch.sigmoid(LOGITS), "gaussian")
    torch.testing.assert_close(perfect, torch.full((5,), 784 * math.log(0.5 * math.sqrt(2 * math.pi))))
    assert perfect[0].item() == pytest.approx(177.0, abs=0.05)


def test_undecided_pixels_cost_a_bit_each() -> None:
    cost = reconstruction_loss(torch.zeros(1, 28, 28), BINARY[:1], "bernoulli")
    assert cost.item() == pytest.approx(784 * math.log(2), rel=1e-6)


def test_kl_is_that_to_the_standard_normal() -> None:
    expected = kl_divergence(Normal(MEAN, torch.exp(LOGVAR / 2)), Normal(0.0, 1.0))
    torch.testing.assert_close(DiagonalGaussian(MEAN, LOGVAR).kl(), expected)


def test_kl_of_cases_worked_out_by_hand() -> None:
    posterior = DiagonalGaussian(torch.tensor([[0.0, 1.0, 3.0]]), torch.tensor([[0.0, 0.0, math.log(4.0)]]))
    expected = torch.tensor([[0.0, 0.5, (9 + 4 - 1 - math.log(4)) / 2]])
    torch.testing.assert_close(posterior.kl(), expected)


def test_posterior_samples_have_its_mean_and_standard_deviation() -> None:
    posterior = DiagonalGaussian(
        torch.tensor([[2.0, -1.0]]).expand(40_000, 2), torch.tensor([[0.0, -2.0]]).expand(40_000, 2)
    )
    z = posterior.sample(torch.Generator().manual_seed(0))
    torch.testing.assert_close(posterior.std[0], torch.tensor([1.0, math.exp(-1)]))
    torch.testing.assert_close(z.mean(0), torch.tensor([2.0, -1.0]), atol=0.02, rtol=0)
    torch.testing.assert_close(z.std(0), posterior.std[0], atol=0.02, rtol=0)


def test_gradients_flow_through_a_sample() -> None:
    mean, logvar = torch.zeros(4, 2, requires_grad=True), torch.zeros(4, 2, requires_grad=True)
    z = DiagonalGaussian(mean, logvar).sample(torch.Generator().manual_seed(0))
    z.sum().backward()
    torch.testing.assert_close(mean.grad, torch.ones(4, 2))
    torch.testing.assert_close(logvar.grad, 0.5 * z.detach())  # d(std x epsilon)/d(logvar) = z / 2 at mean 0


def test_samples_repeat_with_the_generator_and_leave_the_global_one_alone() -> None:
    posterior, state = DiagonalGaussian(MEAN, LOGVAR), torch.get_rng_state()
    first, again = (posterior.sample(torch.Generator().manual_seed(3)) for _ in range(2))
    torch.testing.assert_close(first, again, rtol=0, atol=0)
    assert torch.equal(state, torch.get_rng_state())


def test_classification_loss_is_minus_the_log_probability_of_the_digit() -> None:
    logits, digits = torch.randn(7, 10, generator=GENERATOR), torch.arange(7)
    expected = -torch.distributions.Categorical(logits=logits).log_prob(digits)
    torch.testing.assert_close(classification_loss(logits, digits), expected)
    assert classification_loss(torch.zeros(1, 10), digits[:1]).item() == pytest.approx(math.log(10))


def test_energy_margin_is_the_squared_hinge_worked_out_by_hand() -> None:
    level = math.log(10)  # logsumexp of ten equal logits is that above each
    known = torch.tensor([[12.0 - level], [9.0 - level]]).expand(2, 10)  # 2 above the bound, and 1 short of it
    unknown = torch.tensor([[5.0 - level], [1.0 - level]]).expand(2, 10)  # 3 above the bound, and 1 below it
    assert energy_margin(known, unknown, 10.0, 2.0).item() == pytest.approx(1 / 2 + 9 / 2, rel=1e-4)
    assert energy_margin(known[:1], unknown[1:], 10.0, 2.0).item() == 0.0
