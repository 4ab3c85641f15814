"""Checkpoints that a stranger brings, and that anybody takes away."""

import errno
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

from demo.door.limits import CHECKPOINT_LIMIT
from demo.door.live import Live
from demo.door.shelves import Shelves, page_of
from demo.door.work import Work
from demo.tabs.train import keep as keep_module
from demo.tabs.train.keep import keep
from demo.tabs.train.run import Run
from demo.tabs.train.train import CHANGES, brought, checkpoint_route
from vae_core.checkpoint import save_model
from vae_core.inference import load_model
from vae_core.model import build_model

PAGE, OTHER = page_of("m" * 32), page_of("t" * 32)
OCTETS = {"Content-Type": "application/octet-stream", "X-Page-Token": "m" * 32}


def checkpoint(folder: Path, seed: int = 0, **changes: int) -> bytes:
    network = roughen(build_model(replace(TINY, **changes), seed))
    save_model(folder / "made", network, "made", {})
    data = (folder / "made").read_bytes()
    (folder / "made").unlink()
    return data


@pytest.fixture
def shelves(tmp_path: Path) -> Shelves:
    (tmp_path / "models").mkdir()
    return Shelves(tmp_path / "models")


def test_a_checkpoint_is_kept_under_the_name_of_its_content(shelves: Shelves, tmp_path: Path) -> None:
    data = checkpoint(tmp_path)
    name = keep(shelves, PAGE, data)
    assert keep(shelves, PAGE, data) == name
    assert shelves.names(PAGE) == [name]
    assert load_model(shelves.find(name) or "").latent_dim == 2


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
    shelves: Shelves, monkeypatch: pytest.MonkeyPatch, data: bytes
) -> None:
    monkeypatch.chdir(shelves.folder)
    with pytest.raises(ValueError, match=r"."):
        keep(shelves, PAGE, data)
    assert list(shelves.folder.iterdir()) == []


def test_a_damaged_or_changed_checkpoint_is_refused(shelves: Shelves, tmp_path: Path) -> None:
    data = checkpoint(tmp_path)
    changed = bytearray(data)
    changed[-3] ^= 1
    for bad in (data[:-1], data + b"0", bytes(changed)):
        with pytest.raises(ValueError, match="the file"):
            keep(shelves, PAGE, bad)


def test_models_that_the_page_cannot_show_are_refused(shelves: Shelves, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at most 32 latent values, got 33"):
        keep(shelves, PAGE, checkpoint(tmp_path, latent_dim=33))
    with pytest.raises(ValueError, match="at most 12 MB"):
        keep(shelves, PAGE, bytes(CHECKPOINT_LIMIT + 1))
    network = build_model(TINY)
    torch.nn.init.constant_(next(network.decoder.parameters()), float("nan"))
    save_model(tmp_path / "nan", network, "nan", {})
    with pytest.raises(ValueError, match="no numbers"):
        keep(shelves, PAGE, (tmp_path / "nan").read_bytes())


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    run = Run(tmp_path / "runs", tmp_path / "data")
    live = Live("version", Work(CHANGES), files={"checkpoint": brought(run)}, changes=CHANGES, token=run.app_token)
    headers = {"X-App-Token": run.app_token}
    return TestClient(Starlette(routes=[*live.routes(), checkpoint_route(run)]), headers=headers)


def test_a_checkpoint_brought_can_be_taken_away_byte_for_byte(client: TestClient, tmp_path: Path) -> None:
    data = checkpoint(tmp_path)
    name = client.post("/live/checkpoint", content=data, headers=OCTETS).json()["name"]
    taken = client.get(f"/models/{name}.safetensors")
    assert taken.content == data
    assert f'filename="{name}.safetensors"' in taken.headers["content-disposition"]


def test_bad_uploads_get_a_sentence(client: TestClient) -> None:
    assert client.post("/live/checkpoint", content=b"x", headers=OCTETS).json()["error"].endswith(".")
    for kind in ("text/plain", "multipart/form-data; boundary=x", ""):  # what another site's page may send unasked
        assert client.post("/live/checkpoint", content=b"x", headers={"Content-Type": kind}).status_code == 415


@pytest.mark.parametrize("name", ["conv", "none", "..%2fdemo%2fstate", "../demo/state", "%00", "a" * 5000, "*", ".."])
def test_nothing_but_models_trained_or_brought_here_is_sent(client: TestClient, tmp_path: Path, name: str) -> None:
    (tmp_path / "runs" / "demo" / "state.safetensors").write_bytes(b"secret")
    answer = client.get(f"/models/{name}.safetensors")
    assert answer.status_code == 404 and b"secret" not in answer.content


def test_an_upload_that_fails_tells_nothing_of_the_server(
    client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*arguments: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", str(tmp_path / "secret"))

    monkeypatch.setattr(keep_module, "check", full)
    answer = client.post("/live/checkpoint", content=b"x", headers=OCTETS)
    assert answer.json() == {"error": "The server's disk is full."}


@pytest.mark.parametrize("token", ["", "short", "x" * 101])
def test_an_upload_without_a_page_is_refused(client: TestClient, token: str) -> None:
    answer = client.post("/live/checkpoint", content=b"x", headers={**OCTETS, "X-Page-Token": token})
    assert answer.json() == {"error": "Expected a token of 16 to 100 characters."}


def test_links_folders_and_odd_names_are_not_sent(client: TestClient, tmp_path: Path) -> None:
    models = tmp_path / "runs" / "models"
    (tmp_path / "secret.safetensors").write_bytes(b"secret")
    (models / "link.safetensors").symlink_to(tmp_path / "secret.safetensors")
    (models / ("a" * 32)).symlink_to(tmp_path)
    (models / "folder.safetensors").mkdir()
    (models / 'a"b.safetensors').write_bytes(b"secret")
    (models / "plain.safetensors").write_bytes(b"weights")
    for name in ("link", "secret", "folder", 'a"b', "a%22b", "a%0ab"):
        assert client.get(f"/models/{name}.safetensors").status_code == 404
    assert client.get("/models/plain.safetensors").content == b"weights"
