"""Checkpoints: safetensors weights with configuration and card inside, written atomically, never unpickled."""

import hashlib
import json
import os
import struct
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save

from vae_core.config import ModelConfig, brief, config_to_dict
from vae_core.model import ConditionalVAE

FORMAT = "vae_core"
VERSION = 1
STRANGENESS = "strangeness."  # begins the names of what is fitted to the weights afterwards: see strangeness.py
CLASSIFIER = "classifier"  # in a card: how the classifier was trained on alone, and taught what is no digit
MAX_BYTES = 200_000_000  # a model of ours is a few megabytes; a file past this is not one
MAX_HEADER_BYTES = 1_000_000  # of what a file says of itself; ours have a tenth, most of it the card
MAX_TENSORS = 1_000  # the deepest model that a configuration allows has 600
PACKAGE = Path(__file__).resolve().parent
INSTALLED = PACKAGE / "checkpoints"
SHIPPED = INSTALLED if INSTALLED.is_dir() else PACKAGE.parent / "checkpoints"  # beside the package in a checkout


class CheckpointError(ValueError):
    """A checkpoint is missing, damaged, foreign or of another version."""


@dataclass(frozen=True)
class Checkpoint:
    """What a file holds: tensors by name, and the JSON beside them (config, card, and whatever else was saved)."""

    tensors: dict[str, torch.Tensor]
    header: dict[str, Any]


def write_checkpoint(
    path: str | Path, tensors: dict[str, torch.Tensor], header: dict[str, Any], make_folder: bool = True
) -> None:
    """Write tensors and a JSON header as one safetensors file: whole, or not at all."""
    path = Path(path)
    # Weights laid out for convolution (channels last) are stored in the plain order.
    tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    header = {"format": FORMAT, "version": VERSION, **header}
    text = json.dumps(header, sort_keys=True, allow_nan=False)
    data = save(tensors, {FORMAT: text, "sha256": _digest(tensors, text)})
    if len(data) > MAX_BYTES:
        raise CheckpointError(f"{path.name} would have {len(data)} bytes: expected at most {MAX_BYTES}")
    _check_header(data, path.name)
    if make_folder:
        path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def read_checkpoint(path: str | Path) -> Checkpoint:
    """Read what `write_checkpoint` wrote; raises CheckpointError for anything else."""
    path = Path(path)
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise CheckpointError(f"{path.name} is too long: expected a checkpoint of at most {MAX_BYTES} bytes")
        _check_header(data, path.name)
        tensors, metadata = load(data), _metadata(data)
        text = metadata.get(FORMAT)
        if text is None:
            raise CheckpointError(f"{path.name} holds weights, but not of a model of this package")
        if metadata.get("sha256") != _digest(tensors, text):
            raise CheckpointError(f"{path.name} was changed after it was written: its sha256 does not match")
        header = json.loads(text)
    except OSError as error:
        raise CheckpointError(f"{path.name} cannot be read: {error.strerror}") from error
    except CheckpointError:
        raise
    except (SafetensorError, ValueError, KeyError, TypeError, RecursionError, struct.error) as error:
        raise CheckpointError(f"{path.name} is not a whole safetensors file") from error
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        raise CheckpointError(f"{path.name} does not say what it holds")
    if header.get("version") != VERSION:
        raise CheckpointError(f"{path.name} is of version {brief(header.get('version'))}, expected version {VERSION}")
    return Checkpoint(tensors, header)


def save_model(
    path: str | Path, model: ConditionalVAE, name: str, card: dict[str, Any], make_folder: bool = True
) -> None:
    """Write a model with its configuration and card."""
    header = {"name": name, "config": config_to_dict(model.config), "card": card}
    write_checkpoint(path, model.state_dict(), header, make_folder)


def update_card(path: str | Path, **entries: Any) -> None:
    """Add entries to the card of a checkpoint, or replace them; the weights stay as they are."""
    checkpoint = read_checkpoint(path)
    header = {**checkpoint.header, "card": {**checkpoint.header.get("card", {}), **entries}}
    write_checkpoint(path, checkpoint.tensors, header)


