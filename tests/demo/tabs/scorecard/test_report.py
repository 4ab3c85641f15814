"""What the Scorecard tab is told of a model."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import vae_core
from demo.door.models import Models
from demo.door.shelves import Shelves
from demo.tabs.scorecard.scorecard import command, scorecard_of
from vae_core.data import load_mnist
from vae_core.evaluation.mistakes import worst_mistakes

SHIPPED = vae_core.available_models()
READERS = [name for name in SHIPPED if name != "plain"]
Report = dict[str, Any]


@pytest.fixture(scope="module")
def ask() -> Callable[[str], Report]:
    scorecard = scorecard_of(Models("conv"))
    return lambda name: scorecard({"model": name})


def written(name: str) -> Report:
    return json.loads(vae_core.find_model(name).with_suffix(".json").read_text())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one trained model, measured."""
    for ending in (".safetensors", ".json"):
        shutil.copy(vae_core.find_model("blog").with_suffix(ending), tmp_path / f"mine{ending}")
    return tmp_path


def of_folder(folder: Path) -> Report:
    return scorecard_of(Models("conv", Shelves(folder)))({"model": "mine"})


@pytest.mark.parametrize("name", SHIPPED)
def test_every_figure_is_told_with_its_interval_and_protocol(ask: Callable[[str], Report], name: str) -> None:
    rows = {row["figure"]: row for group in ask(name)["groups"] for row in group["rows"]}
    figures = written(name)["figures"]
    assert set(rows) == {figure["name"] for figure in figures}
    for figure in figures:
        row = rows[figure["name"]]
        assert row["protocol"] == figure["protocol"]
        assert row["name"] != figure["name"] and row["sentence"] and row["interval"]
        value, unit = (100 * figure["value"], " %") if figure["unit"] == "share" else (figure["value"], "")
        assert row["value"].endswith(unit)
        assert float(row["value"].removesuffix(" %").replace("−", "-")) == pytest.approx(value, abs=0.006)


def test_figures_stand_in_three_groups(ask: Callable[[str], Report]) -> None:
    assert [group["title"] for group in ask("conv")["groups"]] == ["Reads digits", "Draws digits", "Likelihood"]


@pytest.mark.parametrize("name", READERS)
def test_the_reliability_diagram_shows_the_calibration_error_that_the_table_tells(
    ask: Callable[[str], Report], name: str
) -> None:
    bins = ask(name)["reliability"]
    total = sum(each["count"] for each in bins)
    gap = sum(each["count"] * abs(each["sure"] - each["right"]) for each in bins) / total
    told = next(figure for figure in written(name)["figures"] if figure["name"] == "calibration error")
    assert gap == pytest.approx(told["value"], abs=1e-4)
    assert all(each["low"] <= each["right"] <= each["high"] for each in bins)


@pytest.mark.parametrize("name", READERS)
def test_confusion_counts_every_test_digit_once(ask: Callable[[str], Report], name: str) -> None:
    report = ask(name)
    assert np.sum(report["confusion"]) == 10_000
    assert np.trace(report["confusion"]) == 10_000 - len(written(name)["details"]["misread"])
    assert len(report["kl"]) == vae_core.load_model(name).latent_dim


@pytest.mark.parametrize("name", READERS)
def test_mistakes_that_ship_are_those_the_model_makes(
    ask: Callable[[str], Report], name: str, data_folder: Path
) -> None:
    digits = load_mnist(data_folder, train=False)
    x = digits.images.numpy().astype(np.float32) / 255
    indices = [one["index"] for one in written(name)["details"]["worst"]]
    assert len(indices) == 24
    some = np.array(sorted(indices))
    again = worst_mistakes(x[some], digits.labels.numpy()[some], vae_core.load_model(name).classify(x[some]))
    told = ask(name)["worst"]
    assert [one["picture"] for one in told] == [one["picture"] for one in again]
    assert [(one["digit"], one["read"]) for one in told] == [(one["digit"], one["read"]) for one in again]
    assert [one["probability"] for one in told] == pytest.approx([one["probability"] for one in again], abs=1e-3)


def test_a_model_without_digits_is_told_what_it_has(ask: Callable[[str], Report]) -> None:
    report = ask("plain")
    assert {"groups", "kl"} == set(report)


