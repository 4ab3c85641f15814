"""One picture through the model: its terms, the answer that carries them, and the lines that compute them."""

import base64
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import torch.distributions as td
from numpy.typing import NDArray
from tiny import roughen

import vae_core
from demo.door import pictures
from demo.door.answers import politely
from demo.door.pictures import base64_bytes
from demo.tabs.inside.dissect import dissect
from demo.tabs.inside.source import ROOT, sources
from vae_core.config import ModelConfig, TrainConfig
from vae_core.inference import Model, Posterior
from vae_core.model import ConditionalVAE, build_model
from vae_core.training.objective import Batch, Objective

Array = NDArray[np.float32]
EPSILON = np.random.default_rng(0).standard_normal(16).round(3).tolist()
REAL = pictures.test_digits()
PICTURE = base64_bytes(REAL[3])
QUESTION = {"image": PICTURE, "epsilon": EPSILON, "scale": 1.0, "digit": "probabilities", "label": None}


@pytest.fixture(scope="module")
def conv() -> Model:
    return vae_core.load_model("conv")


def ask(model: Model, **changes: Any) -> dict[str, Any]:
    return dissect(model, {**QUESTION, "epsilon": EPSILON[: model.latent_dim], **changes})


def picture_of(answer: dict[str, Any]) -> list[int]:
    return list(base64.b64decode(answer["reconstruction"]))


# The terms.


@pytest.mark.parametrize("likelihood", ["bernoulli", "gaussian"])
def test_terms_are_those_of_torch_distributions(likelihood: Any, images: Array) -> None:
    network = roughen(build_model(ModelConfig("dense", latent_dim=3, width=8, likelihood=likelihood)))
    model, x = Model(network, "a", {}), (images[7] > 0.5).astype(np.float32)
    q, z, y = model.encode(x), np.array([[0.1, -0.7, 1.3], [0.0, 0.0, 0.0]]), np.eye(10)[[4, 7]]
    terms = model.terms(x, q, z, y, model.classify(x)[0], 4)
    logits = network.decoder(torch.tensor(z, dtype=torch.float32), torch.tensor(y, dtype=torch.float32))
    p = td.Bernoulli(logits=logits) if likelihood == "bernoulli" else td.Normal(torch.sigmoid(logits), 0.5)
    np.testing.assert_allclose(terms.reconstruction, -p.log_prob(torch.from_numpy(x)).numpy(), rtol=1e-5, atol=1e-6)
    posterior = td.Normal(torch.from_numpy(q.mean[0]), torch.from_numpy(q.std[0]))
    kl = td.kl_divergence(posterior, td.Normal(0.0, 1.0))
    np.testing.assert_allclose(terms.kl, kl.numpy(), rtol=1e-4, atol=1e-5)
    assert network.classifier is not None
    read = td.Categorical(logits=network.classifier(torch.from_numpy(x)[None]))
    assert terms.classification == pytest.approx(-float(read.log_prob(torch.tensor([4]))), rel=1e-5)
    log_p = p.log_prob(torch.from_numpy(x)).sum((1, 2)).numpy()
    np.testing.assert_allclose(terms.elbo(), log_p - float(kl.sum()), rtol=1e-5)


@pytest.mark.parametrize("couplings", [0, 4])
@pytest.mark.parametrize("conditional", [True, False])
def test_loss_is_that_of_the_training_objective_on_the_same_picture(
    conditional: bool, couplings: int, images: Array
) -> None:
    config = ModelConfig(latent_dim=2, width=8, depth=1, conditional=conditional, couplings=couplings)
    network = roughen(build_model(config)).eval()
    train = TrainConfig(beta=1.5, classification_weight=7.0, binarize=False, augment=False)
    x = torch.from_numpy(images[5])[None]
    batch = Batch(x, torch.tensor([3]), x, torch.tensor([3]))
    with torch.no_grad():
        expected = Objective(network, train)(batch, torch.Generator().manual_seed(1))
    epsilon = torch.empty(1, 2).normal_(generator=torch.Generator().manual_seed(1))
    model = Model(network, "a", {})
    q = model.encode(images[5])
    digits = (3, model.classify(images[5])[0], 3) if conditional else ()
    terms = model.terms(images[5], q, q.at(epsilon), *digits)
    assert float(terms.loss(train)[0]) == pytest.approx(float(expected.loss), rel=1e-5)
    assert float(terms.elbo()[0]) == pytest.approx(-float(expected.reconstruction + expected.kl), rel=1e-5)


