"""Checkpoints: whole or not at all, and one clear error for anything that is not one."""

import json
import os
import pickle
import struct
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from tiny import TINY, roughen

from vae_core import checkpoint as checkpoint_module
from vae_core.checkpoint import (
    CheckpointError,
    load_weights,
    read_checkpoint,
    save_model,
    update_card,
    write_checkpoint,
)
from vae_core.config import ModelConfig
from vae_core.inference import load_model
from vae_core.model import ConditionalVAE, build_model


@pytest.fixture
def saved(tmp_path: Path, network: ConditionalVAE) -> Path:
    path = tmp_path / "tiny.safetensors"
    save_model(path, network, "tiny", {"seed": 3, "figures": [{"name": "accuracy", "value": 0.5}]})
    return path


def refuse(path: Path, match: str | None = None) -> None:
    """Every way in gives the one error, in one sentence that names the file."""
    for read in (load_weights, load_model):
        with pytest.raises(CheckpointError, match=match) as raised:
            read(path)
        assert path.name in str(raised.value)
        assert "\n" not in str(raised.value)


def test_model_comes_back_bit_for_bit_with_its_name_and_card(saved: Path, network: ConditionalVAE) -> None:
    model, name, card = load_weights(saved)
    before, after = network.state_dict(), model.state_dict()
    assert list(before) == list(after)
    assert any("running_var" in key for key in before)
    assert all(torch.equal(before[key], after[key]) and before[key].dtype == after[key].dtype for key in before)
    assert (model.config, name, card["seed"]) == (network.config, "tiny", 3)
    assert not model.training


@pytest.mark.parametrize(
    "config",
    [
        ModelConfig("dense", latent_dim=1, width=3),
        ModelConfig(latent_dim=3, width=4, depth=1, conditional=False),
        ModelConfig("dense", latent_dim=2, width=4, likelihood="gaussian"),
    ],
)
def test_every_kind_of_model_comes_back_with_its_configuration(config: ModelConfig, tmp_path: Path) -> None:
    save_model(tmp_path / "a", build_model(config), "kind", {})
    model, _, _ = load_weights(tmp_path / "a")
    assert model.config == config
    x = torch.rand(2, 28, 28, generator=torch.Generator().manual_seed(0))
    assert torch.equal(model.encoder(x).mean, build_model(config).encoder(x).mean)


def test_new_card_leaves_weights_and_configuration_as_they_were(saved: Path, network: ConditionalVAE) -> None:
    update_card(saved, figures=[1.0])
    model, name, card = load_weights(saved)
    assert (name, card) == ("tiny", {"seed": 3, "figures": [1.0]})
    assert all(
        torch.equal(a, b) for a, b in zip(network.state_dict().values(), model.state_dict().values(), strict=True)
    )


