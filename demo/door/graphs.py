"""What a browser needs to answer in the server's place: a model's graphs, at an address that its content decides."""

import functools
import gzip
import hashlib
import logging
import re
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from demo.door.models import LOADED, Models, about
from demo.door.reading import draws
from demo.door.refusal import refusal
from vae_core.export.files import export

FOR_EVER = "public, max-age=31536000, immutable"
TYPES = {".onnx": "application/octet-stream", ".json": "application/json"}
LEVEL = 6  # of gzip
FILES = 5  # of a model
BEGIN = ("plane", "blog")  # Map and Compare, beside the model shown first
log = logging.getLogger(__name__)


def described(models: Models, name: Any) -> dict[str, Any]:
    """What a page must know of a model, and of its graphs, None where it cannot be exported: their folder, relative to
    the page, and the draws from the posterior that a reading shows."""
    model = models.get(name)
    graphs = None
    try:
        graphs = {"folder": folder_of_graphs(models, name), "draws": draws(model.latent_dim).tolist()}
    except ValueError as error:
        log.warning("%s is answered by the server alone: %s", name, error)
    return {**about(model, name), "graphs": graphs}


def folder_of_graphs(models: Models, name: Any) -> str:
    """Its address, relative to the page; raises ValueError where the model cannot be exported."""
    return f"graphs/{digest(models.get(name))}/{name}"


def opened_with(models: Models) -> list[str]:
    """The models that the tabs begin with, as far as they are there."""
    return [name for name in models.names() if name in (models.default, *BEGIN)]


@functools.lru_cache(maxsize=LOADED)
def files_of(model: Any) -> dict[str, bytes]:
    return export(model)


@functools.lru_cache(maxsize=LOADED)
def digest(model: Any) -> str:
    """Sixteen hex digits of all its files."""
    found = hashlib.sha256()
    for name, content in sorted(files_of(model).items()):
        found.update(name.encode() + b"\0" + content)
    return found.hexdigest()[:16]


@functools.lru_cache(maxsize=LOADED * FILES)
def packed(model: Any, file: str) -> bytes:
    return gzip.compress(files_of(model)[file], LEVEL)


def graph_route(models: Models) -> Route:
    """GET graphs/DIGEST/MODEL/FILE."""

    def answer(request: Request) -> Response:
        asked, name, file = (request.path_params[part] for part in ("digest", "name", "file"))
        try:
            model = models.get(name)
            if digest(model) == asked and file in files_of(model):
                return file_of(model, file, request.headers.get("accept-encoding", ""))
        except ValueError:
            pass
        return refusal(404, "There is no such file.")

    def file_of(model: Any, file: str, encodings: str) -> Response:
        headers, kind = {"Cache-Control": FOR_EVER, "Vary": "Accept-Encoding"}, TYPES[Path(file).suffix]
        if not re.search(r"\bgzip\b", encodings):
            return Response(files_of(model)[file], media_type=kind, headers=headers)
        return Response(packed(model, file), media_type=kind, headers={**headers, "Content-Encoding": "gzip"})

    return Route("/graphs/{digest}/{name}/{file}", answer)