def test_a_model_that_was_not_measured_gets_the_command_that_does_it(folder: Path) -> None:
    (folder / "mine.json").unlink()
    report = of_folder(folder)
    assert "not measured yet" in report["message"]
    assert report["command"].startswith("python -m vae_core evaluate FOLDER/mine.safetensors ")
    assert report["command"].endswith(" --json FOLDER/mine.json")
    assert str(folder) not in json.dumps(report)


def test_the_command_of_a_model_that_ships_writes_what_ships() -> None:
    assert command(vae_core.find_model("plane").with_suffix(".json")).endswith("--json checkpoints/plane.json")


def test_a_report_is_shown_again_as_soon_as_it_is_written(folder: Path) -> None:
    report = written("blog")
    report["figures"] = [{**report["figures"][0], "value": 0.5}, {**report["figures"][1], "name": "something new"}]
    (folder / "mine.json").write_text(json.dumps(report))
    first, others = of_folder(folder)["groups"]
    assert first["rows"][0]["value"] == "50.00 %"
    assert (others["title"], others["rows"][0]["name"]) == ("Also measured", "something new")


def test_a_report_of_another_training_is_not_shown(folder: Path) -> None:
    report = written("blog")
    report["card"]["seed"] = 99
    (folder / "mine.json").write_text(json.dumps(report))
    assert "another training" in of_folder(folder)["message"]


def with_detail(name: str, value: object) -> str:
    report = written("blog")
    return json.dumps({**report, "details": {**report["details"], name: value}})


def with_figure(**parts: object) -> str:
    report = written("blog")
    return json.dumps({**report, "figures": [{**report["figures"][0], **parts}]})


MALFORMED = {
    "empty": "",
    "cut": json.dumps(written("blog"))[:2000],
    "a list": "[]",
    "a number": "7",
    "nothing in it": "{}",
    "deep": "[" * 100_000,
    "a card that is none": json.dumps({**written("blog"), "card": 3}),
    "figures that are none": json.dumps({**written("blog"), "figures": "abc"}),
    "NaN": with_figure(value=float("nan")),
    "infinity": with_figure(high=float("inf")),
    "text for a value": with_figure(value="0.9"),
    "a name that is none": with_figure(name=[]),
    "one kl": with_detail("kl", [1.0]),
    "text for kl": with_detail("kl", "0123456789"),
    "nine rows": with_detail("confusion", [[0] * 10] * 9),
    "a half digit": with_detail("confusion", [[0.5] * 10] * 10),
    "sure above 1": with_detail("reliability", {"confidence": [1.5], "right": [1]}),
    "unequal reliability": with_detail("reliability", {"confidence": [0.5, 0.5], "right": [1]}),
    "a mistake without picture": with_detail("worst", [{"digit": 1, "read": 2, "probability": 0.5, "picture": "AAAA"}]),
    "a mistake of digit ten": with_detail("worst", [{**written("blog")["details"]["worst"][0], "read": 10}]),
    "details that are none": json.dumps({**written("blog"), "details": []}),
}


@pytest.mark.parametrize("text", MALFORMED.values(), ids=MALFORMED.keys())
def test_a_malformed_report_gives_a_sentence(folder: Path, text: str) -> None:
    (folder / "mine.json").write_text(text)
    report = of_folder(folder)
    assert report["message"].startswith("mine.json is not what an evaluation writes.")
    assert set(report) == {"message", "command"}
    assert str(folder) not in json.dumps(report)


def test_bytes_that_are_no_text_and_a_folder_in_its_place_give_a_sentence(folder: Path) -> None:
    (folder / "mine.json").write_bytes(bytes(range(256)))
    assert "not what an evaluation writes" in of_folder(folder)["message"]
    (folder / "mine.json").unlink()
    (folder / "mine.json").mkdir()
    assert "not what an evaluation writes" in of_folder(folder)["message"]


def test_long_text_of_a_report_is_cut(folder: Path) -> None:
    (folder / "mine.json").write_text(with_figure(protocol="x" * 10_000))
    (group,) = of_folder(folder)["groups"]
    assert len(group["rows"][0]["protocol"]) == 500


@pytest.mark.parametrize("name", ["", "../conv", 7, [], {}])
def test_an_unknown_model_is_refused(ask: Callable[[Any], Report], name: object) -> None:
    with pytest.raises(ValueError, match="expected model as one of"):
        ask(name)
