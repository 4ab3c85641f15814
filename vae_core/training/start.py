"""Beginning a training with the weights of a checkpoint."""

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

from vae_core.checkpoint import CheckpointError, load_weights
from vae_core.model import ConditionalVAE


def begin_with(model: ConditionalVAE, path: Path) -> dict[str, Any]:
    """Give a model the weights of a checkpoint, and say which these are, as its card will.

    A prior that the checkpoint lacks stays as it is. Raises CheckpointError where the rest is not of the model's shape.
    """
    there, _, card = load_weights(path)
    if replace(there.config, couplings=0) != replace(model.config, couplings=0):
        raise CheckpointError(f"{path.name} is of another model: expected {model.config}, got {there.config}")
    without_prior = there.config.couplings != model.config.couplings
    weights = {key: value for key, value in there.state_dict().items() if not (without_prior and is_of_prior(key))}
    own = model.state_dict()
    model.load_state_dict(own | weights)
    return {"sha256": file_digest(path), "command": card.get("command"), "prior": card.get("prior")}


def is_of_prior(key: str) -> bool:
    """Whether a weight of that name belongs to the prior."""
    return key.startswith("prior.")


def file_digest(path: Path) -> str:
    """The sha256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
