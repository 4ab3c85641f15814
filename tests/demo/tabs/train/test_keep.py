"""Checkpoints that a stranger brings, and that anybody takes away."""

import io
import os
import pickle
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import save
from starlette.applications import Starlette
from starlette.testclient import TestClient
from tiny import TINY, roughen

from demo.tabs.train.keep import KEPT, SIZE_LIMIT, keep
from demo.tabs.train.run import Run
from demo.tabs.train.train import checkpoint_routes
from vae_core.checkpoint import save_model
from vae_core.inference import load_model
from vae_core.model import build_model

OCTETS = {"Content-Type": "application/octet-stream"}


def checkpoint(folder: Path, seed: int = 0, **changes: int) -> bytes:
    network = roughen(build_model(replace(TINY, **changes), seed))
    save_model(folder / "made", network, "made", {})
    data = (folder / "made").read_bytes()
    (folder / "made").unlink()
    return data


@pytest.fixture
def models(tmp_path: Path) -> Path:
    (tmp_path / "models").mkdir()
    return tmp_path / "models"


def test_a_checkpoint_is_kept_under_the_name_of_its_content(models: Path, tmp_path: Path) -> None:
    data = checkpoint(tmp_path)
    name = keep(models, data)
    assert keep(models, data) == name
    assert [path.name for path in models.iterdir()] == [f"{name}.safetensors"]
    assert load_model(models / f"{name}.safetensors").latent_dim == 2


class Trap:
    def __reduce__(self) -> tuple:
        return os.mkdir, ("trapped",)


def archive() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr("archive/data.pkl", pickle.dumps(Trap()))
    return buffer.getvalue()


@pytest.mark.parametrize(
    "data",
    [b"", b"x", b"\xff" * 1000, pickle.dumps(Trap()), archive(), save({"a": torch.zeros(3)}), b"{}" * 500],
    ids=["empty", "one", "noise", "pickle", "zip", "foreign", "text"],
)
def test_what_is_no_checkpoint_is_refused_unexecuted_and_leaves_nothing(
    models: Path, monkeypatch: pytest.MonkeyPatch, data: bytes
) -> None:
    monkeypatch.chdir(models)
    with pytest.raises(ValueError, match=r"."):
        keep(models, data)
    assert list(models.iterdir()) == []


def test_a_damaged_or_changed_checkpoint_is_refused(models: Path, tmp_path: Path) -> None:
    data = checkpoint(tmp_path)
    changed = bytearray(data)
    changed[-3] ^= 1
    for bad in (data[:-1], data + b"0", bytes(changed)):
        with pytest.raises(ValueError, match="the file"):
            keep(models, bad)


def test_models_that_the_page_cannot_show_are_refused(models: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at most 32 latent values, got 33"):
        keep(models, checkpoint(tmp_path, latent_dim=33))
    with pytest.raises(ValueError, match="at most 12 MB"):
        keep(models, bytes(SIZE_LIMIT + 1))
    network = build_model(TINY)
    torch.nn.init.constant_(next(network.decoder.parameters()), float("nan"))
    save_model(tmp_path / "nan", network, "nan", {})
    with pytest.raises(ValueError, match="no numbers"):
        keep(models, (tmp_path / "nan").read_bytes())


def test_only_the_newest_are_kept_and_what_was_trained_stays(models: Path, tmp_path: Path) -> None:
    (models / "conv-1.safetensors").touch()
    names = [keep(models, checkpoint(tmp_path, seed)) for seed in range(KEPT + 2)]
    assert {path.stem for path in models.iterdir()} == {"conv-1", *names[2:]}


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    return TestClient(Starlette(routes=checkpoint_routes(Run(tmp_path / "runs", tmp_path / "data"))))


def test_a_checkpoint_brought_can_be_taken_away_byte_for_byte(client: TestClient, tmp_path: Path) -> None:
    data = checkpoint(tmp_path)
    name = client.post("/models/upload", content=data, headers=OCTETS).json()["name"]
    taken = client.get(f"/models/{name}.safetensors")
    assert taken.content == data
    assert f'filename="{name}.safetensors"' in taken.headers["content-disposition"]


def test_bad_uploads_get_a_sentence(client: TestClient) -> None:
    assert client.post("/models/upload", content=b"x", headers=OCTETS).json()["error"].endswith(".")
    for kind in ("text/plain", "multipart/form-data; boundary=x", ""):  # what another site's page may send unasked
        assert client.post("/models/upload", content=b"x", headers={"Content-Type": kind}).status_code == 415


@pytest.mark.parametrize("name", ["conv", "none", "..%2fdemo%2fstate", "../demo/state", "%00", "a" * 5000, "*", ".."])
def test_nothing_but_models_trained_or_brought_here_is_sent(client: TestClient, tmp_path: Path, name: str) -> None:
    (tmp_path / "runs" / "demo" / "state.safetensors").write_bytes(b"secret")
    answer = client.get(f"/models/{name}.safetensors")
    assert answer.status_code == 404 and b"secret" not in answer.content
