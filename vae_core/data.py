"""MNIST, who wrote it, and pen strokes as tensors, held in memory."""

import gzip
import hashlib
import sys
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from vae_core.config import DIGITS, brief
from vae_core.drawing.strokes import render_strokes
from vae_core.idx import BROKEN, candidates, is_whole, unpacked

MNIST_FILES = {  # sha256 of the four files, as published by LeCun, Cortes and Burges
    "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}
WRITER_FILES = {  # sha256 of QMNIST's extended labels, as published by Yadav and Bottou
    "qmnist-train-labels-idx2-int.gz": "2c05dc77f6b916b38e455e97ab129a42a444f3dbef09b278a366f82904e0dd9f",
    "qmnist-test-labels-idx2-int.gz": "9fbcbe594c3766fdf4f0b15c5165dc0d1e57ac604e01422608bb72c906030d06",
}
WRITER_COLUMN, COLUMNS = 2, 8  # of the extended labels, each a row of big-endian int32
IMAGES_HEADER, LABELS_HEADER = 16, 8  # bytes before the values of MNIST's files
HEADER_BYTES = 12  # of an IDX file of two dimensions
MNIST_COUNTS = {"train": 60_000, "test": 10_000}  # rows of QMNIST that are MNIST's digits; its test set goes on
DATA_LOCK = "mnist.lock"  # held while they are downloaded on demand
HELD_OUT = 5  # one writer in so many is kept for testing


class DataError(ValueError):
    """Training or test data are missing, damaged or not what they should be."""


@dataclass(frozen=True)
class Digits:
    """images (N, 28, 28) uint8, 255 is ink; labels (N,) int64."""

    images: Tensor
    labels: Tensor

    def __len__(self) -> int:
        return len(self.labels)

    def take(self, index: Tensor) -> tuple[Tensor, Tensor]:
        """The pictures as floats in [0, 1], (B, 28, 28), and their labels (B,)."""
        return self.images[index].float().div_(255.0), self.labels[index]


@dataclass(frozen=True)
class PenDigits:
    """Digits as strokes: strokes[i] is a list of (N, 2) arrays, x right, y down; labels (N,); writers (N,) str."""

    strokes: list[list[NDArray[np.float32]]]
    labels: NDArray[np.int64]
    writers: NDArray[np.str_]


def load_mnist(root: str | Path, train: bool) -> Digits:
    """MNIST's training or test set from the four files below `root`, wherever `vae_core.idx` finds them; downloaded to
    `root`/MNIST/raw by torchvision when one is absent.

    Raises DataError where a file is missing and cannot be downloaded, or is not the published one.
    """
    if not has_mnist(root):
        _download_mnist(root)
    prefix = "train" if train else "t10k"
    images, labels = (_published(root, f"{prefix}-{kind}-ubyte") for kind in ("images-idx3", "labels-idx1"))
    return Digits(
        torch.from_numpy(np.frombuffer(images, np.uint8, offset=IMAGES_HEADER).reshape(-1, 28, 28).copy()),
        torch.from_numpy(np.frombuffer(labels, np.uint8, offset=LABELS_HEADER).astype(np.int64)),
    )


def has_mnist(root: str | Path) -> bool:
    """Whether the four files are below `root`; what is in them is not looked at, but that an archive is whole."""
    return all(any(map(is_whole, candidates(root, name))) for name in MNIST_FILES)


def cut_mnist(root: str | Path) -> list[Path]:
    """The archives of MNIST's files below `root` that cannot be unpacked."""
    return [path for name in MNIST_FILES for path in candidates(root, name) if not is_whole(path)]


def _download_mnist(root: str | Path) -> None:
    from torchvision.datasets import MNIST  # here, so that serving a model does not import torchvision

    raw = Path(root) / "MNIST" / "raw"
    try:
        MNIST(root=str(root), download=True)
    except (OSError, RuntimeError, EOFError, HTTPException) as error:
        cut = cut_mnist(root)
        what = f"{cut[0]} is cut or damaged, and MNIST" if cut else "MNIST is not there and"
        raise DataError(
            f"{what} could not be downloaded: put the four files {', '.join(MNIST_FILES)} in {raw}"
        ) from error


def _published(root: str | Path, name: str) -> bytes:
    """What is in the one of MNIST's files that goes by this name; raises DataError where none is the published one."""
    expected, wrong = MNIST_FILES[name], []
    for path in candidates(root, name):
        try:
            content = unpacked(path)
        except PermissionError:
            wrong.append(f"{path} may not be read")
            continue
        except BROKEN:
            content = b""
        if hashlib.sha256(content).hexdigest() == expected:
            return content
        wrong.append(f"{path} is damaged or not MNIST's: expected sha256 {expected}; delete it to download it again")
    raise DataError(next(iter(wrong), f"{name} is not below {root}"))


def load_writers(root: str | Path, train: bool) -> Tensor:
    """Who wrote each digit of `load_mnist`, (N,) int64, from `root`/QMNIST/raw, downloaded there by torchvision when
    absent. Nobody wrote in both sets.

    Raises DataError where the file is missing and cannot be downloaded, or is not the published one.
    """
    part = "train" if train else "test"
    path = Path(root) / "QMNIST" / "raw" / f"qmnist-{part}-labels-idx2-int.gz"
    if not path.is_file():
        _download_writers(path, part)
    expected = WRITER_FILES[path.name]
    if _sha256(path) != expected:
        raise DataError(
            f"{path} is damaged or not QMNIST's: expected sha256 {expected}; delete it to download it again"
        )
    rows = np.frombuffer(gzip.decompress(path.read_bytes()), ">i4", offset=HEADER_BYTES).reshape(-1, COLUMNS)
    return torch.from_numpy(rows[: MNIST_COUNTS[part], WRITER_COLUMN].astype(np.int64))


def writers_or_none(root: str | Path, train: bool, lost: str) -> Tensor | None:
    """What `load_writers` gives, or None and one sentence on stderr that ends in what is lost without."""
    try:
        return load_writers(root, train)
    except DataError as error:
        print(f"{error}: {lost}", file=sys.stderr)
        return None


def _download_writers(path: Path, part: str) -> None:
    from torchvision.datasets import QMNIST
    from torchvision.datasets.utils import download_url

    url, md5 = next(resource for resource in QMNIST.resources[part] if resource[0].endswith(path.name))
    try:
        download_url(url, str(path.parent), path.name, md5)
    except (OSError, RuntimeError, EOFError, HTTPException) as error:
        raise DataError(f"who wrote MNIST's digits is not in {path} and could not be downloaded") from error


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def load_pen_digits(path: str | Path) -> PenDigits:
    """Pen strokes from an .npz of points, stroke_offsets, digit_offsets, labels and writers, never unpickled.

    Raises DataError where the file is missing, damaged or something else.
    """
    strokes, labels, writers = read_strokes(path, "digit_offsets", "labels", "writers")
    count = len(strokes)
    if labels.shape != (count,) or labels.dtype.kind not in "iu" or not ((labels >= 0) & (labels < DIGITS)).all():
        raise DataError(f"{path}: expected {count} labels from 0 to 9, got {brief(labels)}")
    if writers.shape != (count,) or writers.dtype.kind != "U":
        raise DataError(f"{path}: expected {count} names of writers, got {brief(writers)}")
    return PenDigits(strokes, labels.astype(np.int64), writers)


def read_strokes(path: str | Path, offsets: str, *others: str) -> tuple[Any, ...]:
    """Drawings as lists of (N, 2) float32 strokes, then the arrays of those other names, unchecked.

    `offsets` names where each drawing's strokes begin. Raises DataError where the file is no .npz of such.
    """
    arrays, name = [], ""
    try:
        with open(path, "rb") as file, np.load(file, allow_pickle=False) as archive:
            for name in ("points", "stroke_offsets", offsets, *others):
                arrays.append(archive[name])
    except Exception as error:  # of a damaged file, the readers of zip and npy raise a dozen kinds
        reason = f"it has no {name!r} that can be read" if name else "it is missing, damaged or something else"
        raise DataError(f"{path} is not a file of pen strokes: {reason}") from error
    points, stroke_offsets, drawing_offsets, *rest = arrays
    if points.ndim != 2 or points.shape[1] != 2 or points.dtype.kind != "f" or not np.isfinite(points).all():
        raise DataError(f"{path}: expected points as (P, 2) finite numbers, got {brief(points)}")
    _check_offsets(path, "stroke_offsets", stroke_offsets, len(points))
    _check_offsets(path, offsets, drawing_offsets, len(stroke_offsets) - 1)
    strokes = np.split(points.astype(np.float32), stroke_offsets[1:-1])
    return [strokes[first:last] for first, last in pairwise(drawing_offsets)], *rest


def _check_offsets(path: str | Path, name: str, offsets: NDArray[Any], total: int) -> None:
    """Every piece has something in it, and together they have everything."""
    good = offsets.ndim == 1 and offsets.dtype.kind in "iu" and len(offsets) >= 2
    if not (good and offsets[0] == 0 and offsets[-1] == total and (offsets[1:] > offsets[:-1]).all()):
        raise DataError(f"{path}: expected {name} that rise from 0 to {total}")


def split_by_writer(pen: PenDigits, train: bool) -> PenDigits:
    """The digits of the writers for training, or of the one writer in five kept for testing; by a hash of the name."""
    held_out = np.array([int(hashlib.sha256(w.encode()).hexdigest(), 16) % HELD_OUT == 0 for w in pen.writers])
    chosen = np.flatnonzero(~held_out if train else held_out)
    return PenDigits([pen.strokes[i] for i in chosen], pen.labels[chosen], pen.writers[chosen])


def render_pen_digits(
    pen: PenDigits,
    vary: Callable[[list[NDArray[np.float32]], int], tuple[list[NDArray[np.float32]], float]] | None = None,
    copies: int = 1,
) -> Digits:
    """Every digit drawn `copies` times as MNIST has it.

    `vary` maps strokes and their digit to other strokes and a pen width.
    """
    images = np.empty((copies * len(pen.strokes), 28, 28), dtype=np.uint8)
    for copy in range(copies):
        for i, strokes in enumerate(pen.strokes):
            drawn = render_strokes(strokes) if vary is None else render_strokes(*vary(strokes, int(pen.labels[i])))
            images[copy * len(pen.strokes) + i] = np.rint(255.0 * drawn)
    return Digits(torch.from_numpy(images), torch.from_numpy(np.tile(pen.labels, copies)))
