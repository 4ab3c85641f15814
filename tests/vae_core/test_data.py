"""MNIST, who wrote it, and pen strokes: what is damaged or missing is named, and writers are never on both sides."""

import gzip
import http.client
import pickle
import struct
import urllib.error
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import torchvision.datasets

from vae_core import data as data_module
from vae_core.data import (
    MNIST_FILES,
    WRITER_FILES,
    DataError,
    Digits,
    PenDigits,
    cut_mnist,
    has_mnist,
    load_mnist,
    load_pen_digits,
    load_writers,
    render_pen_digits,
    split_by_writer,
    writers_or_none,
)
from vae_core.drawing.augment import vary_strokes
from vae_core.drawing.strokes import render_strokes


@pytest.fixture
def mnist_folder(tmp_path: Path, mnist_sample: Digits, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The sample as the four files of MNIST, taken for the published ones."""
    raw = tmp_path / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for name in MNIST_FILES:
        images, count = "images" in name, len(mnist_sample)
        shape = (2051, count, 28, 28) if images else (2049, count)
        values = mnist_sample.images if images else mnist_sample.labels.to(torch.uint8)
        (raw / name).write_bytes(struct.pack(f">{len(shape)}i", *shape) + values.numpy().tobytes())
    monkeypatch.setattr(data_module, "MNIST_FILES", {name: data_module._sha256(raw / name) for name in MNIST_FILES})
    return tmp_path


def no_network(error: BaseException) -> Callable[..., None]:
    def download(self: Any) -> None:
        raise error

    return download


@pytest.mark.parametrize("train", [True, False])
def test_mnist_is_read_from_its_four_files(mnist_folder: Path, mnist_sample: Digits, train: bool) -> None:
    digits = load_mnist(mnist_folder, train)
    assert (digits.images.dtype, digits.labels.dtype) == (torch.uint8, torch.int64)
    assert torch.equal(digits.images, mnist_sample.images)
    assert torch.equal(digits.labels, mnist_sample.labels)


def test_taken_digits_are_floats_from_nought_to_one(mnist_sample: Digits) -> None:
    x, labels = mnist_sample.take(torch.tensor([5, 0, 5]))
    assert (x.shape, x.dtype) == ((3, 28, 28), torch.float32)
    assert (x.min(), x.max()) == (0.0, 1.0)
    torch.testing.assert_close(x[1] * 255, mnist_sample.images[0].float())
    assert labels.tolist() == mnist_sample.labels[[5, 0, 5]].tolist()
    assert mnist_sample.images.max() == 255


@pytest.mark.parametrize("name", MNIST_FILES)
@pytest.mark.parametrize(
    "damage", [lambda b: b[:-1], lambda b: b[:100] + b"\7" + b[101:], lambda b: b"", lambda b: b + b"\0"]
)
def test_damaged_mnist_file_is_named_and_not_read(
    mnist_folder: Path, name: str, damage: Callable[[bytes], bytes]
) -> None:
    path = mnist_folder / "MNIST" / "raw" / name
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(DataError, match=rf"{name} is damaged or not MNIST's"):
        load_mnist(mnist_folder, train=name.startswith("train"))


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError("Error downloading train-images-idx3-ubyte.gz"),
        urllib.error.URLError("no route to host"),
        PermissionError(13, "Permission denied"),
        TimeoutError("timed out"),
        EOFError("Compressed file ended"),
        http.client.IncompleteRead(b""),
    ],
)
@pytest.mark.parametrize("missing", MNIST_FILES)
def test_missing_mnist_without_network_says_where_the_four_files_go(
    mnist_folder: Path, monkeypatch: pytest.MonkeyPatch, missing: str, error: Exception
) -> None:
    monkeypatch.setattr(torchvision.datasets.MNIST, "download", no_network(error))
    (mnist_folder / "MNIST" / "raw" / missing).unlink()
    with pytest.raises(DataError) as raised:
        load_mnist(mnist_folder, train=True)
    message = str(raised.value)
    assert str(mnist_folder / "MNIST" / "raw") in message
    assert all(name in message for name in MNIST_FILES)
    assert "\n" not in message


def test_mnist_that_is_there_is_never_downloaded(mnist_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torchvision.datasets.MNIST, "download", no_network(AssertionError("downloaded")))
    assert len(load_mnist(mnist_folder, train=True)) == 400


def rename(folder: Path, place: str) -> list[Path]:
    """Move the four files of MNIST to where people have them: `place` says how, NAME the published name."""
    moved = []
    for name in MNIST_FILES:
        file = folder / "MNIST" / "raw" / name
        content = file.read_bytes()
        file.unlink()
        new = folder / place.replace("NAME", name).replace("DOTTED", name.replace("-idx", ".idx"))
        new.parent.mkdir(parents=True, exist_ok=True)
        new.write_bytes(gzip.compress(content) if new.suffix == ".gz" else content)
        moved.append(new)
    return moved


PLACES = [
    "DOTTED", "NAME", "NAME.gz", "DOTTED.gz", "MNIST/raw/DOTTED", "MNIST/raw/NAME.gz", "MNIST/raw/DOTTED.gz",
    "raw/NAME", "MNIST/DOTTED.gz", "NAME/NAME", "NAME/DOTTED",
]  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
def test_mnist_is_found_by_any_of_its_usual_names_packed_or_not(
    mnist_folder: Path, mnist_sample: Digits, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    monkeypatch.setattr(torchvision.datasets.MNIST, "download", no_network(AssertionError("downloaded")))
    before = {file: file.read_bytes() for file in rename(mnist_folder, place)}
    assert has_mnist(mnist_folder)
    for train in (True, False):
        digits = load_mnist(mnist_folder, train)
        assert torch.equal(digits.images, mnist_sample.images) and torch.equal(digits.labels, mnist_sample.labels)
    left = {file: file.read_bytes() for file in mnist_folder.rglob("*") if file.is_file()}
    assert left == before  # nothing is written beside them: the folder may be read-only


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("damage", [lambda b: b[:-20], lambda b: b[:-20] + b"\7" * 20, lambda b: b""])
def test_the_one_file_that_is_wrong_is_named_wherever_it_lies(
    mnist_folder: Path, monkeypatch: pytest.MonkeyPatch, place: str, damage: Callable[[bytes], bytes]
) -> None:
    monkeypatch.setattr(torchvision.datasets.MNIST, "download", no_network(RuntimeError("no network")))
    wrong = rename(mnist_folder, place)[0]
    wrong.write_bytes(damage(wrong.read_bytes()))
    with pytest.raises(DataError) as raised:
        load_mnist(mnist_folder, train=True)
    assert str(raised.value).startswith(f"{wrong} is ") and "\n" not in str(raised.value)
    assert "damaged" in str(raised.value)


def test_a_right_file_is_read_where_another_of_its_name_is_wrong(mnist_folder: Path, mnist_sample: Digits) -> None:
    for name in MNIST_FILES:
        (mnist_folder / f"{name}.gz").write_bytes(gzip.compress((mnist_folder / "MNIST" / "raw" / name).read_bytes()))
        (mnist_folder / "MNIST" / "raw" / name).write_bytes(b"cut")
    assert torch.equal(load_mnist(mnist_folder, train=True).images, mnist_sample.images)


def test_an_archive_that_was_cut_is_not_there_until_it_is_whole(mnist_folder: Path) -> None:
    """A download that broke off leaves one, and is offered again."""
    file = rename(mnist_folder, "MNIST/raw/NAME.gz")[1]
    whole = file.read_bytes()
    file.write_bytes(whole[:-9])
    assert (has_mnist(mnist_folder), cut_mnist(mnist_folder)) == (False, [file])
    file.write_bytes(whole)
    assert (has_mnist(mnist_folder), cut_mnist(mnist_folder)) == (True, [])


def test_published_files_are_taken_for_what_they_are(data_folder: Path) -> None:
    train, test = load_mnist(data_folder, True), load_mnist(data_folder, False)
    assert (train.images.shape, test.images.shape) == ((60_000, 28, 28), (10_000, 28, 28))
    assert test.labels[:5].tolist() == [7, 2, 1, 0, 4]


# Who wrote MNIST.


@pytest.fixture
def writers_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Extended labels of 70,000 rows for testing, of which MNIST has 10,000, and of 50 for training."""
    raw = tmp_path / "QMNIST" / "raw"
    raw.mkdir(parents=True)
    for name, count in zip(WRITER_FILES, (50, 70_000), strict=True):
        rows = np.arange(8 * count, dtype=">i4").reshape(count, 8)
        rows[:, 2] = np.arange(count) + 2**16
        (raw / name).write_bytes(gzip.compress(struct.pack(">3i", 3074, count, 8) + rows.tobytes()))
    monkeypatch.setattr(data_module, "WRITER_FILES", {name: data_module._sha256(raw / name) for name in WRITER_FILES})
    return tmp_path


def test_writers_are_the_third_column_of_the_rows_that_are_mnists(writers_folder: Path) -> None:
    train, test = load_writers(writers_folder, True), load_writers(writers_folder, False)
    assert (train.dtype, train.tolist()) == (torch.int64, list(range(2**16, 2**16 + 50)))
    assert (len(test), int(test[-1])) == (10_000, 2**16 + 9_999)


@pytest.mark.parametrize("damage", [lambda b: b[:-1], lambda b: b"", lambda b: b + b"\0"])
def test_damaged_writers_are_named_and_not_read(writers_folder: Path, damage: Callable[[bytes], bytes]) -> None:
    path = writers_folder / "QMNIST" / "raw" / next(iter(WRITER_FILES))
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(DataError, match=rf"{path.name} is damaged or not QMNIST's"):
        load_writers(writers_folder, train=True)


def test_missing_writers_are_downloaded_to_where_they_are_looked_for(
    writers_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = writers_folder / "QMNIST" / "raw" / "qmnist-train-labels-idx2-int.gz"
    published = path.read_bytes()
    asked = []

    def download(url: str, root: str, filename: str, md5: str) -> None:
        asked.append((url.rsplit("/", 1)[1], len(md5)))
        (Path(root) / filename).write_bytes(published)

    monkeypatch.setattr(torchvision.datasets.utils, "download_url", download)
    path.unlink()
    assert len(load_writers(writers_folder, train=True)) == 50
    assert asked == [(path.name, 32)]


@pytest.mark.parametrize("error", [RuntimeError("File not found"), urllib.error.URLError("no route"), TimeoutError()])
def test_without_writers_one_sentence_says_what_is_lost(
    writers_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: Exception
) -> None:
    def download(*arguments: str) -> None:
        raise error

    monkeypatch.setattr(torchvision.datasets.utils, "download_url", download)
    path = writers_folder / "QMNIST" / "raw" / "qmnist-test-labels-idx2-int.gz"
    path.unlink()
    with pytest.raises(DataError, match="could not be downloaded"):
        load_writers(writers_folder, train=False)
    assert writers_or_none(writers_folder, False, "hands are not measured") is None
    told = capsys.readouterr().err
    assert told.count("\n") == 1 and str(path) in told and told.endswith("hands are not measured\n")
    assert writers_or_none(writers_folder, True, "nothing") is not None


def test_published_writers_are_none_in_both_sets(data_folder: Path) -> None:
    if not (data_folder / "QMNIST" / "raw").is_dir():
        pytest.skip(f"QMNIST is not in {data_folder}")
    train, test = load_writers(data_folder, True).unique(), load_writers(data_folder, False).unique()
    assert (len(train), len(test)) == (539, 297)
    assert set(train.tolist()).isdisjoint(test.tolist())


# Pen strokes.


def pen_arrays(count: int = 40, writers: int = 20) -> dict[str, Any]:
    """Made-up digits of one or two strokes, each with three points."""
    strokes = [1 + i % 2 for i in range(count)]
    total = sum(strokes)
    return {
        "points": np.random.random((3 * total, 2)).astype(np.float16),
        "stroke_offsets": np.arange(0, 3 * total + 1, 3, dtype=np.int32),
        "digit_offsets": np.concatenate([[0], np.cumsum(strokes)]).astype(np.int32),
        "labels": (np.arange(count) % 10).astype(np.uint8),
        "writers": np.array([f"made:{i % writers}" for i in range(count)]),
    }


def write_pen(path: Path, **changes: Any) -> Path:
    arrays = {name: value for name, value in {**pen_arrays(), **changes}.items() if value is not None}
    np.savez(path, **arrays)
    return path


@pytest.fixture
def pen(tmp_path: Path) -> PenDigits:
    return load_pen_digits(write_pen(tmp_path / "pen.npz"))


def test_pen_digits_are_cut_at_their_offsets(tmp_path: Path) -> None:
    arrays = pen_arrays(4)
    np.savez(tmp_path / "pen.npz", **arrays)
    pen = load_pen_digits(tmp_path / "pen.npz")
    assert [len(strokes) for strokes in pen.strokes] == [1, 2, 1, 2]
    np.testing.assert_array_equal(pen.strokes[1][1], arrays["points"][6:9].astype(np.float32))
    assert (pen.labels.dtype, pen.labels.tolist()) == (np.int64, [0, 1, 2, 3])
    assert pen.writers.tolist() == [f"made:{i}" for i in range(4)]


@pytest.mark.parametrize("missing", ["points", "stroke_offsets", "digit_offsets", "labels", "writers"])
def test_pen_file_without_an_array_is_refused_by_its_name(tmp_path: Path, missing: str) -> None:
    with pytest.raises(DataError, match=missing):
        load_pen_digits(write_pen(tmp_path / "pen.npz", **{missing: None}))


class Trap:
    """Unpickling it is an error of its own."""

    def __reduce__(self) -> tuple[Any, ...]:
        return exec, ("raise SystemExit('unpickled')",)


@pytest.mark.parametrize("name", ["points", "labels", "writers"])
def test_pickled_arrays_are_refused_and_never_unpickled(tmp_path: Path, name: str) -> None:
    with pytest.raises(DataError, match=f"it has no '{name}' that can be read"):
        load_pen_digits(write_pen(tmp_path / "pen.npz", **{name: np.array([Trap()], dtype=object)}))
    (tmp_path / "pen.npz").write_bytes(pickle.dumps(Trap()))
    with pytest.raises(DataError):
        load_pen_digits(tmp_path / "pen.npz")


def test_pen_file_cut_or_changed_anywhere_is_refused_or_read_whole(tmp_path: Path) -> None:
    path = write_pen(tmp_path / "pen.npz")
    data = path.read_bytes()
    for cut in range(0, len(data), 97):
        path.write_bytes(data[:cut])
        with pytest.raises(DataError):
            load_pen_digits(path)
    for place in range(0, len(data), 53):
        path.write_bytes(data[:place] + bytes([data[place] ^ 0xFF]) + data[place + 1 :])
        try:
            assert len(load_pen_digits(path).strokes) == 40
        except DataError as error:
            assert path.name in str(error)


@pytest.mark.parametrize(
    "changes",
    [
        {"points": np.zeros((180, 3))},
        {"points": np.zeros(180)},
        {"points": np.zeros((180, 2), dtype=int)},
        {"points": np.full((180, 2), np.nan)},
        {"points": np.full((180, 2), np.inf, dtype=np.float16)},
        {"points": np.zeros((179, 2))},
        {"stroke_offsets": np.zeros(61, dtype=int)},
        {"stroke_offsets": np.arange(0, 181, 3)[::-1]},
        {"stroke_offsets": np.arange(0, 181, 3).astype(float)},
        {"stroke_offsets": np.array(0)},
        {"stroke_offsets": np.array([], dtype=int)},
        {"stroke_offsets": np.arange(1, 182, 3)},
        {"digit_offsets": np.array([0, 60])},
        {"digit_offsets": np.array([0, 70, 60])},
        {"digit_offsets": np.array([0, -1, 60])},
        {"labels": np.zeros(39, dtype=int)},
        {"labels": np.full(40, 10)},
        {"labels": np.full(40, -1)},
        {"labels": np.zeros(40)},
        {"labels": np.array(["a"] * 40)},
        {"writers": np.array(["a"] * 39)},
        {"writers": np.zeros(40, dtype=int)},
        {"writers": np.array(["a"] * 40).astype("S")},
    ],
)
def test_pen_arrays_that_do_not_fit_one_another_are_refused(tmp_path: Path, changes: dict[str, Any]) -> None:
    with pytest.raises(DataError, match=r"pen\.npz: expected .* (got|rise)"):
        load_pen_digits(write_pen(tmp_path / "pen.npz", **changes))


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"points", b"\x93NUMPY"])
def test_file_of_something_else_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "pen.npz").write_bytes(data)
    with pytest.raises(DataError, match="not a file of pen strokes"):
        load_pen_digits(tmp_path / "pen.npz")


