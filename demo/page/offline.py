"""What a browser needs to install the page and to open it without a network: a manifest, icons and a service worker."""

import hashlib
import io
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from urllib.parse import quote

import gradio as gr
from PIL import Image
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

HERE = Path(__file__).parent
WORKER = "service-worker.js"
MANIFEST = "manifest.webmanifest"
ICONS = (192, 512)  # pixels
SHADES = 32  # between paper and ink
PAPER, INK = "#fafaf9", "#0f766e"
TYPES = {".js": "text/javascript; charset=utf-8", ".webmanifest": "application/manifest+json", ".png": "image/png"}
LINK = f'<link rel="manifest" href="{MANIFEST}">'  # relative: the page may stand behind a path prefix

Files = dict[str, bytes]


def installable(title: str) -> Files:
    """What a telephone needs to install a page of that title."""
    icons = [{"src": f"icon-{size}.png", "sizes": f"{size}x{size}", "type": "image/png"} for size in ICONS]
    told = {"name": title, "short_name": "Digits", "start_url": "./", "display": "standalone", "icons": icons}
    told |= {"background_color": PAPER, "theme_color": PAPER}
    return {MANIFEST: json.dumps(told).encode()} | {f"icon-{size}.png": icon(size) for size in ICONS}


def icon(size: int) -> bytes:
    """A 3 of MNIST's test set, ink on paper."""
    with Image.open(HERE / "test-digits.png") as sheet:
        mask = sheet.convert("L").crop((3 * 28, 0, 4 * 28, 28)).resize((size, size), Image.Resampling.BICUBIC)
    picture = Image.new("RGB", (size, size), PAPER)
    picture.paste(INK, mask=mask)
    out = io.BytesIO()
    picture.quantize(SHADES).save(out, "PNG", optimize=True)
    return out.getvalue()


def service_worker(app: str, version: str, kept: Iterable[str]) -> bytes:
    """The script that keeps the page and beside it the files `kept`, by their addresses below it, as one `version` of
    them all; `app` is what page and server know each other by."""
    told = json.dumps({"app": app, "version": version, "files": ["./", *kept]})
    return (HERE / WORKER).read_text(encoding="utf-8").replace("KEPT", quote(told), 1).encode()


def digest(files: Files) -> str:
    """Sixteen hex digits of names and contents."""
    found = hashlib.sha256()
    for name, content in sorted(files.items()):
        found.update(name.encode() + b"\0" + content)
    return found.hexdigest()[:16]


def offline_routes(title: str, app: str, kept: Callable[[], Iterable[str]]) -> list[Route]:
    """GET of the manifest, the icons and the service worker; `kept` is asked when that is. Addresses of files tell
    their version."""
    files = installable(title)

    def told(request: Request) -> Response:
        name = request.url.path.rpartition("/")[2]
        return Response(files[name], media_type=TYPES[Path(name).suffix], headers={"Cache-Control": "no-cache"})

    def worker(request: Request) -> Response:
        names = [*files, *kept()]
        script = service_worker(
            app, digest({"gradio": gr.__version__.encode(), **dict.fromkeys([app, *names], b"")}), names
        )
        return Response(script, media_type=TYPES[".js"], headers={"Cache-Control": "no-cache"})

    return [*(Route(f"/{name}", told) for name in files), Route(f"/{WORKER}", worker)]
