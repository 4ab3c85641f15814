"""A widget: markup in demo/widgets/<name>.html, brought to life by `start` of demo/widgets/<name>.js."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradio as gr
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.staticfiles import StaticFiles

WIDGETS = Path(__file__).parent / "widgets"
FIRST = ("header.js", "model.js", "draw.js")  # what is seen when the page comes


def widget(name: str, server_functions: list[Callable] | None = None, **options: Any) -> gr.HTML:
    """The gr.HTML of one widget; what is left of `options` goes to gr.HTML and to the script as `props`."""
    markup = WIDGETS / f"{name}.html"
    script = WIDGETS / f"{name}.js"
    return gr.HTML(
        html_template=markup.read_text(encoding="utf-8") if markup.exists() else "",
        js_on_load=START.replace("NAME", name) if script.exists() else None,
        apply_default_css=False,
        server_functions=server_functions,
        **options,
    )


def head() -> str:
    """Every style, and word of the modules that the first tab needs, so that they are fetched at once."""
    styles = "".join(path.read_text(encoding="utf-8") for path in sorted(WIDGETS.glob("*.css")))
    links = "".join(f'<link rel="modulepreload" href="widgets/{name}">' for name in modules_of(*FIRST))
    return f"<style>{styles}</style>{links}"


def modules_of(*names: str) -> list[str]:
    """These modules and all they import, each once."""
    found = list(names)
    for name in found:  # grows on the way
        text = (WIDGETS / name).read_text(encoding="utf-8")
        found += [module for module in re.findall(r'from "\./([\w-]+\.js)"', text) if module not in found]
    return found


# Modules are fetched relative to the page, so the app may stand behind a path prefix.
START = """
import(new URL("widgets/NAME.js", document.baseURI)).then(
  (module) => module.start({ element, props, server, watch }),
);
"""


class WidgetFiles(StaticFiles):
    """The widgets' scripts, checked for a newer version at each load so that no page mixes old and new ones."""

    def __init__(self) -> None:
        super().__init__(directory=WIDGETS)

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(*args, **kwargs)
        response.headers["Cache-Control"] = "no-cache"
        return response

    def route(self) -> Route:
        """A plain route: a Mount looks for the wrong file behind a proxy that takes a path prefix off."""

        async def answer(request: Request) -> Response:
            return await self.get_response(request.path_params["name"], request.scope)

        return Route("/widgets/{name}", answer)