def test_codes_are_mean_plus_std_times_epsilon(conv: Model) -> None:
    q = conv.encode(REAL[:3])
    epsilon = np.random.default_rng(1).standard_normal((3, 16))
    np.testing.assert_allclose(q.at(epsilon), q.mean + q.std * epsilon, atol=1e-5)
    np.testing.assert_array_equal(q.at(np.zeros(16)), q.mean)


def test_a_posterior_without_width_is_infinitely_far_from_the_prior(conv: Model) -> None:
    q = conv.encode(REAL[3])
    point = Posterior(q.mean, 0 * q.std)
    terms = conv.terms(REAL[3], point, q.mean, 3)
    assert np.isposinf(terms.kl).all()
    assert np.isneginf(terms.elbo()).all()
    np.testing.assert_array_equal(point.at(np.ones(16)), q.mean)


def test_terms_refuse_what_does_not_fit_together(model: Model, images: Array) -> None:
    q, z = model.encode(images[0]), np.zeros(2)
    two = model.encode(images[:2])
    wide = Posterior(np.zeros((1, 3), np.float32), np.ones((1, 3), np.float32))
    p = model.classify(images[0])[0]
    for arguments in [
        (images[:2], two, z, 3),
        (images[0], two, z, 3),
        (images[0], wide, z, 3),
        (images[0], Posterior(q.mean, -q.std), z, 3),
        (images[0], Posterior(q.mean, np.full_like(q.std, np.nan)), z, 3),
        (images[0], q, np.zeros(3), 3),
        (images[0], q, z, 10),
        (images[0], q, z, 3, p, 10),
        (images[0], q, z, 3, p, 1.5),
        (images[0], q, z, 3, 2 * p, 3),
        (images[0], q, z, 3, None, 3),
    ]:
        with pytest.raises(ValueError, match="^expected .* got "):
            model.terms(*arguments)


# The answer.


@pytest.mark.parametrize("name", vae_core.available_models())
def test_numbers_of_the_answer_add_up(name: str) -> None:
    model = vae_core.load_model(name)
    epsilon = (2 * EPSILON)[: model.latent_dim]
    answer = ask(model, epsilon=epsilon, scale=1.5)
    terms, train = answer["terms"], answer["train"]
    nats = np.frombuffer(base64.b64decode(answer["nats"]), "<f4")
    assert len(nats) == 784
    assert terms["reconstruction"] == terms["before"] == pytest.approx(nats.sum(dtype=float), abs=1e-3)
    kl = sum(terms["kl"]) - terms["gain"]
    assert terms["elbo"] == pytest.approx(-terms["reconstruction"] - kl, abs=5e-3)
    weighted = train["classification_weight"] * (terms["classification"] or 0)
    assert train["loss"] == pytest.approx(terms["reconstruction"] + train["beta"] * kl + weighted, abs=5e-3)
    z = np.array(answer["mean"]) + 1.5 * np.array(answer["std"]) * epsilon
    np.testing.assert_allclose(answer["z"], z, atol=1e-3)
    assert len(terms["kl"]) == model.latent_dim
    np.testing.assert_allclose(answer["style"], model.to_style(answer["z"], answer["y"])[0], atol=2e-3)
    standard = -0.5 * float(np.square(answer["z"]).sum()) - 0.5 * model.latent_dim * math.log(2 * math.pi)
    assert terms["gain"] == pytest.approx(model.log_prior(answer["z"], answer["y"])[0] - standard, abs=2e-2)
    assert answer["flow"] == (model.config.couplings > 0)
    assert (answer["y"] is None) == (answer["label"] is None) == (not model.conditional)
    json.dumps(answer, allow_nan=False)


def test_scale_nought_decodes_the_mean_as_reconstruct_does(conv: Model) -> None:
    answer = ask(conv, scale=0)
    assert answer["z"] == answer["mean"]
    expected = np.rint(conv.reconstruct(base64_image())[0] * 255)
    assert np.abs(expected.ravel() - picture_of(answer)).max() <= 1


def base64_image() -> Array:
    return np.frombuffer(base64.b64decode(PICTURE), np.uint8).reshape(28, 28).astype(np.float32) / 255


def test_each_switch_changes_what_it_should(conv: Model) -> None:
    usual = ask(conv)
    without_z = ask(conv, z_zero=True)
    assert set(without_z["z"]) == {0.0}
    assert without_z["terms"]["kl"] == usual["terms"]["kl"]
    assert without_z["terms"]["reconstruction"] > without_z["terms"]["before"] + 20
    assert without_z["terms"]["before"] == usual["terms"]["before"]
    point = ask(conv, sigma_zero=True)
    assert point["z"] == point["mean"] == usual["mean"]
    assert set(point["std"]) == {0.0}
    assert set(point["terms"]["kl"]) == {None}
    assert point["terms"]["elbo"] is None and point["train"]["loss"] is None
    swapped = ask(conv, digit=7)
    assert swapped["y"] == np.eye(10)[7].tolist()
    assert swapped["z"] == usual["z"]
    assert swapped["terms"]["reconstruction"] > usual["terms"]["reconstruction"] + 20
    one_hot = ask(conv, digit="one-hot")
    assert one_hot["y"] == np.eye(10)[3].tolist()
    assert usual["y"] == usual["probabilities"]


