"""What training minimises: the sum of its terms, and what the decoder and the critic are shown."""

from dataclasses import replace
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from tiny import TINY, roughen
from torch import Tensor, nn

from vae_core.config import ModelConfig, TrainConfig
from vae_core.losses import classification_loss, reconstruction_loss
from vae_core.model import ConditionalVAE, build_model
from vae_core.training.critic import MADE, Critic, critic_loss, decoder_critic_loss
from vae_core.training.objective import Batch, Objective, Terms, binarize_half

PUBLISHED = TrainConfig(decoder_digits="probabilities", binarize=False, augment=False, pen_share=0.0, beta=1.5)
GENERATOR = torch.default_generator  # seeded anew for each test
X, DIGITS = torch.rand(8, 28, 28, generator=GENERATOR), torch.tensor([3, 1, 4, 1, 5, 9, 2, 6])
VIEWS = torch.rand(8, 28, 28, generator=GENERATOR)


def evaluate(
    model: ConditionalVAE, config: TrainConfig, views: Tensor = X, critic: nn.Module | None = None, seed: int = 1
) -> Terms:
    batch = Batch(X, DIGITS, views, DIGITS.flip(0) if views is VIEWS else DIGITS)
    return Objective(model, config)(batch, torch.Generator().manual_seed(seed), critic)


def decoded(model: ConditionalVAE) -> tuple[list[Tensor], list[Tensor]]:
    """Lists that fill with the codes and the digit values the decoder is given."""
    codes: list[Tensor] = []
    values: list[Tensor] = []

    def watch(module: nn.Module, inputs: tuple[Tensor, Tensor]) -> None:
        codes.append(inputs[0])
        values.append(inputs[1])

    model.decoder.register_forward_pre_hook(watch)
    return codes, values


def test_published_loss_is_its_three_terms_at_a_sampled_code_and_the_predicted_probabilities() -> None:
    model = roughen(build_model(ModelConfig("dense", latent_dim=2, width=8, likelihood="gaussian")))
    codes, values = decoded(model)
    terms = evaluate(model, PUBLISHED)
    posterior = model.encoder(X)
    assert model.classifier is not None
    logits = model.classifier(X)
    torch.testing.assert_close(codes[0], posterior.sample(torch.Generator().manual_seed(1)))
    torch.testing.assert_close(values[0], F.softmax(logits, dim=1))
    reconstruction = reconstruction_loss(model.decoder(codes[0], values[0]), X, "gaussian").mean()
    torch.testing.assert_close(terms.reconstruction, reconstruction)
    torch.testing.assert_close(terms.kl, posterior.kl().sum(1).mean())
    torch.testing.assert_close(terms.classification, classification_loss(logits, DIGITS).mean())
    torch.testing.assert_close(terms.loss, terms.reconstruction + 1.5 * terms.kl + 10 * terms.classification)


def test_published_reconstruction_teaches_the_classifier_too() -> None:
    model = roughen(build_model(ModelConfig("dense", latent_dim=2, width=8)))
    assert model.classifier is not None
    evaluate(model, replace(PUBLISHED, classification_weight=0.0)).loss.backward()
    assert all(parameter.grad is not None and parameter.grad.any() for parameter in model.classifier.parameters())


def test_with_labels_the_decoder_is_given_the_true_digits_and_the_classifier_the_views() -> None:
    model = roughen(build_model(TINY))
    assert model.classifier is not None
    _, values = decoded(model)
    terms = evaluate(model, TrainConfig(binarize=False), VIEWS)
    torch.testing.assert_close(values[0], torch.eye(10)[DIGITS])
    expected = classification_loss(model.classifier(VIEWS), DIGITS.flip(0)).mean()
    torch.testing.assert_close(terms.classification, expected)


def test_classifier_of_no_weight_stays_as_it_began() -> None:
    model = roughen(build_model(TINY))
    assert model.classifier is not None
    before = {name: value.clone() for name, value in model.classifier.state_dict().items()}
    terms = evaluate(model.train(), TrainConfig(binarize=False, classification_weight=0.0), VIEWS)
    terms.loss.backward()
    torch.testing.assert_close(terms.loss, terms.reconstruction + terms.kl)
    assert all(torch.equal(value, before[name]) for name, value in model.classifier.state_dict().items())
    assert all(parameter.grad is None for parameter in model.classifier.parameters())


