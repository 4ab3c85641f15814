"""A training run as one file, so that another process can go on with it."""

from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from vae_core.checkpoint import Checkpoint, CheckpointError, read_checkpoint, write_checkpoint

Owners = dict[str, nn.Module | Optimizer]  # what has a state, by the name it goes under


def save_run(path: Path, owners: Owners, tensors: dict[str, Tensor], header: dict[str, Any]) -> None:
    """Write the state of every owner, further tensors and a JSON header that holds the run's settings under "run",
    in a folder that is there."""
    states = {f"{prefix}.{key}": value for prefix, owner in owners.items() for key, value in _tensors_of(owner).items()}
    write_checkpoint(path, states | tensors, header, make_folder=False)


def load_run(path: Path, owners: Owners, settings: dict[str, Any]) -> Checkpoint:
    """Put every owner in the state that `save_run` wrote, and give back all there is in the file.

    Raises CheckpointError where there is no such file, or it is of a run with other settings.
    """
    checkpoint = read_checkpoint(path)
    then, now = _flat(checkpoint.header.get("run") or {}), _flat(settings)
    changes = [
        f"{key} was {then.get(key)!r}, not {now.get(key)!r}" for key in now | then if then.get(key) != now.get(key)
    ]
    if changes:
        raise CheckpointError(f"{path.name} is of a run with other settings: {', '.join(changes)}")
    for prefix, owner in owners.items():
        start = len(prefix) + 1
        state = {key[start:]: value for key, value in checkpoint.tensors.items() if key.startswith(f"{prefix}.")}
        if isinstance(owner, Optimizer):
            _restore_optimizer(owner, state)
        else:
            owner.load_state_dict(state)
    return checkpoint


def _tensors_of(owner: nn.Module | Optimizer) -> dict[str, Tensor]:
    """Its state under plain names; an optimizer's settings are left out, the configuration has them."""
    if isinstance(owner, nn.Module):
        return owner.state_dict()
    slots = owner.state_dict()["state"]
    return {f"{index}.{key}": value for index, slot in slots.items() for key, value in slot.items()}


def _restore_optimizer(optimizer: Optimizer, tensors: dict[str, Tensor]) -> None:
    slots: dict[int, dict[str, Tensor]] = {}
    for name, tensor in tensors.items():
        index, key = name.split(".", 1)
        slots.setdefault(int(index), {})[key] = tensor
    optimizer.load_state_dict({"state": slots, "param_groups": optimizer.state_dict()["param_groups"]})
    # The fused kernel walks weights and moments side by side in memory, so both must be laid out alike.
    for parameter, slot in optimizer.state.items():
        for key, value in slot.items():
            if value.shape == parameter.shape:
                slot[key] = torch.empty_like(parameter, requires_grad=False).copy_(value)


def _flat(settings: dict[str, Any]) -> dict[str, Any]:
    """Settings within settings under dotted names."""
    flat = {}
    for key, value in settings.items():
        flat |= {f"{key}.{k}": v for k, v in value.items()} if isinstance(value, dict) else {key: value}
    return flat
