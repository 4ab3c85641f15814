"""What others wrote and the page runs, kept in the tree as it was published, packed by Brotli."""

import gzip
import json
import re
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import brotli
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from demo.door.refusal import refusal

VENDOR = Path(__file__).parents[1] / "vendor"
LOCK = VENDOR / "lock.json"  # what was taken from npm, and the sums of its files; see scripts/vendor.py
TYPES = {".mjs": "text/javascript; charset=utf-8", ".wasm": "application/wasm"}
FOR_EVER = "public, max-age=31536000, immutable"
LEVEL = 6  # of gzip, for whoever asks over a connection on which browsers do not take Brotli


@dataclass(frozen=True)
class VendoredFile:
    packed: bytes
    media_type: str

    @cached_property
    def content(self) -> bytes:
        return brotli.decompress(self.packed)

    @cached_property
    def zipped(self) -> bytes:
        return gzip.compress(self.content, LEVEL)

    def answer(self, encodings: str) -> Response:
        headers = {"Cache-Control": FOR_EVER, "Vary": "Accept-Encoding"}
        taken = re.search(r"\bbr\b", encodings) or re.search(r"\bgzip\b", encodings)
        if not taken:
            return Response(self.content, media_type=self.media_type, headers=headers)
        body = self.packed if taken[0] == "br" else self.zipped
        return Response(body, media_type=self.media_type, headers={**headers, "Content-Encoding": taken[0]})


@cache
def vendored_files() -> dict[str, VendoredFile]:
    """By name, as in "ort.wasm.bundle.min.mjs"."""
    return {
        path.stem: VendoredFile(path.read_bytes(), TYPES[Path(path.stem).suffix])
        for path in sorted(VENDOR.glob("*.br"))
    }


@cache
def vendor_folder() -> str:
    """The address of their folder, relative to the page; another version has another."""
    lock = json.loads(LOCK.read_text(encoding="utf-8"))
    return f"vendor/{lock['package']}-{lock['version']}"


def vendor_route() -> Route:
    """GET vendor/PACKAGE-VERSION/NAME; their address stays when the app's version changes, and so they stay cached."""
    files = vendored_files()

    async def answer(request: Request) -> Response:
        file = files.get(request.path_params["name"])
        if file is None:
            return refusal(404, "There is no such file.")
        return file.answer(request.headers.get("accept-encoding", ""))

    return Route(f"/{vendor_folder()}/{{name}}", answer)