def test_missing_file_and_lone_array_are_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "pen.npy", np.zeros(3))
    for name in ("none.npz", "pen.npy", "."):
        with pytest.raises(DataError, match="not a file of pen strokes"):
            load_pen_digits(tmp_path / name)


def test_no_writer_is_on_both_sides_and_every_digit_is_on_one(pen: PenDigits) -> None:
    train, test = split_by_writer(pen, train=True), split_by_writer(pen, train=False)
    assert set(train.writers).isdisjoint(test.writers)
    assert set(train.writers) | set(test.writers) == set(pen.writers)
    assert len(train.labels) + len(test.labels) == len(train.strokes) + len(test.strokes) == 40
    assert 0 < len(set(test.writers)) < len(set(train.writers))


def test_split_depends_neither_on_the_order_nor_on_the_other_writers(pen: PenDigits) -> None:
    held_out = set(split_by_writer(pen, train=False).writers)
    some = np.random.permutation(40)[:25]
    part = PenDigits([pen.strokes[i] for i in some], pen.labels[some], pen.writers[some])
    assert set(split_by_writer(part, train=False).writers) == held_out & set(part.writers)


def test_split_keeps_strokes_labels_and_writers_together(pen: PenDigits) -> None:
    known = {
        id(strokes): (label, writer)
        for strokes, label, writer in zip(pen.strokes, pen.labels, pen.writers, strict=True)
    }
    for side in (split_by_writer(pen, train=True), split_by_writer(pen, train=False)):
        for strokes, label, writer in zip(side.strokes, side.labels, side.writers, strict=True):
            assert known[id(strokes)] == (label, writer)


