"""Figures of a trained model, each with its interval and its protocol."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from torch import Tensor

from vae_core.config import DIGITS
from vae_core.data import Digits, PenDigits
from vae_core.drawing.preprocess import preprocess
from vae_core.drawing.strokes import render_strokes
from vae_core.evaluation.figure import Figure, share
from vae_core.evaluation.hand_judge import HandJudge
from vae_core.evaluation.hand_kept import hand_figures
from vae_core.evaluation.judge import Judge
from vae_core.evaluation.metrics import (
    bootstrap_interval,
    calibration_error,
    frechet_distance,
    mean_interval,
)
from vae_core.evaluation.mistakes import worst_mistakes
from vae_core.evaluation.style_reader import style_figure
from vae_core.inference import Model
from vae_core.losses import classification_loss, reconstruction_loss
from vae_core.model import ConditionalVAE

Array = NDArray[np.float32]
BATCH = 500
GENERATED = 10_000  # pictures decoded from the prior


@dataclass(frozen=True)
class Protocol:
    """What an evaluation draws at random, and how much."""

    seed: int = 0
    samples: int = 200  # importance samples a picture for log p(x)
    likelihood_digits: int = 10_000  # the first so many test digits


@dataclass(frozen=True)
class QuickFigures:
    """An epoch's figures on the test set, in nats per example; accuracy and classification are None without digits."""

    accuracy: float | None
    reconstruction: float
    kl_per_dimension: list[float]  # of each latent dimension from N(0, 1)
    gain: float  # by which the prior's flow is nearer the posteriors than N(0, I)
    classification: float | None

    @property
    def kl(self) -> float:
        return sum(self.kl_per_dimension) - self.gain

    @property
    def elbo(self) -> float:
        return -self.reconstruction - self.kl


@torch.inference_mode()
def quick_figures(model: ConditionalVAE, digits: Digits) -> QuickFigures:
    """Accuracy and cross-entropy on grey digits, and the terms of the ELBO given the true digit (one sample each,
    binarised where the likelihood is Bernoulli's), over `digits`."""
    training = model.training
    model.eval()
    device = next(model.parameters()).device
    generator = torch.Generator(device).manual_seed(0)
    right, cross_entropy, reconstruction, gain = 0, 0.0, 0.0, 0.0
    kl = torch.zeros(model.config.latent_dim, dtype=torch.float64)
    for index in torch.arange(len(digits), device=device).split(BATCH):
        x, labels = digits.take(index)
        y = None
        if model.classifier is not None:
            logits = model.classifier(x)
            right += int((logits.argmax(1) == labels).sum())
            cross_entropy += float(classification_loss(logits, labels).sum())
            y = F.one_hot(labels, DIGITS).float()
        if model.config.likelihood == "bernoulli":
            x = torch.bernoulli(x, generator=generator)
        posterior = model.encoder(x)
        z = posterior.sample(generator)
        reconstruction += float(reconstruction_loss(model.decoder(z, y), x, model.config.likelihood).sum())
        gain += float(model.prior.gain(z, y).sum())
        kl += posterior.kl().sum(0).cpu()
    model.train(training)
    n, known = len(digits), model.classifier is not None
    return QuickFigures(
        accuracy=right / n if known else None,
        reconstruction=reconstruction / n,
        kl_per_dimension=(kl / n).tolist(),
        gain=gain / n,
        classification=cross_entropy / n if known else None,
    )


