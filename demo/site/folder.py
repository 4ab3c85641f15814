"""Every file of the static site, by its path."""

import json
from pathlib import Path
from typing import Any

from demo.app import TITLE, behind_the_door, page
from demo.door.graphs import described, files_of, folder_of_graphs, opened_with
from demo.door.models import Models
from demo.page.files import page_files, version
from demo.page.offline import LINK, PAPER, WORKER, Files, digest, installable, service_worker
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


def site_files() -> Files:
    """The page, its modules, what it runs, its models, what is told of them, and what keeps it all for later."""
    models = Models("conv")
    facts = facts_of(models)
    told = {"runtime": "static", "app-version": version(), "vendor": vendor_folder(), "facts": folder_of(facts)}
    files = modules() | vendored() | graphs(models) | {f"{told['facts']}/{name}": fact for name, fact in facts.items()}
    files["index.html"] = index(models, told)
    files |= installable(TITLE)
    later = tuple(f"{folder}/" for name, folder in folders(models).items() if name not in opened_with(models))
    kept = [name for name in files if name != "index.html" and not name.startswith(later)]
    return files | {WORKER: service_worker(version(), digest(files), kept)}


def index(models: Models, told: dict[str, str]) -> bytes:
    inside = markup(page(models, None, behind_the_door().room))
    style = f"{theme()._get_theme_css()}\n{(HERE / 'site.css').read_text(encoding='utf-8')}"
    return (HERE / "index.html").read_text(encoding="utf-8").format(
        policy=POLICY, title=TITLE, paper=PAPER, manifest=LINK, style=style, head=head(**told), page=inside,
        first=f"files/{version()}/page/oldest.js", script=f"files/{version()}/site/site.js",
    ).encode()  # fmt: skip


def modules() -> Files:
    own = {name: file.content for name, file in page_files().items() if not name.startswith(LEFT_OUT)}
    own["site/site.js"] = (HERE / "site.js").read_bytes()
    return {f"files/{version()}/{name}": content for name, content in own.items()}


def vendored() -> Files:
    return {f"{vendor_folder()}/{name}": file.content for name, file in vendored_files().items()}


def graphs(models: Models) -> Files:
    found = {}
    for name, folder in folders(models).items():
        found |= {f"{folder}/{file}": content for file, content in files_of(models.get(name)).items()}
    return found


def folders(models: Models) -> dict[str, str]:
    """Where each model's graphs are."""
    return {name: folder_of_graphs(models, name) for name in models.names()}


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
