"""Every file of the static site, by its path."""

import hashlib
import io
import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

from PIL import Image

from demo.app import TITLE, page
from demo.door.graphs import described, files_of
from demo.door.models import Models
from demo.page.files import page_files, version
from demo.page.theme import theme
from demo.page.vendor import vendor_folder, vendored_files
from demo.page.widget import head
from demo.site.markup import markup
from demo.tabs.map.points import points
from demo.tabs.scorecard.scorecard import scorecard_of

HERE = Path(__file__).parent
POLICY = (
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:"
)
LEFT_OUT = "tabs/train/"  # needs a server
ICONS = (192, 512)  # pixels
PAPER, INK = "#fafaf9", "#0f766e"

Files = dict[str, bytes]


def site_files() -> Files:
    """The page, its modules, what it runs, its models, what is told of them, and what keeps it all for later."""
    models = Models("conv")
    facts = facts_of(models)
    told = {"runtime": "static", "app-version": version(), "vendor": vendor_folder(), "facts": folder_of(facts)}
    files = modules() | vendored() | graphs(models) | {f"{told['facts']}/{name}": fact for name, fact in facts.items()}
    files["index.html"] = index(models, told)
    files |= manifest()
    return files | {"service-worker.js": service_worker(files)}


def index(models: Models, told: dict[str, str]) -> bytes:
    inside = markup(page(models, None))
    style = f"{theme()._get_theme_css()}\n{(HERE / 'site.css').read_text(encoding='utf-8')}"
    return (HERE / "index.html").read_text(encoding="utf-8").format(
        policy=POLICY, title=TITLE, paper=PAPER, style=style, head=head(**told), page=inside,
        script=f"files/{version()}/site/site.js",
    ).encode()  # fmt: skip


def modules() -> Files:
    own = {name: file.content for name, file in page_files().items() if not name.startswith(LEFT_OUT)}
    own["site/site.js"] = (HERE / "site.js").read_bytes()
    return {f"files/{version()}/{name}": content for name, content in own.items()}


def vendored() -> Files:
    return {f"{vendor_folder()}/{name}": file.content for name, file in vendored_files().items()}


def graphs(models: Models) -> Files:
    found = {}
    for name in models.names():
        folder = described(models, name)["graphs"]["folder"]
        found |= {f"{folder}/{file}": content for file, content in files_of(models.get(name)).items()}
    return found


def facts_of(models: Models) -> Files:
    """What the app's server tells with GET, by the names it is asked under."""
    scorecard = scorecard_of(models)
    facts: dict[str, Any] = {"catalog": {"names": models.names()}}
    for name in models.names():
        facts[f"describe/{name}"] = described(models, name)
        facts[f"points/{name}"] = points(models.get(name), {})
        facts[f"scorecard/{name}"] = scorecard({"model": name})
    return {f"{name}.json": json.dumps(fact, separators=(",", ":")).encode() for name, fact in facts.items()}


def folder_of(facts: Files) -> str:
    return f"facts/{digest(facts)}"


def digest(files: Files) -> str:
    found = hashlib.sha256()
    for name, content in sorted(files.items()):
        found.update(name.encode() + b"\0" + content)
    return found.hexdigest()[:16]


def manifest() -> Files:
    """What a telephone needs to install it."""
    icons = [{"src": f"icon-{size}.png", "sizes": f"{size}x{size}", "type": "image/png"} for size in ICONS]
    told = {"name": TITLE, "short_name": "Digits", "start_url": "./", "display": "standalone", "icons": icons}
    told |= {"background_color": PAPER, "theme_color": PAPER}
    return {"manifest.webmanifest": json.dumps(told).encode()} | {f"icon-{size}.png": icon(size) for size in ICONS}


def icon(size: int) -> bytes:
    """A 3 of MNIST's test set, ink on paper."""
    with Image.open(HERE.parent / "page" / "test-digits.png") as sheet:
        mask = sheet.convert("L").crop((3 * 28, 0, 4 * 28, 28)).resize((size, size), Image.Resampling.BICUBIC)
    picture = Image.new("RGB", (size, size), PAPER)
    picture.paste(INK, mask=mask)
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def service_worker(files: Files) -> bytes:
    kept = ["./", *(name for name in files if name != "index.html")]
    told = json.dumps({"version": digest(files), "files": kept})
    return (HERE / "service-worker.js").read_text(encoding="utf-8").replace("KEPT", quote(told)).encode()