def test_cross_entropy_is_of_the_digit_the_person_says_or_else_of_the_one_read(conv: Model) -> None:
    read, said = ask(conv), ask(conv, label=8)
    assert read["label"] == 3
    assert said["label"] == 8
    assert said["terms"]["classification"] > read["terms"]["classification"] + 3
    assert said["terms"]["elbo"] == read["terms"]["elbo"]


def test_strokes_are_read_as_in_draw(conv: Model) -> None:
    strokes = [[[300, 200], [700, 200], [450, 800]]]
    question = {key: value for key, value in QUESTION.items() if key != "image"}
    answer = dissect(conv, {**question, "strokes": strokes, "scale": 0})
    mean = conv.encode(vae_core.render_strokes(strokes)).mean[0]
    np.testing.assert_allclose(answer["mean"], mean, atol=1e-4)


def test_a_card_that_tells_no_weights_leaves_the_weighted_loss_out(network: ConditionalVAE) -> None:
    for train in ({}, None, {"beta": "1"}, {"beta": math.nan}, {"nonsense": 1}, 7):
        model = Model(network, "mine", {} if train == {} else {"train": train})
        answer = dissect(model, {**QUESTION, "epsilon": [0.0, 0.0]})
        assert answer["train"] is None
        assert answer["terms"]["elbo"] < 0


HUGE = 10**400
NO_NUMBERS: list[Any] = [None, "1", [], {}, float("nan"), float("inf"), HUGE, True]


@pytest.mark.parametrize(
    "change",
    [
        *({"epsilon": value} for value in [*NO_NUMBERS, [0.0], [0.0] * 17, [EPSILON], ["a"] * 16, [HUGE] * 16]),
        *({"epsilon": [value] * 16} for value in (float("nan"), float("inf"), -21.0, None, [1.0])),
        *({"scale": value} for value in [*NO_NUMBERS, -0.1, 3.01]),
        *({"digit": value} for value in [None, "", "two-hot", -1, 10, 1.0, True, [3], {}, HUGE]),
        *({"label": value} for value in ["3", -1, 10, 1.0, True, [3], HUGE]),
        *({name: value} for name in ("z_zero", "sigma_zero") for value in (None, 0, 1, "true", [], {})),
        *({"image": value} for value in (None, "", "AAAA", 7, [], "A" * 900_000)),
    ],
    ids=lambda change: repr(change)[:40],
)
def test_a_bad_question_is_refused_in_a_sentence(conv: Model, change: dict[str, Any]) -> None:
    def answered(asked: Any) -> dict[str, Any]:
        return dissect(conv, asked)

    answer = politely(answered)({**QUESTION, **change})
    assert answer["error"].startswith("Expected ")
    assert len(answer["error"]) < 260


@pytest.mark.parametrize("asked", [None, 7, "x", [], {}, {"image": PICTURE}, {"strokes": []}, {"strokes": None}])
def test_what_is_no_question_is_refused_too(conv: Model, asked: Any) -> None:
    answer = politely(lambda value: dissect(conv, value))(asked)
    assert set(answer) == {"error"}
    assert "could not answer" not in answer["error"]


# The lines.


def test_source_is_what_stands_in_the_files() -> None:
    for piece in sources():
        lines = Path(ROOT / piece["file"]).read_text().splitlines()[piece["line"] - 1 :]
        shown = piece["text"].splitlines()
        assert [line.strip() for line in lines[: len(shown)]] == [line.strip() for line in shown]
        assert piece["file"].startswith("vae_core/")


def test_every_step_has_its_source_for_every_architecture() -> None:
    steps = {(piece["step"], piece["architecture"]) for piece in sources()}
    by_architecture = {(step, kind) for step in ("encoder", "classifier", "decoder") for kind in ("conv", "dense")}
    assert by_architecture <= steps
    assert {
        (step, "") for step in ("sample", "style", "reconstruction", "kl", "classification", "elbo", "loss")
    } <= steps
    assert {vae_core.load_model(name).config.architecture for name in vae_core.available_models()} <= {"conv", "dense"}
