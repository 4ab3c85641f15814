"""Styles at the numpy border: how a digit is written, apart from which digit it is."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
import torch.distributions as td
from numpy.typing import NDArray
from test_inference import NO_CODES, NO_DIGITS, NO_IMAGES, refuse, shown
from tiny import TINY, roughen

from vae_core.inference import Model
from vae_core.model import ConditionalVAE, build_model

Array = NDArray[np.float32]
CODES = np.array([[0.3, -1.2], [1.0, 2.0], [0.0, 0.5]], dtype=np.float32)


def built(**changes: Any) -> ConditionalVAE:
    network = roughen(build_model(replace(TINY, couplings=4, **changes))).eval()
    with torch.no_grad():  # tiny steps from the identity would not be seen
        for parameter in network.prior.parameters():
            parameter.mul_(5.0)
    return network


@pytest.fixture(scope="module")
def flowing() -> Model:
    return Model(built(), "flowing", {})


@pytest.fixture(scope="module")
def flowing_plain() -> Model:
    return Model(built(conditional=False), "flowing plain", {})


def test_style_is_the_mean_of_the_posterior_as_the_flow_has_it(flowing: Model, images: Array) -> None:
    digits = np.arange(7)
    mean = flowing.encode(images[:7]).mean
    style = flowing.style(images[:7], digits)
    assert (style.shape, style.dtype) == ((7, 2), np.float32)
    np.testing.assert_array_equal(style, flowing.to_style(mean, digits))
    assert np.abs(style - mean).max() > 0.05


def test_style_is_of_the_digit_read_where_none_is_said(flowing: Model, images: Array) -> None:
    read = flowing.classify(images[:9]).argmax(1)
    np.testing.assert_array_equal(flowing.style(images[:9]), flowing.style(images[:9], read))
    assert np.abs(flowing.style(images[:9]) - flowing.style(images[:9], (read + 1) % 10)).max() > 0.01


def test_written_style_is_the_decoder_at_its_code(flowing: Model) -> None:
    pictures = flowing.write(CODES, [4, 9, 0])
    assert (pictures.shape, pictures.dtype) == ((3, 28, 28), np.float32)
    np.testing.assert_allclose(pictures, flowing.decode(flowing.to_z(CODES, [4, 9, 0]), [4, 9, 0]), atol=1e-6)
    assert np.abs(pictures - flowing.decode(CODES, [4, 9, 0])).max() > 1e-3


def test_digit_written_in_its_own_style_is_what_decode_makes_of_its_code(flowing: Model, images: Array) -> None:
    digits = flowing.classify(images[:5]).argmax(1)
    expected = flowing.decode(flowing.encode(images[:5]).mean, digits)
    np.testing.assert_allclose(flowing.write(flowing.style(images[:5]), digits), expected, atol=1e-4)


@pytest.mark.parametrize("digits", [3, [3, 1, 4], np.eye(10)[3], np.full((3, 10), 0.1)], ids=shown)
def test_codes_and_styles_turn_into_each_other(flowing: Model, digits: Any) -> None:
    np.testing.assert_allclose(flowing.to_z(flowing.to_style(CODES, digits), digits), CODES, atol=1e-5)
    np.testing.assert_allclose(flowing.to_style(flowing.to_z(CODES, digits), digits), CODES, atol=1e-5)


def test_one_style_may_be_written_as_every_digit(flowing: Model) -> None:
    assert flowing.to_z(CODES[0], np.arange(10)).shape == (10, 2)
    assert flowing.write(CODES[0], np.arange(10)).shape == (10, 28, 28)
    assert flowing.log_prior(CODES[0], np.arange(10)).shape == (10,)


def test_log_prior_is_a_normal_and_how_the_flow_stretches(flowing: Model) -> None:
    for z, digit in zip(CODES, [4, 9, 0], strict=True):
        style = flowing.to_style(z, digit)[0]
        step = 1e-2 * np.eye(2)
        ahead, behind = (flowing.to_style(z + sign * step, digit) for sign in (1, -1))
        volume = np.linalg.slogdet((ahead - behind).astype(float) / 2e-2)[1]
        expected = td.Normal(0.0, 1.0).log_prob(torch.from_numpy(style)).sum().item() + volume
        assert flowing.log_prior(z, digit)[0] == pytest.approx(expected, abs=1e-3)


def test_without_a_flow_style_is_the_code(model: Model, images: Array) -> None:
    np.testing.assert_array_equal(model.style(images[:5]), model.encode(images[:5]).mean)
    np.testing.assert_array_equal(model.to_z(CODES, 3), CODES)
    np.testing.assert_array_equal(model.to_style(CODES, 3), CODES)
    np.testing.assert_array_equal(model.write(CODES, 3), model.decode(CODES, 3))
    expected = td.Normal(0.0, 1.0).log_prob(torch.from_numpy(CODES)).sum(1)
    np.testing.assert_allclose(model.log_prior(CODES, 3), expected, rtol=1e-6)


def test_model_without_digits_has_styles_too(flowing_plain: Model, images: Array) -> None:
    style = flowing_plain.style(images[:4])
    assert np.abs(style - flowing_plain.encode(images[:4]).mean).max() > 0.01
    np.testing.assert_allclose(flowing_plain.write(style), flowing_plain.reconstruct(images[:4]), atol=1e-4)
    for call in (flowing_plain.write, flowing_plain.to_style, flowing_plain.to_z, flowing_plain.log_prior):
        refuse(call, CODES, 3)
    refuse(flowing_plain.style, images[:1], 3)


def test_samples_are_styles_written(flowing: Model) -> None:
    style = np.random.default_rng(5).standard_normal((4, 2), dtype=np.float32)
    np.testing.assert_array_equal(flowing.sample(3, 4, seed=5, temperature=2.0), flowing.write(2 * style, 3))


def test_far_out_codes_have_finite_styles(flowing: Model) -> None:
    for z in ([1e4, -1e4], [-1e4, 1e4], [1e-30, 0.0]):
        assert np.isfinite(flowing.to_style(z, 3)).all()
        assert np.isfinite(flowing.log_prior(z, 3)).all()
        assert np.isfinite(flowing.write(z, 3)).all()


def test_terms_count_what_the_flow_is_worth_at_each_code(flowing: Model, images: Array) -> None:
    q = flowing.encode(images[3])
    terms = flowing.terms(images[3], q, CODES, [4, 9, 0])
    standard = td.Normal(0.0, 1.0).log_prob(torch.from_numpy(CODES)).sum(1).numpy()
    np.testing.assert_allclose(terms.gain, flowing.log_prior(CODES, [4, 9, 0]) - standard, atol=1e-4)
    np.testing.assert_allclose(terms.prior(), terms.kl.sum() - terms.gain, rtol=1e-5)
    np.testing.assert_allclose(terms.elbo(), -terms.reconstruction.sum((1, 2)) - terms.prior(), rtol=1e-5)


@pytest.mark.parametrize("bad", NO_CODES, ids=shown)
def test_what_is_no_style_is_refused(flowing: Model, bad: Any) -> None:
    for call in (flowing.write, flowing.to_z, flowing.to_style, flowing.log_prior):
        refuse(call, bad, 3)


@pytest.mark.parametrize("bad", NO_DIGITS, ids=shown)
def test_what_is_no_digit_of_a_style_is_refused(flowing: Model, bad: Any) -> None:
    for call in (flowing.write, flowing.to_z, flowing.to_style, flowing.log_prior):
        refuse(call, CODES[:2], bad)


@pytest.mark.parametrize("bad", NO_IMAGES, ids=shown)
def test_what_is_no_image_has_no_style(flowing: Model, bad: Any) -> None:
    refuse(flowing.style, bad)
