"""The prior's flow: its inverse, its determinants, and where it starts and ends."""

import pytest
import torch
import torch.distributions as td
from torch import Tensor

from vae_core.config import ModelConfig
from vae_core.flow import Flow
from vae_core.posterior import DiagonalGaussian
from vae_core.prior import MAX_LOG_SCALE, Prior

SIZES = [2, 3, 16]
DIGITS = torch.tensor([3, 1, 4, 1, 5])
Y = torch.eye(10).double()[DIGITS]


def flow(latent_dim: int = 3, couplings: int = 8, conditional: bool = True, rough: float = 0.15) -> Prior:
    """A flow with weights that it did not start with, in double precision."""
    prior = Prior(ModelConfig(latent_dim=latent_dim, couplings=couplings, conditional=conditional))
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for parameter in prior.parameters():
            parameter.add_(rough * torch.randn(parameter.shape, generator=generator))
    return prior.double()


def styles(latent_dim: int) -> Tensor:
    return torch.randn(5, latent_dim, generator=torch.Generator().manual_seed(1)).double()


@pytest.mark.parametrize("conditional", [True, False])
@pytest.mark.parametrize("latent_dim", SIZES)
def test_in_plain_arrays_it_says_the_same(latent_dim: int, conditional: bool) -> None:
    prior, w, y = flow(latent_dim, conditional=conditional), styles(latent_dim), Y if conditional else None
    values = None if y is None else y.numpy()
    z = Flow(prior).to_z(w.numpy(), values)
    torch.testing.assert_close(torch.from_numpy(z), prior.to_z(w, y).detach())
    back = prior.to_style(torch.from_numpy(z), y)[0].detach()
    torch.testing.assert_close(torch.from_numpy(Flow(prior).to_style(z, values)), back)


