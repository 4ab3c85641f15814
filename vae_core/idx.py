"""Files of MNIST's format as people have them: named with a dash or a dot, packed or not, in one of several folders."""

import functools
import gzip
import os
import zlib
from pathlib import Path

FOLDERS = ("MNIST/raw", "MNIST", "raw", "")  # below the folder of the data; the first is torchvision's
BROKEN = (OSError, EOFError, zlib.error)  # what reading a cut or damaged archive ends in


def candidates(root: str | Path, name: str) -> list[Path]:
    """The files below `root` that may be the one published as `name`, such as train-images-idx3-ubyte."""
    names = [spelled + ending for ending in ("", ".gz") for spelled in (name, name.replace("-idx", ".idx"))]
    places = [Path(root, folder, *inner) for folder in FOLDERS for inner in ((), (name,))]  # some archives nest each
    return [place / name for place in places for name in names if os.path.isfile(place / name)]


def unpacked(path: Path) -> bytes:
    """What is in a file, decompressed where it is a .gz; raises one of BROKEN where it cannot be."""
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


def is_whole(path: Path) -> bool:
    """Whether a .gz can be decompressed to its end; what is not packed is not looked at."""
    return path.suffix != ".gz" or _unpacks(path, path.stat().st_mtime_ns, path.stat().st_size)


@functools.lru_cache(maxsize=64)
def _unpacks(path: Path, written: int, size: int) -> bool:
    try:
        return bool(unpacked(path))
    except BROKEN:
        return False
