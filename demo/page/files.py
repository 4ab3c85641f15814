"""The page's scripts and pictures, read once, packed once, and served under the version of all of them together."""

import functools
import hashlib
import posixpath
import re
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import brotli
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

import vae_core
from demo.door.pictures import grey_bytes, test_digits
from demo.door.refusal import refusal

ROOT = Path(__file__).parents[1]
CORE = Path(vae_core.__file__).parent
ROOMS = ("page", "runtime", "tabs")  # with files for the browser
TYPES = {".js": "text/javascript; charset=utf-8", ".png": "image/png"}
TEST_DIGITS = "page/test-digits.grey"
CODE = ("*.py", "*.js", "*.html", "*.css")  # what a page and its server must have in common
FOR_EVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True)
class PageFile:
    content: bytes
    packed: "Future[bytes] | None"  # by Brotli; none for what is packed already
    media_type: str

    def answer(self, encodings: str) -> Response:
        headers = {"Cache-Control": FOR_EVER, "Vary": "Accept-Encoding"}
        if self.packed and re.search(r"\bbr\b", encodings):
            headers["Content-Encoding"] = "br"
            return Response(self.packed.result(), media_type=self.media_type, headers=headers)
        return Response(self.content, media_type=self.media_type, headers=headers)


@functools.cache
def page_files() -> dict[str, PageFile]:
    """By their path below demo/, as in "tabs/morph/morph.js"."""
    paths = (path for room in ROOMS for path in sorted((ROOT / room).rglob("*")) if path.suffix in TYPES)
    packer = ThreadPoolExecutor(1)  # beside what else an app has to do before it answers
    files = {path.relative_to(ROOT).as_posix(): read(path, packer) for path in paths}
    grey = grey_bytes(test_digits()).tobytes()  # picture after picture
    files[TEST_DIGITS] = PageFile(grey, packer.submit(brotli.compress, grey), "application/octet-stream")
    packer.shutdown(wait=False)
    return files


def read(path: Path, packer: ThreadPoolExecutor) -> PageFile:
    content = path.read_bytes()
    packed = packer.submit(brotli.compress, content) if path.suffix == ".js" else None
    return PageFile(content, packed, TYPES[path.suffix])


@functools.cache
def version() -> str:
    """Twelve hex digits that change whenever the page or the code that answers it does."""
    digest = hashlib.sha256()
    for root in (ROOT, CORE):
        for path in sorted(path for pattern in CODE for path in root.rglob(pattern)):
            digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def address(name: str) -> str:
    """Where a file is, relative to the page; the modules it imports are then of the same version."""
    return f"files/{version()}/{name}"


def styles() -> str:
    """Every style sheet, that of the page before those of the tabs."""
    sheets = (path for room in ROOMS for path in sorted((ROOT / room).rglob("*.css")))
    return "".join(path.read_text(encoding="utf-8") for path in sheets)


def modules_of(*names: str) -> list[str]:
    """These modules and all they import, each once."""
    found = list(names)
    for name in found:  # grows on the way
        found += [module for module in imports_of(name) if module not in found]
    return found


def imports_of(name: str) -> list[str]:
    """The modules that one of the page imports, as paths below demo/."""
    text = (ROOT / name).read_text(encoding="utf-8")
    return [posixpath.normpath(posixpath.join(name, "..", path)) for path in re.findall(r'from "(\.[^"]+)"', text)]


def file_route() -> Route:
    """GET files/VERSION/NAME; another version's page is told so."""
    files, current = page_files(), version()

    async def answer(request: Request) -> Response:
        asked, name = request.path_params["version"], request.path_params["name"]
        if asked != current:
            return refusal(404, "This page is of another version than the app: reload it.")
        if name not in files:
            return refusal(404, "There is no such file.")
        return files[name].answer(request.headers.get("accept-encoding", ""))

    return Route("/files/{version}/{name:path}", answer)
