"""The classifier trained alone: what it learns, and what it leaves as it is."""

import copy

import pytest
import torch
from tiny import TINY

from vae_core.config import ModelConfig
from vae_core.data import Digits
from vae_core.model import ConditionalVAE, build_model
from vae_core.training.batches import TrainingData
from vae_core.training.fit_classifier import ClassifierReport, Lessons, fit_classifier


@pytest.fixture(scope="module")
def lessons(mnist_sample: Digits) -> Lessons:
    """Every second digit to learn from, and negatives as what is no digit; the others aside."""
    shown, aside = (Digits(mnist_sample.images[k::2], mnist_sample.labels[k::2]) for k in (0, 1))
    return Lessons(TrainingData(shown, aside, shown), 255 - shown.images, aside, aside, 255 - aside.images)


def fitted(lessons: Lessons, epochs: int, seed: int = 0) -> tuple[ConditionalVAE, list[ClassifierReport]]:
    reports: list[ClassifierReport] = []
    model = build_model(TINY).eval()
    fit_classifier(model, lessons, epochs, seed, reports.append)
    return model, reports


def test_digits_are_read_and_parted_from_what_is_none_by_their_energy(lessons: Lessons) -> None:
    model, reports = fitted(lessons, 40)
    first, last = reports[0], reports[-1]
    assert [report.epoch for report in reports] == list(range(1, 41))
    assert last.classification < 0.5 * first.classification and last.margin < 0.2 * first.margin
    assert last.accuracy > 0.6 and last.caught > 0.95
    assert model.classifier is not None
    with torch.inference_mode():
        digits, none = (model.classifier(x / 255).logsumexp(1) for x in (lessons.aside.images, lessons.strange_aside))
    assert digits.median() > none.max()


def test_only_the_classifier_changes_and_the_seed_decides_how(lessons: Lessons) -> None:
    before = build_model(TINY).state_dict()
    first, again, other = (fitted(lessons, 1, seed)[0].state_dict() for seed in (0, 0, 1))
    changed = {name.split(".")[0] for name, value in before.items() if not torch.equal(value, first[name])}
    assert changed == {"classifier"}
    assert all(torch.equal(value, again[name]) for name, value in first.items())
    assert not all(torch.equal(value, other[name]) for name, value in first.items())


def test_the_model_in_training_is_one_to_use(lessons: Lessons) -> None:
    """Each epoch's report finds the model as its checkpoint will have it: averaged, and in evaluation mode."""
    model, seen = build_model(TINY).eval(), []

    def on_epoch(report: ClassifierReport) -> None:
        assert not any(module.training for module in model.modules())
        seen.append(copy.deepcopy(model.state_dict()))

    fit_classifier(model, lessons, 2, 0, on_epoch)
    assert not torch.equal(seen[0]["classifier.output.weight"], seen[1]["classifier.output.weight"])


def test_a_model_without_a_classifier_is_refused(lessons: Lessons) -> None:
    with pytest.raises(ValueError, match="classifier"):
        fit_classifier(build_model(ModelConfig(latent_dim=2, conditional=False)), lessons, 1, 0, lambda report: None)