def test_without_digits_the_loss_is_the_elbo() -> None:
    model = roughen(build_model(replace(TINY, conditional=False)))
    terms = evaluate(model, TrainConfig(binarize=False))
    torch.testing.assert_close(terms.loss, terms.reconstruction + terms.kl)
    assert terms.classification == 0
    assert terms.made is None


def test_every_other_picture_is_binarised_afresh() -> None:
    drawn = torch.stack([binarize_half(X, torch.Generator().manual_seed(seed)) for seed in range(300)])
    grey, binary = drawn[:, ::2], drawn[:, 1::2]
    assert torch.equal(grey[0], X[::2]) and torch.equal(grey[0], grey[1])
    assert set(binary.unique().tolist()) == {0.0, 1.0}
    assert not torch.equal(binary[0], binary[1])
    assert (binary.mean(0) - X[1::2]).abs().max() < 0.15


def flowing() -> ConditionalVAE:
    return roughen(build_model(replace(TINY, couplings=4)))


def test_divergence_is_less_by_what_the_flow_is_worth_at_the_sampled_code() -> None:
    model = flowing()
    codes, values = decoded(model)
    terms = evaluate(model, TrainConfig(binarize=False, beta=2.0))
    kl = model.encoder(X).kl().sum(1).mean() - model.prior.gain(codes[0], values[0]).mean()
    torch.testing.assert_close(terms.kl, kl)
    torch.testing.assert_close(terms.loss, terms.reconstruction + 2.0 * kl + 10 * terms.classification)
    terms.loss.backward()
    assert all(parameter.grad is not None and parameter.grad.any() for parameter in model.prior.parameters())


def test_dimension_below_its_free_bits_costs_those() -> None:
    model = roughen(build_model(TINY))
    by_dimension = model.encoder(X).kl().mean(0)
    free = float(by_dimension.detach().max()) + 1.0
    terms = evaluate(model, TrainConfig(binarize=False, free_bits=free))
    torch.testing.assert_close(terms.kl, by_dimension.sum())
    torch.testing.assert_close(terms.loss, terms.reconstruction + 2 * free + 10 * terms.classification)


@pytest.mark.parametrize(("done", "grey"), [(0.0, 0), (0.79, 0), (0.8, 4), (1.0, 4)])
def test_pictures_are_all_binarised_until_grey_ones_come_in(done: float, grey: int) -> None:
    model = roughen(build_model(TINY))
    seen: list[Tensor] = []
    model.encoder.register_forward_pre_hook(lambda module, inputs: seen.append(inputs[0]))
    batch = Batch(X, DIGITS, X, DIGITS)
    Objective(model, TrainConfig(grey_from=0.8))(batch, torch.Generator().manual_seed(1), None, done)
    binary = ((seen[0] == 0) | (seen[0] == 1)).all((1, 2))
    assert (~binary).sum() == grey


@pytest.mark.parametrize(("done", "pressed"), [(0.0, False), (0.19, False), (0.2, True), (1.0, True)])
def test_critic_does_not_press_before_it_is_warm_but_is_shown_what_is_made(done: float, pressed: bool) -> None:
    model, critic = roughen(build_model(TINY)), Asked()
    config = TrainConfig(binarize=False, critic_weight=3.0, critic_warm_up=0.2)
    terms = Objective(model, config)(Batch(X, DIGITS, X, DIGITS), torch.Generator().manual_seed(1), critic, done)
    assert terms.made is not None
    rest = terms.reconstruction + terms.kl + 10 * terms.classification
    torch.testing.assert_close(terms.loss - rest, pressed * 3.0 * torch.log(torch.tensor(11.0)), atol=1e-3, rtol=0)


def test_made_pictures_keep_the_style_and_not_the_code() -> None:
    model = flowing()
    mean, sources = torch.randn(500, 2, generator=GENERATOR), torch.eye(10)[torch.full((500,), 4)]
    codes, values = decoded(model)
    with torch.no_grad():
        _, asked = Objective(model, TrainConfig())._make(mean, mean, sources, torch.Generator().manual_seed(0))
        style, _ = model.prior.to_style(mean, sources)
        kept = (model.prior.to_style(codes[0], values[0])[0] - style).abs().max(1).values < 1e-4
    assert 0.5 < kept.float().mean() < 0.7  # the rest are of the prior
    assert torch.equal(values[0].argmax(1), asked)
    assert (codes[0] - mean)[kept].abs().max() > 1e-3


