"""Figures of a model: each of the table, with an interval and a protocol, and right where it can be worked out."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from tiny import TINY, roughen
from torch import Tensor, nn

from vae_core.checkpoint import CheckpointError, save_model
from vae_core.config import ModelConfig
from vae_core.data import Digits, PenDigits
from vae_core.evaluation import evaluate as evaluation_module
from vae_core.evaluation import judge as judge_module
from vae_core.evaluation.evaluate import Protocol, accuracy_of, draw_picture, evaluate, quick_figures
from vae_core.evaluation.hand_judge import HandJudge
from vae_core.evaluation.judge import FEATURES, Judge, load_judge, save_judge, train_judge
from vae_core.inference import Model
from vae_core.losses import reconstruction_loss
from vae_core.model import ConditionalVAE, build_model

QUICK = Protocol(samples=3, likelihood_digits=20)


@pytest.fixture(scope="module")
def pen() -> PenDigits:
    """Twelve upright strokes and rings by three writers."""
    angle = np.linspace(0, 2 * np.pi, 20)
    ring = np.stack([np.cos(angle), np.sin(angle)], axis=1).astype(np.float32)
    bar = np.array([[0, 0], [0, 1]], dtype=np.float32)
    strokes = [[ring] if i % 2 else [bar] for i in range(12)]
    return PenDigits(strokes, np.arange(1, 13) % 2, np.array([f"w{i % 3}" for i in range(12)]))


@pytest.fixture(scope="module")
def judge(mnist_sample: Digits) -> Judge:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(judge_module, "BATCH", 20)
        return train_judge(mnist_sample, epochs=3, seed=1)


@pytest.fixture(scope="module")
def small(mnist_sample: Digits) -> Digits:
    return Digits(mnist_sample.images[::4], mnist_sample.labels[::4])


@pytest.fixture(autouse=True)
def few_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluation_module, "GENERATED", 50)


NAMES = [
    "accuracy", "pen accuracy, strokes", "pen accuracy, pictures", "calibration error", "judge's accuracy",
    "conditional accuracy", "swap accuracy", "realism, floor", "realism, generated", "realism, swapped",
    "realism, reconstructed", "sharpness", "log p(x)", "digit read from the style",
]  # fmt: skip


def test_every_figure_is_measured_and_is_json(model: Model, judge: Judge, small: Digits, pen: PenDigits) -> None:
    report = json.loads(json.dumps(evaluate(model, judge, small, small, pen, QUICK), allow_nan=False))
    figures = {figure["name"]: figure for figure in report["figures"]}
    assert sorted(figures) == sorted(NAMES)
    assert (report["model"], report["card"]) == ("tiny", {"seed": 0})
    for figure in figures.values():
        assert figure["protocol"]
        assert figure["unit"]
        assert figure["low"] <= figure["high"]
        if figure["unit"] == "share":
            assert 0 <= figure["low"] <= figure["high"] <= 1
    for name in ("accuracy", "sharpness", "log p(x)", "swap accuracy", "conditional accuracy"):
        assert figures[name]["low"] <= figures[name]["value"] <= figures[name]["high"]
    assert "all 900 pairs" in figures["swap accuracy"]["protocol"]
    assert "3 importance samples over z and y" in figures["log p(x)"]["protocol"]
    assert "3 writers unseen" in figures["calibration error"]["protocol"]


class Ink(nn.Module):
    """A judge of hands that goes by how much ink there is."""

    def forward(self, x: Tensor, digits: Tensor) -> Tensor:
        ink = 8 * x.mean((1, 2))
        return torch.stack([ink.cos(), ink.sin()], dim=1)


def test_hands_are_measured_where_it_is_known_who_wrote_them(model: Model, judge: Judge, small: Digits) -> None:
    by_ink = small.images.float().mean((1, 2)).argsort().argsort() // 25
    ink: HandJudge = Ink()  # type: ignore[assignment]
    hands = ink, by_ink
    told: list[str] = []
    report = evaluate(model, judge, small, small, None, QUICK, told.append, hands)
    kept = [figure for figure in report["figures"] if figure["name"].startswith("hand kept")]
    assert [figure["name"] for figure in kept] == [
        f"hand kept, {n}" for n in ("1 drawing", "3 drawings", "10 drawings")
    ]
    assert all(figure["low"] <= figure["high"] and "of 4 writers" in figure["protocol"] for figure in kept)
    assert "hands" in told


def test_model_without_digits_is_measured_by_what_it_can_do(plain_model: Model, judge: Judge, small: Digits) -> None:
    report = evaluate(plain_model, judge, small, small, None, QUICK)
    names = {figure["name"] for figure in report["figures"]}
    assert names == {
        "judge's accuracy", "realism, floor", "realism, generated", "realism, reconstructed", "sharpness", "log p(x)",
    }  # fmt: skip
    likelihood = next(figure for figure in report["figures"] if figure["name"] == "log p(x)")
    assert "over z" in likelihood["protocol"] and "and y" not in likelihood["protocol"]


def test_same_seed_measures_the_same(model: Model, judge: Judge, small: Digits) -> None:
    first, again, other = (evaluate(model, judge, small, small, None, replace(QUICK, seed=s)) for s in (1, 1, 2))
    assert first == again != other


class Template(nn.Module):
    """Draws the digit asked as its first picture in the sample, whatever the code."""

    def __init__(self, digits: Digits) -> None:
        super().__init__()
        firsts = torch.stack([digits.images[digits.labels == d][0] for d in range(10)]).float() / 255
        self.logits = torch.logit(firsts.clamp(1e-4, 1 - 1e-4))

    def forward(self, z: Tensor, y: Tensor) -> Tensor:
        return self.logits[y.argmax(1)]


class Reader(nn.Module):
    """A judge that knows the templates by heart, and says so in its features."""

    def __init__(self, template: Template) -> None:
        super().__init__()
        self.pictures = torch.sigmoid(template.logits).flatten(1)

    def features(self, x: Tensor) -> Tensor:
        return -torch.cdist(x.flatten(1), self.pictures)

    def output(self, features: Tensor) -> Tensor:
        return features


def figure(report: dict, name: str) -> float:
    return next(figure["value"] for figure in report["figures"] if figure["name"] == name)


def test_decoder_that_draws_what_it_is_asked_has_full_marks_and_one_that_does_not_has_none(small: Digits) -> None:
    network = roughen(build_model(TINY))
    template = Template(small)
    network.decoder = template
    reader: Judge = Reader(template)  # type: ignore[assignment]
    report = evaluate(Model(network, "a", {}), reader, small, small, None, QUICK)
    assert figure(report, "conditional accuracy") == figure(report, "swap accuracy") == 1.0
    template.logits = template.logits.roll(1, 0)
    report = evaluate(Model(network, "a", {}), reader, small, small, None, QUICK)
    assert figure(report, "conditional accuracy") == figure(report, "swap accuracy") == 0.0


def test_accuracy_sharpness_and_confusion_are_those_of_the_model(model: Model, judge: Judge, small: Digits) -> None:
    report = evaluate(model, judge, small, small, None, QUICK)
    x, digits = small.images.numpy() / np.float32(255), small.labels.numpy()
    predicted = model.classify(x).argmax(1)
    assert figure(report, "accuracy") == (predicted == digits).mean()
    assert figure(report, "sharpness") == pytest.approx(np.square(model.reconstruct(x) - x).mean(), rel=1e-5)
    assert figure(report, "log p(x)") == pytest.approx(model.log_likelihood(x[:20], 3, 0).mean(), rel=1e-5)
    confusion = np.array(report["details"]["confusion"])
    assert confusion.sum() == 100
    assert confusion[digits[7], predicted[7]] > 0
    assert confusion.trace() == 100 - len(report["details"]["misread"])
    worst = [mistake["index"] for mistake in report["details"]["worst"]]
    assert len(worst) == 24 and set(worst) <= set(report["details"]["misread"])
    assert figure(report, "realism, floor") == pytest.approx(0, abs=1e-3)  # the training digits are the test digits


@pytest.mark.parametrize("side", [0, 1])
def test_strokes_are_drawn_inside_their_picture_in_both_polarities(pen: PenDigits, side: int) -> None:
    rng = np.random.default_rng(side)
    light = []
    for _ in range(30):
        picture = np.asarray(draw_picture(pen.strokes[side], rng))
        assert picture.dtype == np.uint8
        paper = np.median(picture)
        light.append(paper > 127)
        edge = np.concatenate([picture[0], picture[-1], picture[:, 0], picture[:, -1]])
        assert (edge == paper).all()
        assert 0.001 < (picture != paper).mean() < 0.6
    assert any(light) and not all(light)


# The figures of an epoch.


def test_quick_figures_are_the_accuracy_and_the_elbo_of_the_true_digits(small: Digits) -> None:
    model = roughen(build_model(ModelConfig("dense", latent_dim=2, width=8, likelihood="gaussian")))
    figures = quick_figures(model, small)
    x = small.images.float() / 255
    assert model.classifier is not None
    assert figures.accuracy == (model.classifier(x).argmax(1) == small.labels).float().mean()
    assert figures.classification == pytest.approx(F.cross_entropy(model.classifier(x), small.labels).item(), rel=1e-5)
    posterior = model.encoder(x)
    z = posterior.sample(torch.Generator().manual_seed(0))
    loss = reconstruction_loss(model.decoder(z, F.one_hot(small.labels, 10).float()), x, "gaussian")
    assert figures.reconstruction == pytest.approx(loss.mean().item(), rel=1e-5)
    assert figures.kl_per_dimension == pytest.approx(posterior.kl().mean(0).tolist(), rel=1e-5)
    assert figures.kl == pytest.approx(posterior.kl().sum(1).mean().item(), rel=1e-5)
    assert figures.elbo == pytest.approx(-(loss + posterior.kl().sum(1)).mean().item(), rel=1e-5)


@pytest.mark.parametrize("training", [True, False])
def test_quick_figures_leave_the_model_as_it_was(small: Digits, training: bool) -> None:
    model = roughen(build_model(TINY)).train(training)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    quick_figures(model, small)
    assert model.training is training
    assert all(torch.equal(before[name], value) for name, value in model.state_dict().items())


def test_quick_figures_without_digits_have_no_accuracy(small: Digits) -> None:
    figures = quick_figures(build_model(replace(TINY, conditional=False)), small)
    assert figures.accuracy is None and figures.classification is None
    assert figures.elbo < 0


# The judge.


def test_judge_learns_to_read(judge: Judge, mnist_sample: Digits) -> None:
    assert accuracy_of(judge, mnist_sample) > 0.6
    assert not judge.training
    assert judge.features(torch.zeros(2, 28, 28)).shape == (2, FEATURES)


def test_judge_comes_back_bit_for_bit(judge: Judge, tmp_path: Path) -> None:
    save_judge(tmp_path / "judge", judge, epochs=6, seed=1, accuracy=0.5)
    again = load_judge(tmp_path / "judge")
    x = torch.rand(3, 28, 28, generator=torch.Generator().manual_seed(0))
    assert torch.equal(judge(x), again(x))
    assert not again.training


def test_judge_repeats_with_its_seed_and_leaves_the_global_generator_alone(
    mnist_sample: Digits, tmp_path: Path
) -> None:
    state = torch.get_rng_state()
    first, again, other = (train_judge(mnist_sample, epochs=1, seed=seed) for seed in (2, 2, 3))
    save_judge(tmp_path / "judge", first, epochs=1, seed=2, accuracy=0.5)
    load_judge(tmp_path / "judge")
    assert torch.equal(state, torch.get_rng_state())
    assert all(torch.equal(a, b) for a, b in zip(first.parameters(), again.parameters(), strict=True))
    assert not torch.equal(first.output.weight, other.output.weight)


def test_what_is_no_judge_is_refused(tmp_path: Path, network: ConditionalVAE) -> None:
    with pytest.raises(CheckpointError, match="cannot be read"):
        load_judge(tmp_path / "none")
    save_model(tmp_path / "model", network, "conv", {})
    with pytest.raises(CheckpointError, match="does not hold a judge"):
        load_judge(tmp_path / "model")


def test_shipped_judge_reads_real_digits(images: NDArray[np.float32], mnist_sample: Digits) -> None:
    try:
        judge = load_judge()
    except CheckpointError:
        pytest.skip("no judge ships")
    assert accuracy_of(judge, mnist_sample) > 0.98