def test_real_writers_are_split_about_one_in_five(data_folder: Path) -> None:
    pen = load_pen_digits(data_folder / "pen-digits-dev.npz")
    test = split_by_writer(pen, train=False)
    assert len(pen.labels) == 7_792
    assert 0.1 < len(set(test.writers)) / len(set(pen.writers)) < 0.3
    assert set(test.labels) == set(range(10))


def test_rendered_pen_digits_are_what_render_strokes_draws(pen: PenDigits) -> None:
    drawn = render_pen_digits(pen)
    assert (drawn.images.shape, drawn.images.dtype, drawn.labels.dtype) == ((40, 28, 28), torch.uint8, torch.int64)
    for i in (0, 17, 39):
        np.testing.assert_allclose(drawn.images[i].numpy() / 255, render_strokes(pen.strokes[i]), atol=0.5 / 255 + 1e-6)
    assert drawn.labels.tolist() == pen.labels.tolist()


def test_each_copy_of_a_pen_digit_is_by_another_hand(pen: PenDigits) -> None:
    rng = np.random.default_rng(0)
    drawn = render_pen_digits(pen, lambda strokes, digit: vary_strokes(strokes, digit, rng), copies=3)
    assert len(drawn) == 120
    assert drawn.labels.tolist() == pen.labels.tolist() * 3
    assert not torch.equal(drawn.images[:40], drawn.images[40:80])
