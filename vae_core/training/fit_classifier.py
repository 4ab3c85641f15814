"""The classifier alone, trained on from where it is: digits and what is none, the other weights as they are."""

import copy
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from vae_core.config import TrainConfig
from vae_core.data import Digits
from vae_core.drawing.augment import warp
from vae_core.evaluation.metrics import calibration_error
from vae_core.losses import classification_loss, energy_margin
from vae_core.model import ConditionalVAE
from vae_core.precision import has_bfloat16
from vae_core.training.batches import Batches, TrainingData
from vae_core.training.ranks import Ranks

NON_DIGITS = 48  # beside each batch of digits
ABOVE, BELOW = 12.0, 2.0  # minus the energy that a digit is to have at least, and a non-digit at most
PLAIN = 0.25  # of the pictures, digits or not, are shown as they are
MARGIN_WEIGHT = 0.02  # a non-digit taken for a digit then weighs about as much as a digit misread
PEAK_LEARNING_RATE = 1e-3
WARM_UP = 0.05  # share of all steps over which the learning rate rises
WEIGHT_DECAY = 0.02
EMA_DECAY = 0.999
MEASURED = 500  # pictures through the classifier at once
KEPT = 0.99  # of the digits kept aside have more of minus the energy than the threshold of `caught`


@dataclass(frozen=True)
class Lessons:
    """What a classifier learns from, and what it is looked at on: nothing of `aside`, `pen_aside` and `strange_aside`
    is among the rest. Non-digits are (N, 28, 28) uint8."""

    data: TrainingData
    strange: Tensor
    aside: Digits
    pen_aside: Digits
    strange_aside: Tensor


@dataclass(frozen=True)
class ClassifierReport:
    """An epoch's figures: terms of the loss over its batches, then those of the averaged weights on what is aside."""

    epoch: int  # 1 for the first
    classification: float  # cross-entropy, nats
    margin: float
    accuracy: float
    pen_accuracy: float
    pen_calibration: float
    caught: float  # of the non-digits, by the energy alone, at one false alarm in a hundred


def fit_classifier(
    model: ConditionalVAE, lessons: Lessons, epochs: int, seed: int, on_epoch: Callable[[ClassifierReport], None]
) -> None:
    """Train the classifier of `model` in place, its averaged weights after each epoch; a pure function of the seed.

    Raises ValueError for a model without a classifier.
    """
    if model.classifier is None:
        raise ValueError("expected a model with a classifier, got one that was trained without digits")
    generator = torch.Generator().manual_seed(seed)
    batches = Batches(lessons.data, TrainConfig(augment=False), Ranks(0, 1), generator, seed)
    classifier = copy.deepcopy(model.classifier).train().requires_grad_(True)
    average = AveragedModel(classifier)
    model.classifier = average.module.eval()
    optimizer = torch.optim.AdamW(classifier.parameters(), PEAK_LEARNING_RATE, weight_decay=WEIGHT_DECAY, fused=True)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, PEAK_LEARNING_RATE, epochs * batches.per_epoch, pct_start=WARM_UP, cycle_momentum=False
    )
    half, done = has_bfloat16("cpu") and model.config.architecture == "conv", 0
    for epoch in range(1, epochs + 1):
        sums, batches.order = torch.zeros(2), None
        for batch in batches.of_epoch(0):
            drawn = torch.randint(len(lessons.strange), (NON_DIGITS,), generator=generator)
            views = _vary(torch.cat([batch.views, _floats(lessons.strange[drawn])]), generator)
            with torch.autocast("cpu", torch.bfloat16, enabled=half):
                known, unknown = classifier(views).split([len(batch.views), NON_DIGITS])
            terms = classification_loss(known, batch.view_digits).mean(), energy_margin(known, unknown, ABOVE, BELOW)
            optimizer.zero_grad()
            (terms[0] + MARGIN_WEIGHT * terms[1]).backward()
            optimizer.step()
            schedule.step()
            average.multi_avg_fn = get_ema_multi_avg_fn(min(EMA_DECAY, (1.0 + done) / (10.0 + done)))
            average.update_parameters(classifier)
            sums, done = sums + torch.stack(terms).detach(), done + 1
        classification, margin = (sums / batches.per_epoch).tolist()
        on_epoch(ClassifierReport(epoch, classification, margin, **_look(model.classifier, lessons)))


def _vary(x: Tensor, generator: torch.Generator) -> Tensor:
    """Pictures (B, 28, 28) warped, but for some: what is read later is crisp."""
    return torch.where(torch.rand(len(x), 1, 1, generator=generator) < PLAIN, x, warp(x, generator))


def _look(classifier: nn.Module, lessons: Lessons) -> dict[str, float]:
    """The figures of a report that are measured on what is aside."""
    digits, pen, strange = (
        _logits(classifier, images)
        for images in (lessons.aside.images, lessons.pen_aside.images, lessons.strange_aside)
    )
    threshold = float(np.quantile(torch.cat([digits, pen]).logsumexp(1).numpy(), 1 - KEPT))
    return {
        "accuracy": _share(digits.argmax(1) == lessons.aside.labels),
        "pen_accuracy": _share(pen.argmax(1) == lessons.pen_aside.labels),
        "pen_calibration": calibration_error(F.softmax(pen, dim=1).numpy(), lessons.pen_aside.labels.numpy()),
        "caught": _share(strange.logsumexp(1) < threshold),
    }


@torch.inference_mode()
def _logits(classifier: nn.Module, images: Tensor) -> Tensor:
    return torch.cat([classifier(_floats(part)) for part in images.split(MEASURED)])


def _floats(images: Tensor) -> Tensor:
    return images.float() / 255


def _share(flags: Tensor) -> float:
    return float(flags.float().mean())