class Asked(nn.Module):
    """A critic that is indifferent, and remembers what it was shown."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[Tensor] = []

    def forward(self, x: Tensor) -> Tensor:
        self.shown.append(x)
        return torch.zeros(len(x), 11)


def test_critic_is_shown_pictures_of_other_digits_and_adds_its_weight_to_the_loss() -> None:
    model, critic = roughen(build_model(TINY)), Asked()
    codes, values = decoded(model)
    config = TrainConfig(binarize=False, critic_weight=3.0)
    terms = evaluate(model, config, critic=critic)
    assert terms.made is not None
    torch.testing.assert_close(critic.shown[0], terms.made)
    torch.testing.assert_close(terms.made, torch.sigmoid(model.decoder(codes[1], values[1])))
    assert len(terms.made) == 2  # one picture for four of the batch
    assert set(values[1].unique().tolist()) == {0.0, 1.0} and values[1].sum(1).tolist() == [1.0, 1.0]
    expected = terms.reconstruction + terms.kl + 10 * terms.classification + 3.0 * torch.log(torch.tensor(11.0))
    torch.testing.assert_close(terms.loss, expected)


def test_made_pictures_are_of_means_samples_and_the_prior_and_of_all_ten_digits() -> None:
    model = build_model(TINY)
    codes, values = decoded(model)
    mean, sample = torch.full((3_000, 2), 50.0), torch.full((3_000, 2), 90.0)
    sources = torch.eye(10)[torch.zeros(3_000, dtype=torch.int64)]
    with torch.no_grad():
        Objective(model, TrainConfig())._make(mean, sample, sources, torch.Generator().manual_seed(0))
    of_mean, of_sample = (codes[0] == 50).all(1), (codes[0] == 90).all(1)
    of_prior = codes[0][~of_mean & ~of_sample]
    assert min(of_mean.sum(), of_sample.sum(), len(of_prior)) > 300
    assert of_prior.mean().abs() < 0.1 and (of_prior.std() - 1).abs() < 0.1
    assert values[0].sum(0).min() > 200


# The critic.


def test_critic_reads_eleven_classes() -> None:
    assert Critic()(X).shape == (8, 11)


def test_critic_learns_real_digits_as_themselves_and_made_ones_as_made() -> None:
    logits = torch.randn(5, 11, generator=GENERATOR)

    class Fixed(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return logits

    loss = critic_loss(Fixed(), X[:3], DIGITS[:3], X[3:5])
    log_p = torch.log_softmax(logits, 1)
    expected = -(log_p[0, 3] + log_p[1, 1] + log_p[2, 4] + log_p[3, MADE] + log_p[4, MADE]) / 5
    torch.testing.assert_close(loss, expected)


@pytest.mark.parametrize(("read_as", "content"), [(4, True), (7, False), (MADE, False)])
def test_decoder_is_content_only_where_the_digit_asked_is_read(read_as: int, content: bool) -> None:
    class Sure(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return 20.0 * F.one_hot(torch.full((len(x),), read_as), 11).float()

    loss = decoder_critic_loss(Sure(), X[:2], torch.tensor([4, 4]))
    assert loss.shape == (2,)
    assert bool((loss < 0.01).all()) is content


def test_critic_that_is_held_still_passes_gradients_to_the_decoder_and_keeps_none() -> None:
    model, critic = roughen(build_model(TINY)), Critic().requires_grad_(False)
    batch: Any = Batch(X, DIGITS, X, DIGITS)
    config = TrainConfig(binarize=False, critic_weight=1.0)
    alone, pressed = (
        torch.autograd.grad(
            Objective(model, config)(batch, torch.Generator().manual_seed(0), judge).loss,
            list(model.decoder.parameters()),
        )
        for judge in (None, critic)
    )
    assert any(not torch.allclose(a, b) for a, b in zip(alone, pressed, strict=True))
    assert all(parameter.grad is None for parameter in critic.parameters())
