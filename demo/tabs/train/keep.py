"""Checkpoints that people take away and bring."""

import hashlib
import os
import tempfile
from pathlib import Path

import numpy as np

from demo.door.models import load
from demo.door.pictures import test_digits

KEPT = 8  # brought files
SIZE_LIMIT = 12_000_000  # bytes; the largest that can be trained here has 8 million


def keep(folder: Path, data: bytes) -> str:
    """Put a checkpoint that somebody brought beside the others; its name, which is that of its content.

    Nothing of it is run or unpickled. Raises ValueError for anything but a model that the page can show.
    """
    if not 0 < len(data) <= SIZE_LIMIT:
        raise ValueError(f"expected a checkpoint of at most {SIZE_LIMIT // 1_000_000} MB")
    name = f"loaded-{hashlib.sha256(data).hexdigest()[:8]}"
    with tempfile.TemporaryDirectory(dir=folder) as aside:
        file = Path(aside) / "the file"  # what the loader's complaint calls it
        file.write_bytes(data)
        check(file)
        os.replace(file, folder / f"{name}.safetensors")
    drop_oldest(folder, "loaded-*.safetensors", KEPT)
    return name


def check(file: Path) -> None:
    """Raise ValueError unless the file holds a model that reads and draws real digits in finite numbers."""
    model = load(file)
    try:
        with np.errstate(all="ignore"):
            drawn = model.reconstruct(test_digits())
    except ValueError:
        drawn = np.array(np.nan)
    if not np.isfinite(drawn).all():
        raise ValueError("the file holds a model whose pictures are no numbers")


def drop_oldest(folder: Path, pattern: str, kept: int) -> None:
    """Remove all files of that pattern but the `kept` newest."""
    files = sorted(folder.glob(pattern), key=lambda path: path.stat().st_mtime, reverse=True)
    for file in files[kept:]:
        file.unlink(missing_ok=True)
