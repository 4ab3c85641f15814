"""A widget: markup in demo/<name>.html, brought to life by `start` of a script, as in "tabs/morph/morph"."""

from html import escape
from typing import Any

import gradio as gr

from demo.page.files import ROOT, address, modules_of, styles

FIRST = ("runtime/chooser.js", "tabs/draw/draw.js")  # what is seen when the page comes


def widget(name: str, script: str = "", **options: Any) -> gr.HTML:
    """The gr.HTML of demo/<name>.html with its script, demo/<name>.js unless another is named; `options` go to gr.HTML
    and, those it does not know, to the script as `props`."""
    return gr.HTML(
        html_template=(ROOT / f"{name}.html").read_text(encoding="utf-8"),
        js_on_load=START.replace("FILE", address(f"{script or name}.js")),
        apply_default_css=False,
        **options,
    )


def head(**told: str) -> str:
    """Every style, word of the modules that the first tab needs, so that they are fetched at once, and what the
    runtime is `told`, a meta element each."""
    metas = "".join(f'<meta name="{name}" content="{escape(value)}">' for name, value in told.items())
    links = "".join(f'<link rel="modulepreload" href="{address(name)}">' for name in modules_of(*FIRST))
    return f"{metas}<style>{styles()}</style>{links}"


# Modules are fetched relative to the page, so the app may stand behind a path prefix.
START = """
import(new URL("FILE", document.baseURI)).then((module) => module.start({ element, props, watch }));
"""