def evaluate(
    model: Model,
    judge: Judge,
    train: Digits,
    test: Digits,
    pen: PenDigits | None = None,
    protocol: Protocol = Protocol(),
    progress: Callable[[str], None] = lambda stage: None,
    hands: tuple[HandJudge, Tensor] | None = None,
) -> dict[str, Any]:
    """All figures of a model, as JSON has them: {"model", "card", "figures": [...], "details": {...}}.

    `pen` are strokes of writers not trained on, `hands` the judge of hands and who wrote each test digit (N,); without
    them their figures are left out.
    """
    x, digits = _floats(test), test.labels.numpy()
    figures: list[Figure] = []
    details: dict[str, Any] = {}
    if model.conditional:
        progress("classification")
        figures += _classification(model, x, digits, details)
        if pen is not None:
            figures += _pen(model, pen, protocol.seed, details)
        progress("hands")
        if hands is not None:
            figures += hand_figures(model, hands[0], test, hands[1], protocol.seed)
        figures.append(style_figure(model, train, test, protocol.seed))
    progress("generation")
    figures += _generation(model, judge, train, x, digits, protocol.seed)
    progress("reconstruction")
    figures += _reconstruction(model, x, details)
    progress("likelihood")
    figures.append(_likelihood(model, x[: protocol.likelihood_digits], protocol))
    card = {key: value for key, value in model.card.items() if key != "shape"}  # some thousand numbers, told elsewhere
    return {"model": model.name, "card": card, "figures": [vars(f) for f in figures], "details": details}


def _classification(model: Model, x: Array, digits: NDArray[np.int64], details: dict[str, Any]) -> list[Figure]:
    probabilities = model.classify(x)
    predicted = probabilities.argmax(1)
    details["confusion"] = (
        np.bincount(digits * DIGITS + predicted, minlength=DIGITS**2).reshape(DIGITS, DIGITS).tolist()
    )
    details["misread"] = np.flatnonzero(predicted != digits).tolist()
    details["worst"] = worst_mistakes(x, digits, probabilities)
    return [share("accuracy", predicted == digits, f"MNIST test, {len(x)} digits, one model, one view of each digit")]


def _pen(model: Model, pen: PenDigits, seed: int, details: dict[str, Any]) -> list[Figure]:
    rng = np.random.default_rng(seed)
    rendered = np.stack([render_strokes(strokes) for strokes in pen.strokes])
    drawn = np.stack([preprocess(draw_picture(strokes, rng)) for strokes in pen.strokes])
    who = f"{len(pen.labels)} digits of {len(set(pen.writers))} writers unseen in training"
    probabilities = model.classify(rendered)
    figures = [
        share("pen accuracy, strokes", probabilities.argmax(1) == pen.labels, f"{who}, through render_strokes"),
        share(
            "pen accuracy, pictures",
            model.classify(drawn).argmax(1) == pen.labels,
            f"{who}, as pictures of random size, place, pen width and polarity (seed {seed}), through preprocess",
        ),
    ]
    low, high = bootstrap_interval(lambda i: calibration_error(probabilities[i], pen.labels[i]), len(pen.labels))
    value = calibration_error(probabilities, pen.labels)
    figures.append(Figure("calibration error", value, low, high, "share", f"{who}, through render_strokes, 15 bins"))
    confidence = probabilities.max(1)
    details["reliability"] = {
        "confidence": confidence.round(5).tolist(),
        "right": (probabilities.argmax(1) == pen.labels).astype(int).tolist(),
    }
    return figures


def _generation(
    model: Model, judge: Judge, train: Digits, x: Array, digits: NDArray[np.int64], seed: int
) -> list[Figure]:
    rng = np.random.default_rng(seed)
    real_features, real_read = _judge(judge, x)
    ceiling = share("judge's accuracy", real_read == digits, f"the ceiling: the judge on the {len(x)} real test digits")
    floor = _floats(train, rng.choice(len(train), size=min(len(x), len(train)), replace=False))
    distances = [("floor", f"{len(floor)} training digits", _judge(judge, floor)[0])]

    asked = rng.integers(DIGITS, size=GENERATED) if model.conditional else None
    style = rng.standard_normal((GENERATED, model.latent_dim), dtype=np.float32)
    generated_features, generated_read = _judge(judge, model.write(style, asked))
    drawn = f"{GENERATED} pictures, style ~ N(0, I)" + (", digit uniform" if model.conditional else "")
    distances.append(("generated", drawn, generated_features))
    figures = [ceiling]
    if asked is not None:
        figures.append(share("conditional accuracy", generated_read == asked, f"{drawn}, read by the judge"))
        style = model.style(x)
        swapped_features, right = [], []
        for step in range(1, DIGITS):
            other = (digits + step) % DIGITS
            features, read = _judge(judge, model.write(style, other))
            right.append(read == other)
            swapped_features.append(features)
        how = f"all {9 * len(x)} pairs of a test digit's style and another digit, read by the judge"
        figures.append(share("swap accuracy", np.concatenate(right), how))
        one_each = np.concatenate(swapped_features)[rng.integers(9, size=len(x)) * len(x) + np.arange(len(x))]
        distances.append(("swapped", f"{len(x)} test digits, each with one other digit", one_each))
    distances.append(("reconstructed", f"{len(x)} test digits", _judge(judge, model.reconstruct(x))[0]))
    for name, what, features in distances:
        low, high = bootstrap_interval(lambda i, f=features: frechet_distance(f[i % len(f)], real_features), len(x), 20)
        how = f"Frechet distance in the judge's penultimate layer, {what} against the {len(x)} test digits"
        figures.append(
            Figure(f"realism, {name}", frechet_distance(features, real_features), low, high, "distance", how)
        )
    return figures


