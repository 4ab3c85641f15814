"""Bring what the page needs from npm, check it against the lock file, and keep it in the tree, packed.

    python -m scripts.vendor

`--lock VERSION` takes another version and writes the lock file anew: read what changed before you commit it.
"""

import argparse
import base64
import hashlib
import io
import json
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import Any

import brotli

from demo.page.vendor import LOCK, VENDOR

PACKAGE = "onnxruntime-web"
WANTED = ("ort.wasm.bundle.min.mjs", "ort-wasm-simd-threaded.wasm")  # of its dist/
WINDOW = 24  # bits, of Brotli: the whole file is seen at once


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lock", metavar="VERSION", help="take this version, and lock it")
    options = parser.parse_args()
    lock = new_lock(options.lock) if options.lock else json.loads(LOCK.read_text())
    files = unpack(fetch(lock["package"], lock["version"]), lock["integrity"])
    sums = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    if options.lock:
        lock["files"] = sums
    elif sums != lock["files"]:
        raise SystemExit(f"{PACKAGE}: its files are not those of {LOCK.name}")
    VENDOR.mkdir(exist_ok=True)
    for name, content in files.items():
        (VENDOR / f"{name}.br").write_bytes(brotli.compress(content, lgwin=WINDOW))  # minutes for the largest
    LOCK.write_text(json.dumps(lock, indent=2) + "\n")
    print(f"{PACKAGE} {lock['version']}: {', '.join(files)}")


def new_lock(version: str) -> dict[str, Any]:
    told = json.loads(run("npm", "view", "--json", f"{PACKAGE}@{version}", "version", "license", "dist.integrity"))
    return {key.removeprefix("dist."): value for key, value in {"package": PACKAGE, **told}.items()}


def fetch(package: str, version: str) -> bytes:
    """The package as npm has it."""
    with tempfile.TemporaryDirectory() as folder:
        run("npm", "pack", "--silent", "--pack-destination", folder, f"{package}@{version}")
        (archive,) = Path(folder).iterdir()
        return archive.read_bytes()


def unpack(archive: bytes, integrity: str) -> dict[str, bytes]:
    """The files we want of an archive; ends the program where that is not the one that was locked."""
    kind, _, digest = integrity.partition("-")
    if base64.b64encode(hashlib.new(kind, archive).digest()).decode() != digest:
        raise SystemExit(f"{PACKAGE}: the archive is not the one of {LOCK.name}")
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        found = {name: tar.extractfile(f"package/dist/{name}") for name in WANTED}
        return {name: file.read() for name, file in found.items() if file}


def run(*command: str) -> str:
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


if __name__ == "__main__":
    main()
