"""The JSON of an evaluation: read, checked and cut down to what the page shows."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from demo.door import question
from demo.door.reading import DIGITS
from vae_core.evaluation.metrics import wilson_interval

BYTES = 5_000_000  # the reports that ship have 0.1 million
FIGURES = 100
LETTERS = 500  # of a name or a protocol
BINS = 15  # as the calibration error has
HUGE = 1e9  # beyond any figure


def read_report(file: Path, model: Any) -> dict[str, Any]:
    """The figures of a model and what its plots show.

    Raises FileNotFoundError, or ValueError in a sentence where the file is another model's or not a report.
    """
    try:
        with file.open("rb") as opened:
            report = json.loads(opened.read(BYTES))
        card = dict(report["card"])
        told = {"figures": [figure(one) for one in report["figures"][:FIGURES]], **details(report["details"], model)}
    except FileNotFoundError:
        raise
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError):
        raise ValueError(f"{file.name} is not what an evaluation writes") from None
    if of_training(card) != of_training(model.card):
        raise ValueError(f"{file.name} was measured on another training of this model")
    return told


def figure(one: dict[str, Any]) -> dict[str, Any]:
    ends = {end: None if one[end] is None else number(one[end], -HUGE, HUGE) for end in ("low", "high")}
    return {**{name: text(one[name]) for name in ("name", "unit", "protocol")}, **ends, "value": number(one["value"])}


def details(found: dict[str, Any], model: Any) -> dict[str, Any]:
    """kl of each dimension; of a model that reads digits also the confusion, the reliability and the worst mistakes."""
    kl = [number(value) for value in found["kl"]]
    if len(kl) != model.latent_dim:
        raise ValueError(f"expected kl of {model.latent_dim} dimensions, got {len(kl)}")
    told: dict[str, Any] = {"kl": [round(value, 4) for value in kl]}
    if "confusion" in found:
        told["confusion"] = confusion(found["confusion"])
    if "reliability" in found:
        told["reliability"] = reliability(found["reliability"])
    if "worst" in found:
        told["worst"] = [mistake(one) for one in found["worst"][:FIGURES]]
    return told


def confusion(rows: Any) -> list[list[int]]:
    """(10, 10) counts, a row a labelled digit, a column a digit read."""
    if len(rows) != DIGITS or any(len(row) != DIGITS for row in rows):
        raise ValueError("expected ten rows of ten counts")
    return [[question.whole(count, "a count", 0, int(HUGE)) for count in row] for row in rows]


def reliability(found: dict[str, Any]) -> list[dict[str, float]]:
    """Digits gathered by how sure the model was of them: how sure on average, how often right, how many there are."""
    sure = np.array([number(value, 0, 1) for value in found["confidence"]])
    right = np.array([question.whole(value, "right", 0, 1) for value in found["right"]])
    if len(sure) != len(right):
        raise ValueError("expected as many right as confidence")
    place = np.minimum((sure * BINS).astype(int), BINS - 1)
    return [gathered(sure[place == k], right[place == k]) for k in range(BINS) if (place == k).any()]


def gathered(sure: np.ndarray, right: np.ndarray) -> dict[str, float]:
    low, high = wilson_interval(int(right.sum()), len(right))
    told = {"sure": sure.mean(), "right": right.mean(), "low": low, "high": high}
    return {**{name: round(float(value), 4) for name, value in told.items()}, "count": len(right)}


def mistake(one: dict[str, Any]) -> dict[str, Any]:
    question.image(one["picture"])
    digits = {name: question.whole(one[name], name, 0, DIGITS - 1) for name in ("digit", "read")}
    return {**digits, "probability": number(one["probability"], 0, 1), "picture": one["picture"]}


def number(value: Any, least: float = -HUGE, most: float = HUGE) -> float:
    return question.number(value, "a figure", least, most)


def text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("expected text")
    return value[:LETTERS]


def of_training(card: dict[str, Any]) -> dict[str, Any]:
    """A card without what was measured after the training."""
    return {key: value for key, value in card.items() if key not in ("figures", "shape")}