@pytest.mark.parametrize("conditional", [True, False])
@pytest.mark.parametrize("latent_dim", SIZES)
def test_style_comes_back_from_its_code(latent_dim: int, conditional: bool) -> None:
    prior, w, y = flow(latent_dim, conditional=conditional), styles(latent_dim), Y if conditional else None
    z = prior.to_z(w, y)
    assert (z - w).abs().max() > 0.1
    torch.testing.assert_close(prior.to_style(z, y)[0], w)
    torch.testing.assert_close(prior.to_z(prior.to_style(w, y)[0], y), w)
    single = prior.float().to_style(z.float(), None if y is None else y.float())[0]
    torch.testing.assert_close(single, w.float(), atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("latent_dim", SIZES)
def test_log_determinant_is_that_of_the_jacobian(latent_dim: int) -> None:
    prior, z = flow(latent_dim), styles(latent_dim)
    _, log_det = prior.to_style(z, Y)
    for i in range(len(z)):
        jacobian = torch.autograd.functional.jacobian(
            lambda row, i=i: prior.to_style(row[None], Y[i : i + 1])[0][0], z[i]
        )
        torch.testing.assert_close(log_det[i], torch.linalg.slogdet(jacobian)[1])


def test_each_coupling_undoes_itself_and_says_by_how_much_it_stretches() -> None:
    for coupling in flow(5).couplings:
        w = styles(5)
        z, stretched = coupling(w, Y)
        back, shrunk = coupling.inverse(z, Y)
        torch.testing.assert_close(back, w)
        torch.testing.assert_close(stretched, -shrunk)
        assert (z == w).any(0).sum() == len(range(5)[coupling.kept])


def test_log_probability_is_that_of_a_transformed_normal() -> None:
    prior, z = flow(), styles(3)

    class Written(td.Transform):
        domain = codomain = td.constraints.real_vector
        bijective = True

        def _call(self, x: Tensor) -> Tensor:
            return prior.to_z(x, Y)

        def _inverse(self, y: Tensor) -> Tensor:
            return prior.to_style(y, Y)[0]

        def log_abs_det_jacobian(self, x: Tensor, y: Tensor) -> Tensor:
            rows = [
                torch.autograd.functional.jacobian(lambda row, i=i: prior.to_z(row[None], Y[i : i + 1])[0], x[i])
                for i in range(len(x))
            ]
            return torch.linalg.slogdet(torch.stack(rows))[1]

    standard = td.Independent(td.Normal(torch.zeros(5, 3).double(), 1.0), 1)
    expected = td.TransformedDistribution(standard, [Written()], validate_args=False).log_prob(z)
    torch.testing.assert_close(prior.log_prob(z, Y), expected)
    torch.testing.assert_close(prior.gain(z, Y), expected - standard.log_prob(z))


def test_probability_of_two_dimensions_sums_to_one() -> None:
    prior, edge = flow(2), torch.linspace(-20, 20, 801).double()
    z = torch.cartesian_prod(edge, edge)
    p = prior.log_prob(z, Y[:1].expand(len(z), 10)).exp().sum() * (40 / 800) ** 2
    assert p.item() == pytest.approx(1.0, abs=0.01)


@pytest.mark.parametrize("couplings", [0, 8])
def test_fresh_prior_is_the_standard_normal_whatever_the_digit(couplings: int) -> None:
    prior, z = Prior(ModelConfig(latent_dim=4, couplings=couplings)).double(), styles(4)
    assert torch.equal(prior.to_z(z, Y), z)
    assert torch.equal(prior.to_style(z, Y)[0], z)
    torch.testing.assert_close(prior.log_prob(z, Y), td.Normal(0.0, 1.0).log_prob(z).sum(1))
    assert torch.equal(prior.gain(z, Y), torch.zeros(5).double())


def test_digit_changes_the_code_of_a_style() -> None:
    prior, w = flow(), styles(3)
    assert (prior.to_z(w, Y) - prior.to_z(w, Y.roll(1, 1))).abs().max() > 0.1


def test_every_dimension_depends_on_every_other() -> None:
    prior, w = flow(6), styles(6)
    for i in range(6):
        jacobian = torch.autograd.functional.jacobian(lambda row: prior.to_z(row[None], Y[:1])[0], w[0])
        assert (jacobian[i].abs() > 1e-6).all()


def test_scales_are_bounded_however_large_the_weights() -> None:
    prior = flow(4, couplings=1, rough=1e3)
    log_scale, _ = prior.couplings[0]._said(styles(4), Y)  # type: ignore[operator]
    assert log_scale.abs().max() <= MAX_LOG_SCALE
    assert (log_scale.abs() > 0.99 * MAX_LOG_SCALE).any()


@pytest.mark.parametrize("size", [1e-30, 1e-3, 1e4, 1e20])
def test_extreme_codes_stay_finite_and_come_back(size: float) -> None:
    prior, z, y = flow(8).float(), size * styles(8).float(), Y.float()
    w, log_det = prior.to_style(z, y)
    assert torch.isfinite(w).all() and torch.isfinite(log_det).all()
    torch.testing.assert_close(prior.to_z(w, y), z, atol=1e-4, rtol=1e-3)


def test_flow_is_computed_in_full_precision_within_a_training_in_half() -> None:
    prior, z, y = flow().float(), styles(3).float(), Y.float()
    expected = prior.gain(z, y)
    with torch.autocast("cpu", torch.bfloat16):
        assert torch.equal(prior.gain(z, y), expected)


def test_divergence_less_the_gain_is_the_divergence_from_the_flow() -> None:
    """The mean over z ~ q of log q(z) - log p(z|y), by many draws."""
    prior = flow(2)
    q = DiagonalGaussian(torch.tensor([[0.4, -0.8]]).double(), torch.tensor([[-1.0, -0.3]]).double())
    y = Y[:1].expand(50_000, 10)
    with torch.no_grad():
        z = DiagonalGaussian(q.mean.expand(50_000, 2), q.logvar.expand(50_000, 2)).sample(
            torch.Generator().manual_seed(2)
        )
        log_q = td.Normal(q.mean, q.std).log_prob(z).sum(1)
        expected = (log_q - prior.log_prob(z, y)).mean()
        torch.testing.assert_close(q.kl().sum() - prior.gain(z, y).mean(), expected, atol=0.03, rtol=0)
