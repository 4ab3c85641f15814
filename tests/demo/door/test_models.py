"""The models a page can choose from."""

import shutil
from pathlib import Path

import pytest

import vae_core
from demo.door.models import Models, about
from demo.door.shelves import Shelves


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
