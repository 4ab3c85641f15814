"""Pictures and checkpoints made to cost more than they look: refused, or read at a cost that is known."""

import io
import struct
import time
import zlib
from pathlib import Path

import numpy as np
import pytest
from costly import encoded, scans, square
from PIL import Image
from tiny import TINY, roughen

from demo.door.limits import MODEL_MULTIPLICATIONS
from demo.door.shelves import Shelves
from demo.tabs.train.keep import keep
from vae_core.checkpoint import MAX_HEADER_BYTES, MAX_TENSORS, CheckpointError, read_checkpoint, save_model
from vae_core.config import ModelConfig
from vae_core.drawing.file_header import MOST_PARTS, TIFF_PICTURES, read_header
from vae_core.drawing.largest import MARKS, label_marks
from vae_core.drawing.picture_file import read_picture
from vae_core.drawing.preprocess import preprocess_each
from vae_core.drawing.strokes import BlankDrawing
from vae_core.model import build_model

COUNT = MOST_PARTS + 1
JPEG, PNG, GIF = (encoded(square(60), kind) for kind in ("JPEG", "PNG", "GIF"))
WEBP = encoded(square(60).convert("RGB"), "WEBP")
EMPTY = struct.pack(">I4sI", 0, b"IDAT", zlib.crc32(b"IDAT"))
IN_PARTS = {
    "JPEG": JPEG[:2] + b"\xff\xfe\0\2" * COUNT + JPEG[2:],
    "PNG": PNG[:33] + EMPTY * COUNT + PNG[33:],
    "GIF": GIF[:-1] + b"\x21\xfe" + b"\1a" * COUNT + b"\0;",
    "WEBP": WEBP + b"none\0\0\0\0" * COUNT,
}


@pytest.mark.parametrize("name", IN_PARTS)
def test_a_file_in_countless_parts_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="broken"):
        read_picture(IN_PARTS[name])


def test_a_run_of_marker_bytes_costs_as_much_as_it_is_long() -> None:
    """It cost the square of that: an hour for a megabyte."""

    def seconds(length: int) -> float:
        data = JPEG[:-2] + b"\xff" * length + b"\0" + JPEG[-2:]
        return min(timed(lambda: read_header("JPEG", data)) for _ in range(3))

    assert seconds(1_000_000) < 2000 * max(seconds(10_000), 1e-4)  # 100 where it is linear, 10 000 where it is not


def timed(work) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


@pytest.mark.parametrize("side", [5400, 7000, 16000])
def test_a_few_bytes_that_claim_to_be_a_huge_picture_are_refused(side: int) -> None:
    data = b"RIFF\x1e\0\0\0WEBPVP8L\x11\0\0\0\x2f" + struct.pack("<I", side - 1 & 0x3FFF | (side - 1 & 0x3FFF) << 14)
    with pytest.raises(ValueError, match="picture"):
        read_picture(data + bytes(13))


def test_a_jpeg_of_countless_scans_is_refused() -> None:
    with pytest.raises(ValueError, match="fewer passes"):
        read_picture(scans(2000, 300))


def test_of_a_tiff_of_many_pictures_the_first_few_are_looked_at() -> None:
    file = io.BytesIO()
    first, *others = [square(60) for _ in range(3 * TIFF_PICTURES)]
    first.save(file, "TIFF", save_all=True, append_images=others)
    assert read_header("TIFF", file.getvalue()).frames == TIFF_PICTURES
    assert read_picture(file.getvalue()).shape[:2] == (60, 60)


def test_a_tiff_that_leads_back_to_itself_ends() -> None:
    data = bytearray(encoded(square(60), "TIFF"))
    (at,) = struct.unpack_from("<I", data, 4)
    (entries,) = struct.unpack_from("<H", data, at)
    struct.pack_into("<I", data, at + 2 + 12 * entries, at)
    assert read_header("TIFF", bytes(data)).frames == TIFF_PICTURES


def test_a_picture_of_countless_dots_is_no_digit() -> None:
    dots = np.full((1024, 1024), 255, np.uint8)
    dots[::3, ::3] = 0
    with pytest.raises(BlankDrawing):
        preprocess_each(read_picture(encoded(Image.fromarray(dots), "PNG")))


def test_of_countless_marks_the_largest_are_told_apart() -> None:
    mask = np.zeros((300, 300), bool)
    mask[::3, ::3] = True  # 10 000 dots
    mask[100:140, 150] = True
    labels = label_marks(mask)
    assert labels.max() == MARKS and len(np.unique(labels[100:140, 150])) == 1 and labels[100, 150] > 0
    assert ((labels > 0) <= mask).all()


# Checkpoints.


def header_of(count: int, more: str = "") -> bytes:
    listed = [f'"{k}":{{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}' for k in range(count)]
    header = ("{" + ",".join([*listed, *([more] if more else [])]) + "}").encode()
    return struct.pack("<Q", len(header)) + header


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (header_of(MAX_TENSORS + 1), "tensors: expected at most"),
        (header_of(1, f'"__metadata__":{{"a":"{"x" * MAX_HEADER_BYTES}"}}'), "bytes of itself: expected at most"),
        (struct.pack("<Q", 2**63) + b"{}", "is not a whole safetensors file"),
        (struct.pack("<Q", 900_000) + b"[" * 900_000, "is not a whole safetensors file"),
        (struct.pack("<Q", 500_000) + b'{"a":' * 100_000, "is not a whole safetensors file"),
        (header_of(1)[:-1], "is not a whole safetensors file"),
        (b"\x80\x04\x95", "is not a whole safetensors file"),
        (b"", "is not a whole safetensors file"),
    ],
    ids=["tensors", "words", "claims", "lists", "objects", "cut", "pickle", "empty"],
)
def test_a_hostile_checkpoint_is_refused_in_a_sentence(tmp_path: Path, data: bytes, words: str) -> None:
    (tmp_path / "a.safetensors").write_bytes(data)
    with pytest.raises(CheckpointError, match=words):
        read_checkpoint(tmp_path / "a.safetensors")


def test_a_brought_model_that_is_dear_to_ask_is_refused(tmp_path: Path) -> None:
    dear = ModelConfig(latent_dim=2, width=64, depth=3, classifier_width=8)  # 10 MB
    assert dear.multiplications > MODEL_MULTIPLICATIONS
    (tmp_path / "shelves").mkdir()
    for config, fits in ((TINY, True), (dear, False)):
        save_model(tmp_path / "model.safetensors", roughen(build_model(config)), "model", {})
        data = (tmp_path / "model.safetensors").read_bytes()
        if fits:
            assert keep(Shelves(tmp_path / "shelves"), "a" * 32, data).startswith("loaded-")
            continue
        with pytest.raises(ValueError, match="costs less"):
            keep(Shelves(tmp_path / "shelves"), "a" * 32, data)
