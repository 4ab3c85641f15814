"""What is vendored is what was published, and is served as browsers want it."""

import gzip
import hashlib
import json

import brotli
import pytest

from demo.page.vendor import LOCK, VENDOR, vendor_folder, vendored_files

LOCKED = json.loads(LOCK.read_text())


def test_the_committed_bytes_are_those_of_the_lock_file() -> None:
    sums = {path.stem: hashlib.sha256(brotli.decompress(path.read_bytes())).hexdigest() for path in VENDOR.glob("*.br")}
    assert sums == LOCKED["files"]


def test_its_licence_lies_beside_it() -> None:
    assert LOCKED["license"] == "MIT"
    assert (VENDOR / "LICENSE").read_text().startswith("MIT License")


def test_its_address_names_its_version() -> None:
    assert vendor_folder() == f"vendor/{LOCKED['package']}-{LOCKED['version']}"


@pytest.mark.parametrize(
    ("encodings", "told", "unpack"),
    [
        ("gzip, deflate, br", "br", brotli.decompress),
        ("gzip, deflate", "gzip", gzip.decompress),
        ("identity", None, bytes),
    ],
)
@pytest.mark.parametrize("name", LOCKED["files"])
def test_it_is_served_packed_as_the_browser_takes_it(
    name: str, encodings: str, told: str | None, unpack: object
) -> None:
    answer = vendored_files()[name].answer(encodings)
    assert answer.headers.get("content-encoding") == told
    assert answer.headers["content-type"].split(";")[0] in ("application/wasm", "text/javascript")
    content = unpack(bytes(answer.body))  # type: ignore[operator]
    assert hashlib.sha256(content).hexdigest() == LOCKED["files"][name]
