"""One picture on its way through the model, with every number of it: what the Inside tab shows."""

import base64
import math
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

import vae_core
from demo.door import question
from demo.door.answers import Answer
from demo.door.pictures import base64_bytes
from vae_core.config import DIGITS, TrainConfig

Array = NDArray[np.floating]
SCALE_LIMIT = 3.0  # of epsilon
PREDICTED = "probabilities"
ONE_HOT = "one-hot"


def dissect(model: Any, asked: Any) -> Answer:
    """{strokes} or {image}, epsilon (Z,), scale, z_zero, sigma_zero, digit and label -> every number of the walk.

    digit is what the decoder is told: "probabilities", "one-hot" or 0 to 9; label is the true digit, None for the one
    read. Numbers that are infinite are None. "before" is the reconstruction term without any switch.
    """
    x, epsilon, scale = (
        picture(asked),
        noise(model, asked),
        question.number(asked.get("scale"), "scale", 0, SCALE_LIMIT),
    )
    q = model.encode(x)
    z = drawn = q.at(scale * epsilon)[0]
    if switched(asked, "sigma_zero"):
        q, z = replace(q, std=0 * q.std), q.mean[0]
    if switched(asked, "z_zero"):
        z = np.zeros_like(z)
    read = model.classify(x)[0] if model.conditional else None
    y = told(read, asked.get("digit"))
    label = true_digit(read, asked.get("label"))
    unswitched = z is drawn and y is read
    codes = z if unswitched else np.stack([z, drawn])  # the last of each is without any switch
    digits = y if unswitched or y is None or read is None else np.stack([y, read])
    terms = model.terms(x, q, codes, digits, read, label)
    elbo = terms.elbo()[0]
    return {
        "x": base64_bytes(x),
        "mean": numbers(q.mean[0]),
        "std": numbers(q.std[0]),
        "z": numbers(z),
        "flow": model.config.couplings > 0,
        "style": numbers(model.to_style(z, y)[0]),
        "probabilities": None if read is None else numbers(read),
        "y": None if y is None else numbers(y),
        "label": label,
        "reconstruction": base64_bytes(terms.pictures[0]),
        "nats": base64.b64encode(terms.reconstruction[0].astype("<f4").tobytes()).decode("ascii"),
        "terms": {
            "reconstruction": number(terms.reconstruction[0].sum(dtype=float)),
            "before": number(terms.reconstruction[-1].sum(dtype=float)),
            "kl": numbers(terms.kl),
            "gain": number(terms.gain[0]),
            "classification": None if terms.classification is None else number(terms.classification),
            "elbo": number(elbo),
        },
        **training(model, terms),
    }


def picture(asked: Any) -> Array:
    """(28, 28) of {strokes} or {image}, as `read` takes them."""
    if isinstance(asked, dict) and "image" in asked:
        return question.image(asked["image"])
    return vae_core.render_strokes(question.strokes(question.field(asked, "strokes")))


def noise(model: Any, asked: Any) -> Array:
    epsilon = question.codes(question.field(asked, "epsilon"))
    if epsilon.shape != (model.latent_dim,):
        raise ValueError(f"expected epsilon as a list of {model.latent_dim} numbers, got shape {epsilon.shape}")
    return epsilon


def switched(asked: Any, name: str) -> bool:
    value = asked.get(name, False)
    if not isinstance(value, bool):
        raise ValueError(f"expected {name} as true or false, got {question.quoted(value)}")
    return value


def told(read: Array | None, digit: Any) -> Array | None:
    """(10,) that the decoder is given beside z; None where it takes no digit."""
    if read is None:
        return None
    if digit == PREDICTED:
        return read
    chosen = read.argmax() if digit == ONE_HOT else question.whole(digit, "digit", 0, DIGITS - 1)
    return np.eye(DIGITS, dtype=np.float32)[chosen]


def true_digit(read: Array | None, label: Any) -> int | None:
    if read is None:
        return None
    return int(read.argmax()) if label is None else question.whole(label, "label", 0, DIGITS - 1)


def training(model: Any, terms: Any) -> Answer:
    """How the model was built and trained, as far as its card tells, and the loss with the weights of its training."""
    built = {"architecture": model.config.architecture, "likelihood": model.config.likelihood}
    try:
        train = TrainConfig(**model.card["train"])
    except (KeyError, TypeError, ValueError):
        return {**built, "train": None}
    weights = {
        "beta": train.beta,
        "classification_weight": train.classification_weight,
        "classifier_apart": "classifier" in model.card,
        "critic_weight": train.critic_weight,
        "hand_weight": train.hand_weight,
        "decoder_digits": train.decoder_digits,
    }
    return {**built, "train": {**weights, "loss": number(terms.loss(train)[0])}}


def number(value: Any) -> float | None:
    return round(float(value), 4) if math.isfinite(value) else None


def numbers(values: Any) -> list[float | None]:
    return [number(value) for value in values]