def test_file_cut_anywhere_is_refused(saved: Path) -> None:
    data = saved.read_bytes()
    (header,) = struct.unpack_from("<Q", data)
    cuts = {0, 1, 7, 8, 9, 8 + header // 2, 8 + header - 1, 8 + header, 8 + header + 1, len(data) - 1}
    for cut in sorted(cuts | set(range(0, len(data), len(data) // 40))):
        saved.write_bytes(data[:cut])
        refuse(saved)


def test_byte_changed_anywhere_is_refused(saved: Path) -> None:
    data = saved.read_bytes()
    (header,) = struct.unpack_from("<Q", data)
    places = {*range(8), *range(8, 8 + header, 37), *range(8 + header, len(data), len(data) // 60), len(data) - 1}
    for place in sorted(places):
        saved.write_bytes(data[:place] + bytes([data[place] ^ 0xFF]) + data[place + 1 :])
        refuse(saved)


def test_single_bit_changed_in_the_weights_is_refused(saved: Path) -> None:
    data = bytearray(saved.read_bytes())
    data[-5] ^= 1
    saved.write_bytes(data)
    refuse(saved, "sha256")


def test_longer_file_than_was_written_is_refused(saved: Path) -> None:
    saved.write_bytes(saved.read_bytes() + b"\0")
    refuse(saved)


def test_card_changed_in_place_is_refused(saved: Path) -> None:
    data = saved.read_bytes()
    changed = data.replace(b"accuracy", b"ACCURACY", 1)
    assert changed != data
    saved.write_bytes(changed)
    refuse(saved, "sha256")


@pytest.mark.parametrize("length", [2**63, 2**64 - 1, 10**9, 2**32])
def test_header_of_impossible_length_is_refused(saved: Path, length: int) -> None:
    saved.write_bytes(struct.pack("<Q", length) + saved.read_bytes()[8:])
    refuse(saved)


def test_file_of_other_weights_is_refused(tmp_path: Path) -> None:
    save_file({"layer": torch.zeros(3)}, tmp_path / "foreign.safetensors")
    refuse(tmp_path / "foreign.safetensors", "not of a model of this package")
    save_file({"layer": torch.zeros(3, dtype=torch.bfloat16)}, tmp_path / "foreign.safetensors", {"format": "pt"})
    refuse(tmp_path / "foreign.safetensors", "not of a model of this package")


class Trap:
    """Unpickling it leaves a mark."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.mark),)


def test_pickle_is_refused_and_never_run(tmp_path: Path) -> None:
    path, mark = tmp_path / "pickled.safetensors", tmp_path / "mark"
    path.write_bytes(pickle.dumps(Trap(mark)))
    refuse(path)
    torch.save({"weights": Trap(mark)}, path)
    refuse(path)
    assert not mark.exists()


@pytest.mark.parametrize("data", [b"", b"\0", b"\0" * 8, b"\0" * 1_000, b"conv", bytes(range(256)) * 8, b"PK\x03\x04"])
def test_file_of_something_else_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "else").write_bytes(data)
    refuse(tmp_path / "else")


@pytest.mark.parametrize(
    "header",
    ["[]", "1", "null", '"text"', "{}", '{"__metadata__": null}', '{"__metadata__": {"vae_core": "{}"}}', "[" * 9_999],
)
def test_safetensors_header_of_another_shape_is_refused(tmp_path: Path, header: str) -> None:
    (tmp_path / "odd").write_bytes(struct.pack("<Q", len(header)) + header.encode())
    refuse(tmp_path / "odd")


@pytest.mark.parametrize("text", ["[]", "1", "null", '"a"', "{", "", "[" * 100_000, "NaN", "{}"])
def test_own_header_that_is_no_dictionary_is_refused(tmp_path: Path, text: str) -> None:
    tensors = {"weight": torch.zeros(1)}
    metadata = {"vae_core": text, "sha256": checkpoint_module._digest(tensors, text)}
    save_file(tensors, tmp_path / "odd", metadata)
    refuse(tmp_path / "odd")


@pytest.mark.parametrize("version", [0, 2, "1", None, [1]])
def test_file_of_another_version_is_refused_by_its_number(saved: Path, version: Any) -> None:
    write_checkpoint(saved, load_file(saved), {**read_checkpoint(saved).header, "version": version})
    refuse(saved, "expected version 1")


@pytest.mark.parametrize(
    "change",
    [
        {"config": None},
        {"config": []},
        {"config": {}},
        {"config": {"architecture": "conv", "unknown": 1}},
        {"config": {"latent_dim": "2"}},
        {"config": {"width": float(8)}},
        {"config": {"architecture": {}}},
        {"config": {"conditional": False}},
        {"card": None},
        {"card": [1]},
        {"card": "text"},
        {"name": None},
    ],
)
def test_header_that_describes_no_such_model_is_refused(saved: Path, change: dict[str, Any]) -> None:
    write_checkpoint(saved, load_file(saved), {**read_checkpoint(saved).header, **change})
    refuse(saved, "does not hold a model that can be built")


@pytest.mark.parametrize("missing", ["config", "card", "name"])
def test_header_without_an_entry_is_refused_by_its_name(saved: Path, missing: str) -> None:
    header = {key: value for key, value in read_checkpoint(saved).header.items() if key != missing}
    write_checkpoint(saved, load_file(saved), header)
    refuse(saved, f"it has no '{missing}'")


def test_header_that_asks_for_a_huge_model_is_refused_without_building_it(
    saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    huge = {"architecture": "conv", "latent_dim": 256, "width": 1024, "depth": 16, "classifier_width": 256}
    write_checkpoint(saved, load_file(saved), {**read_checkpoint(saved).header, "config": huge})
    devices: set[str] = set()
    start = ConditionalVAE.__init__

    def watch(model: ConditionalVAE, config: ModelConfig) -> None:
        start(model, config)
        devices.update(parameter.device.type for parameter in model.parameters())

    monkeypatch.setattr(ConditionalVAE, "__init__", watch)
    refuse(saved)
    assert devices == {"meta"}


@pytest.mark.parametrize("dtype", [torch.float64, torch.float16, torch.bfloat16, torch.int64, torch.complex64])
def test_weights_of_another_type_are_refused(saved: Path, dtype: torch.dtype) -> None:
    tensors = load_file(saved)
    name = next(name for name in tensors if tensors[name].is_floating_point())
    write_checkpoint(saved, {**tensors, name: tensors[name].to(dtype)}, read_checkpoint(saved).header)
    refuse(saved)


def test_weights_that_are_missing_or_too_many_or_misshapen_are_refused(saved: Path) -> None:
    tensors, header = load_file(saved), read_checkpoint(saved).header
    name = next(name for name in tensors if name.endswith("weight"))
    for changed in (
        {key: value for key, value in tensors.items() if key != name},
        {**tensors, "further": torch.zeros(1)},
        {**tensors, name: torch.zeros(1, 2, 3)},
        {},
    ):
        write_checkpoint(saved, changed, header)
        refuse(saved)


def test_file_past_the_limit_is_refused_unread(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoint_module, "MAX_BYTES", 1_000)
    refuse(saved, "at most 1000")


def test_file_past_the_limit_is_never_written(
    saved: Path, network: ConditionalVAE, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = saved.read_bytes()
    monkeypatch.setattr(checkpoint_module, "MAX_BYTES", 1_000)
    with pytest.raises(CheckpointError, match="at most 1000"):
        save_model(saved, network, "tiny", {})
    assert saved.read_bytes() == before


def test_missing_file_and_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="none.safetensors cannot be read: No such file"):
        read_checkpoint(tmp_path / "none.safetensors")
    with pytest.raises(CheckpointError, match="cannot be read: Is a directory"):
        read_checkpoint(tmp_path)


@pytest.mark.parametrize("broken", ["fsync", "replace"])
def test_crash_while_writing_leaves_the_old_file_and_nothing_beside_it(
    saved: Path, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    before = saved.read_bytes()

    def crash(*arguments: Any) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(checkpoint_module.os, broken, crash)
    with pytest.raises(OSError, match="No space left"):
        save_model(saved, roughen(build_model(TINY, seed=9)), "other", {})
    assert saved.read_bytes() == before
    assert os.listdir(saved.parent) == [saved.name]


def test_card_that_is_no_json_is_refused_before_anything_is_written(tmp_path: Path, network: ConditionalVAE) -> None:
    for card in ({"value": float("nan")}, {"value": Path()}):
        with pytest.raises((ValueError, TypeError)):
            save_model(tmp_path / "a" / "tiny", network, "tiny", card)
    assert os.listdir(tmp_path) == []


def test_folder_of_a_new_checkpoint_is_made(tmp_path: Path, network: ConditionalVAE) -> None:
    save_model(tmp_path / "a" / "b" / "tiny", network, "tiny", {})
    assert os.listdir(tmp_path / "a" / "b") == ["tiny"]


def test_header_is_readable_by_any_reader_of_safetensors(saved: Path) -> None:
    data = saved.read_bytes()
    (length,) = struct.unpack_from("<Q", data)
    metadata = json.loads(data[8 : 8 + length])["__metadata__"]
    header = json.loads(metadata["vae_core"])
    assert (header["format"], header["version"], header["name"]) == ("vae_core", 1, "tiny")
    assert len(metadata["sha256"]) == 64