def _reconstruction(model: Model, x: Array, details: dict[str, Any]) -> list[Figure]:
    errors = np.square(model.reconstruct(x) - x).mean((1, 2))
    posterior = model.encode(x)
    variance = np.square(posterior.std)
    details["kl"] = (0.5 * (np.square(posterior.mean) + variance - 1 - np.log(variance))).mean(0).tolist()
    how = f"mean squared error of reconstruct on {len(x)} grey test digits, z = mean, predicted digit"
    return [Figure("sharpness", float(errors.mean()), *mean_interval(errors), "squared intensity", how)]


def _likelihood(model: Model, x: Array, protocol: Protocol) -> Figure:
    values = model.log_likelihood(x, protocol.samples, protocol.seed)
    over = "z and y" if model.conditional else "z"
    how = (
        f"{len(x)} test digits binarised once (seed {protocol.seed}), {protocol.samples} importance samples over {over}"
    )
    return Figure("log p(x)", float(values.mean()), *mean_interval(values), "nats", how)


def draw_picture(strokes: list[NDArray[np.floating]], rng: np.random.Generator) -> Image.Image:
    """Strokes drawn on a canvas of random size, at a random place and size, with a random pen and polarity."""
    side = int(rng.integers(120, 800))
    points = np.concatenate(strokes)
    extent = max(float(np.ptp(points, axis=0).max()), 1e-6)
    size = side * rng.uniform(0.25, 0.8)
    pen = max(1, round(size * rng.uniform(0.02, 0.16)))
    box = np.ptp(points, axis=0) / extent * size
    corner = rng.uniform(pen, np.maximum(side - box - pen, pen + 1e-6))
    dark, light = int(rng.integers(0, 60)), int(rng.integers(190, 256))
    ink, paper = (dark, light) if rng.random() < 0.5 else (light, dark)
    image = Image.new("L", (side, side), paper)
    draw = ImageDraw.Draw(image)
    for stroke in strokes:
        path = [tuple(p) for p in (stroke - points.min(0)) / extent * size + corner]
        draw.line(path, fill=ink, width=pen, joint="curve")
        for px, py in (path[0], path[-1]):
            draw.ellipse([px - pen / 2, py - pen / 2, px + pen / 2, py + pen / 2], fill=ink)
    return image


def accuracy_of(judge: Judge, digits: Digits) -> float:
    """The share of digits that a judge reads as labelled."""
    return float((_judge(judge, _floats(digits))[1] == digits.labels.numpy()).mean())


@torch.inference_mode()
def _judge(judge: Judge, x: Array) -> tuple[Array, NDArray[np.int64]]:
    """Penultimate features (N, 128) and digits read (N,)."""
    parts = [judge.features(part) for part in torch.from_numpy(x).split(BATCH)]
    features = torch.cat(parts)
    return features.numpy(), judge.output(features).argmax(1).numpy()


def _floats(digits: Digits, index: NDArray[np.int64] | None = None) -> Array:
    images = digits.images.numpy() if index is None else digits.images.numpy()[index]
    return images.astype(np.float32) / 255.0
