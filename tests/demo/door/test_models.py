"""The models a page can choose from."""

import shutil
from pathlib import Path

import pytest

import vae_core
from demo.door.models import Models, about
from demo.door.shelves import Shelves
from vae_core import inference as inference_module
from vae_core.evaluation.judge import JUDGE


@pytest.fixture(scope="module")
def models() -> Models:
    return Models("conv")


def test_the_first_shown_leads_the_list_of_what_ships(models: Models) -> None:
    assert models.names()[0] == models.default == "conv"
    assert set(models.names()) == set(vae_core.available_models())


def test_a_model_is_loaded_once(models: Models) -> None:
    assert models.get("blog") is models.get("blog")
    assert models.get(None) is models.get("conv")


@pytest.mark.parametrize("name", ["", "convv", "../conv", "/etc/passwd", 7, [], {}, "x" * 9999, float("nan")])
def test_an_unknown_name_is_refused_in_a_sentence(models: Models, name: object) -> None:
    with pytest.raises(ValueError, match="expected model as one of") as caught:
        models.get(name)
    assert len(str(caught.value)) < 300


def test_a_checkpoint_given_by_path_goes_by_the_name_of_its_file(tmp_path: Path) -> None:
    path = shutil.copy(vae_core.find_model("blog"), tmp_path / "mine.safetensors")
    models = Models(str(path))
    assert models.names()[0] == "mine"
    assert models.get().latent_dim == 10


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own with three of the checkpoints that ship."""
    for name in ("blog", "conv", "plane"):
        shutil.copy(vae_core.find_model(name), tmp_path)
    monkeypatch.setattr(inference_module, "SHIPPED", tmp_path)
    return tmp_path


@pytest.mark.parametrize("content", [None, b"", b"version https://git-lfs.github.com/spec/v1\n", "cut", "judge"])
@pytest.mark.parametrize(("name", "first"), [("conv", "blog"), ("plane", "conv")])
def test_a_checkpoint_that_is_missing_cut_or_foreign_costs_that_model_alone(
    shipped: Path, capsys: pytest.CaptureFixture[str], name: str, first: str, content: bytes | str | None
) -> None:
    file = shipped / f"{name}.safetensors"
    if content is None:
        file.unlink()
    elif content == "judge":
        shutil.copy(JUDGE, file)
    else:
        file.write_bytes(file.read_bytes()[:-1000] if content == "cut" else content)  # type: ignore[arg-type]
    models = Models("conv")
    assert models.default == models.names()[0] == first
    assert set(models.names()) == {"blog", "conv", "plane"} - {name}
    told = capsys.readouterr().err.splitlines()
    assert sum("left out" in line for line in told) == (content is not None)
    assert sum("conv cannot be shown: blog comes first" in line for line in told) == (name == "conv")
    with pytest.raises(ValueError, match="expected model as one of"):
        models.get(name)


def test_a_file_that_was_asked_for_and_is_no_model_leaves_the_others(
    shipped: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine.safetensors").write_bytes(b"nonsense")
    assert Models(str(tmp_path / "mine.safetensors")).default == "conv"
    told = capsys.readouterr().err
    assert "mine is left out: mine.safetensors is not a whole" in told and "conv comes first" in told


def test_without_any_model_one_sentence_says_so(shipped: Path) -> None:
    for file in shipped.iterdir():
        file.write_bytes(b"")
    with pytest.raises(ValueError, match="^there is no model to show"):
        Models("conv")


def test_files_of_the_folder_come_and_go_while_the_app_runs(tmp_path: Path) -> None:
    models = Models("conv", Shelves(tmp_path))
    assert "mine" not in models.names()
    shutil.copy(vae_core.find_model("blog"), tmp_path / "mine.safetensors")
    assert models.get("mine").latent_dim == 10
    shutil.copy(vae_core.find_model("plane"), tmp_path / "mine.safetensors")
    assert models.get("mine").latent_dim == 2
    (tmp_path / "mine.safetensors").unlink()
    with pytest.raises(ValueError, match="expected model as one of"):
        models.get("mine")


def test_a_file_of_the_folder_never_takes_the_name_of_one_that_ships(tmp_path: Path) -> None:
    shutil.copy(vae_core.find_model("plane"), tmp_path / "blog.safetensors")
    assert Models("conv", Shelves(tmp_path)).get("blog").latent_dim == 10


def test_dimensions_are_ordered_by_what_they_carry(models: Models) -> None:
    told = about(models.get("deep"), "deep")
    assert sorted(told["order"]) == list(range(32))
    assert set(told["idle"]) <= set(told["order"])
    assert told["order"][len(told["order"]) - len(told["idle"]) :] == told["idle"]
