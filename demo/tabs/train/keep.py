"""Checkpoints that people take away and bring."""

import hashlib
import os
import tempfile
from pathlib import Path

import numpy as np

from demo.door.limits import CHECKPOINT_LIMIT, MODEL_MULTIPLICATIONS
from demo.door.models import load
from demo.door.pictures import test_digits
from demo.door.shelves import Shelves, is_plain
from vae_core.lock import alone

KEPT = 8  # brought files of a page


def keep(shelves: Shelves, page: str, data: bytes) -> str:
    """Put a checkpoint that a page brought on its shelf; its name, which is that of its content.

    Nothing of it is run or unpickled. Raises ValueError for anything but a model that the page can show.
    """
    if not 0 < len(data) <= CHECKPOINT_LIMIT:
        raise ValueError(f"expected a checkpoint of at most {CHECKPOINT_LIMIT // 1_000_000} MB")
    name = f"loaded-{hashlib.sha256(data).hexdigest()[:16]}"
    place = shelves.of(page) / f"{name}.safetensors"
    with tempfile.TemporaryDirectory(dir=shelves.folder) as aside:
        file = Path(aside) / "the file"  # what the loader's complaint calls it
        file.write_bytes(data)
        check(file)
        if not is_plain(place):
            with alone(shelves.folder / "shelves.lock", "others are bringing models at this moment"):
                shelves.make_room(page, True, KEPT)
        os.replace(file, place)
    return name


def check(file: Path) -> None:
    """Raise ValueError unless the file holds a model that reads and draws real digits in finite numbers."""
    model = load(file)
    if model.config.multiplications > MODEL_MULTIPLICATIONS:
        raise ValueError("expected a model that costs less to ask: one of less width or depth")
    try:
        with np.errstate(all="ignore"):
            drawn = model.reconstruct(test_digits())
    except ValueError:
        drawn = np.array(np.nan)
    if not np.isfinite(drawn).all():
        raise ValueError("the file holds a model whose pictures are no numbers")