def store_strangeness(path: str | Path, tensors: dict[str, torch.Tensor]) -> None:
    """Keep what was fitted to a model beside its weights, in place of what was there before."""
    checkpoint = read_checkpoint(path)
    weights = {name: tensor for name, tensor in checkpoint.tensors.items() if not name.startswith(STRANGENESS)}
    write_checkpoint(path, weights | {STRANGENESS + name: t for name, t in tensors.items()}, checkpoint.header)


def load_weights(path: str | Path) -> tuple[ConditionalVAE, str, dict[str, Any]]:
    """Read a model, its name and its card; the model is in evaluation mode."""
    return restore(read_checkpoint(path), Path(path).name)


def restore(checkpoint: Checkpoint, file: str) -> tuple[ConditionalVAE, str, dict[str, Any]]:
    """The model that a checkpoint holds, its name and its card; raises CheckpointError, naming `file`, for none."""
    weights = {name: tensor for name, tensor in checkpoint.tensors.items() if not name.startswith(STRANGENESS)}
    try:
        config, name, card = (
            _entry(checkpoint.header, *of) for of in (("config", dict), ("name", str), ("card", dict))
        )
        with torch.device("meta"):  # shapes only: a foreign file cannot make us allocate more than it holds
            model = ConditionalVAE(_config(config))
        _check_tensors(weights, model.state_dict())
    except ValueError as error:
        raise CheckpointError(f"{file} does not hold a model that can be built: {error}") from error
    model.load_state_dict(weights, assign=True)
    return model.to(memory_format=torch.channels_last).eval(), name, card


def _entry(header: dict[str, Any], name: str, kind: type) -> Any:
    if name not in header:
        raise ValueError(f"it has no {name!r}")
    if not isinstance(header[name], kind):
        raise ValueError(f"expected {name!r} as {'text' if kind is str else 'an object'}, got {brief(header[name])}")
    return header[name]


def _config(settings: dict[str, Any]) -> ModelConfig:
    unknown = settings.keys() - {field.name for field in fields(ModelConfig)}
    if unknown:
        raise ValueError(f"it has the unknown setting {brief(min(unknown))}")
    return ModelConfig(**settings)


def _check_tensors(tensors: dict[str, torch.Tensor], expected: dict[str, torch.Tensor]) -> None:
    """Raise ValueError unless a file's tensors are those that a model takes, by name, shape and type."""
    for name in sorted(tensors.keys() ^ expected.keys()):
        raise ValueError(f"{brief(name)} is {'missing' if name in expected else 'not one of its weights'}")
    for name, tensor in expected.items():
        got = tensors[name]
        if got.shape != tensor.shape:
            raise ValueError(f"expected {name} of shape {tuple(tensor.shape)}, got {tuple(got.shape)}")
        if got.dtype != tensor.dtype:
            raise ValueError(f"{name} holds numbers of another kind than expected")


def _check_header(data: bytes, name: str) -> None:
    """Raise CheckpointError for a header that is long, or lists many tensors, before anything of it is parsed."""
    (length,) = struct.unpack_from("<Q", data)
    if length > len(data):
        raise CheckpointError(f"{name} is not a whole safetensors file")
    if length > MAX_HEADER_BYTES:
        raise CheckpointError(f"{name} tells {length} bytes of itself: expected at most {MAX_HEADER_BYTES}")
    count = data.count(b'"dtype"', 8, 8 + length)
    if count > MAX_TENSORS:
        raise CheckpointError(f"{name} holds {count} tensors: expected at most {MAX_TENSORS}")


def _metadata(data: bytes) -> dict[str, str]:
    (length,) = struct.unpack_from("<Q", data)
    return json.loads(data[8 : 8 + length]).get("__metadata__") or {}


def _digest(tensors: dict[str, torch.Tensor], text: str) -> str:
    digest = hashlib.sha256(text.encode())
    for name in sorted(tensors):
        tensor = tensors[name]
        digest.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}".encode())
        digest.update(tensor.flatten().view(torch.uint8).numpy().data)
    return digest.hexdigest()
