"""Scorecard: what `python -m vae_core evaluate` measured of a model, as a person reads it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import vae_core
from demo.door.models import Models
from demo.page.widget import widget
from demo.tabs.scorecard.report import read_report

GROUPS = [  # title, sentence, and of each figure a plain name, a sentence, and whether more of it is better
    (
        "Reads digits",
        "The classifier: which digit is this?",
        {
            "accuracy": ("Test digits read right", "Of MNIST’s test set, which it never saw.", True),
            "pen accuracy, strokes": ("Pen strokes read right", "Of writers it never saw, as drawn on a pad.", True),
            "pen accuracy, pictures": ("Pictures read right", "The same, in any size, place and pen width.", True),
            "calibration error": ("Wrong about its own sureness", "“90 % sure” should be right 9 times in 10.", False),
        },
    ),
    (
        "Draws digits",
        "The decoder, judged by another network, which no training has seen.",
        {
            "conditional accuracy": ("Draws the digit asked", "In a random style, as the judge reads it.", True),
            "swap accuracy": ("Rewrites a digit as another", "In the hand of each test digit.", True),
            "hand kept, 1 drawing": (
                "Keeps the hand when the digit changes",
                "From one drawing. 100 %: as like its writer as another real digit of theirs.",
                True,
            ),
            "hand kept, 3 drawings": ("The same from three drawings", "Their styles averaged.", True),
            "hand kept, 10 drawings": ("The same from ten drawings", "Their styles averaged.", True),
            "digit read from the style": (
                "Digit left in the style",
                "How often a network reads it there; 11 % is chance.",
                False,
            ),
            "judge's accuracy": ("The judge on real digits", "For scale: the judge errs too.", True),
            "realism, generated": ("Drawn: distance from real digits", "How its drawings differ as a crowd.", False),
            "realism, swapped": ("Rewritten: distance from real digits", "The same of rewritten digits.", False),
            "realism, reconstructed": ("Redrawn: distance from real digits", "The same of reconstructions.", False),
            "realism, floor": ("Other real digits: their distance", "For scale: no model should get lower.", False),
            "sharpness": ("Error of its reconstructions", "Squared, a pixel; ink is 1 and paper 0.", False),
        },
    ),
    (
        "Likelihood",
        "Encoder, decoder and classifier together: how probable it finds digits it never saw.",
        {"log p(x)": ("Log-likelihood of a test digit", "In nats: one more is 2.7 times as probable.", True)},
    ),
]
OTHERS = ("Also measured", "")
QUICK = "--likelihood-digits 1000 --samples 100"  # minutes, not hours


def scorecard_tab() -> None:
    """The Scorecard tab."""
    widget("tabs/scorecard/scorecard")


def scorecard_of(models: Models) -> Callable[[Any], dict[str, Any]]:
    """What the page asks of the report beside a model's checkpoint."""

    def scorecard(asked: Any) -> dict[str, Any]:
        """{model} -> its figures in groups and what the plots show, or {message, command} where there is no report."""
        name = asked.get("model") if isinstance(asked, dict) else None
        model, file = models.get(name), models.file(name).with_suffix(".json")
        try:
            report = read_report(file, model)
        except FileNotFoundError:
            return {"message": "This model was not measured yet. This command does it:", "command": command(file)}
        except ValueError as error:
            return {"message": f"{error}. This command writes it anew:", "command": command(file)}
        return {"groups": groups(report.pop("figures")), **report}

    return scorecard


def command(file: Path) -> str:
    """How a report is made, quickly; of a folder no more is told than that there is one."""
    ships = file.stem in vae_core.available_models() and vae_core.find_model(file.stem).with_suffix(".json") == file
    checkpoint, folder = (file.stem, "checkpoints") if ships else (f"FOLDER/{file.stem}.safetensors", "FOLDER")
    return f"python -m vae_core evaluate {checkpoint} --data data {QUICK} --json {folder}/{file.name}"


def groups(figures: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The figures of a report under plain names; one that has none keeps its own."""
    left = {figure["name"]: figure for figure in figures}
    told = []
    for title, sentence, names in GROUPS:
        rows = [row(left.pop(name), *words) for name, words in names.items() if name in left]
        told.append({"title": title, "sentence": sentence, "rows": rows})
    others = [row(figure, name, "", None) for name, figure in left.items()]
    told.append({"title": OTHERS[0], "sentence": OTHERS[1], "rows": others})
    return [group for group in told if group["rows"]]


def row(figure: dict[str, Any], plain: str, sentence: str, more: bool | None) -> dict[str, Any]:
    unit = " %" if figure["unit"] == "share" else ""
    low, high = (None if figure[end] is None else show(figure[end], figure) for end in ("low", "high"))
    return {
        "figure": figure["name"],
        "name": plain,
        "sentence": sentence,
        "more": more,
        "value": show(figure["value"], figure) + unit,
        "interval": None if low is None or high is None else f"{low} to {high}{unit}",
        "protocol": figure["protocol"],
    }


def show(value: float, figure: dict[str, Any]) -> str:
    """A value with as many decimals as its figure has."""
    if figure["unit"] == "share":
        return f"{100 * value:.2f}"
    return f"{value:.{4 if abs(figure['value']) < 0.1 else 2}f}".replace("-", "−")
