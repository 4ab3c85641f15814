"""A widget: markup in demo/<name>.html, brought to life by `start` of demo/<name>.js, as in "tabs/morph/morph"."""

import posixpath
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradio as gr
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.staticfiles import StaticFiles

ROOT = Path(__file__).parents[1]
ROOMS = ("page", "runtime", "tabs")  # with files for the browser
SERVED = (".js", ".png")
FIRST = ("page/header.js", "runtime/model.js", "tabs/draw/draw.js")  # what is seen when the page comes


def widget(name: str, server_functions: list[Callable] | None = None, **options: Any) -> gr.HTML:
    """The gr.HTML of one widget; what is left of `options` goes to gr.HTML and to the script as `props`."""
    markup, script = ROOT / f"{name}.html", ROOT / f"{name}.js"
    return gr.HTML(
        html_template=markup.read_text(encoding="utf-8") if markup.exists() else "",
        js_on_load=START.replace("NAME", name) if script.exists() else None,
        apply_default_css=False,
        server_functions=server_functions,
        **options,
    )


def head() -> str:
    """Every style, and word of the modules that the first tab needs, so that they are fetched at once."""
    styles = "".join(
        path.read_text(encoding="utf-8") for room in ROOMS for path in sorted((ROOT / room).rglob("*.css"))
    )
    links = "".join(f'<link rel="modulepreload" href="files/{name}">' for name in modules_of(*FIRST))
    return f"<style>{styles}</style>{links}"


def modules_of(*names: str) -> list[str]:
    """These modules and all they import, each once."""
    found = list(names)
    for name in found:  # grows on the way
        found += [module for module in imports_of(name) if module not in found]
    return found


def imports_of(name: str) -> list[str]:
    """What a module of the page imports, as paths below demo/."""
    text = (ROOT / name).read_text(encoding="utf-8")
    return [posixpath.normpath(posixpath.join(name, "..", path)) for path in re.findall(r'from "(\.[^"]+)"', text)]


# Modules are fetched relative to the page, so the app may stand behind a path prefix.
START = """
import(new URL("files/NAME.js", document.baseURI)).then(
  (module) => module.start({ element, props, server, watch }),
);
"""


class PageFiles(StaticFiles):
    """The page's scripts, checked for a newer version at each load so that no page mixes old and new ones."""

    def __init__(self) -> None:
        super().__init__(directory=ROOT)
        paths = (path for room in ROOMS for path in (ROOT / room).rglob("*") if path.suffix in SERVED)
        self._names = {path.relative_to(ROOT).as_posix() for path in paths}

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(*args, **kwargs)
        response.headers["Cache-Control"] = "no-cache"
        return response

    def route(self) -> Route:
        """A plain route: a Mount looks for the wrong file behind a proxy that takes a path prefix off."""

        async def answer(request: Request) -> Response:
            name = request.path_params["name"]
            if name not in self._names:
                return PlainTextResponse("There is no such file.", status_code=404)
            return await self.get_response(name, request.scope)

        return Route("/files/{name:path}", answer)
