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
        js_on_load=start_of(f"{script or name}.js"),
        apply_default_css=False,
        **options,
    )


def head(**told: str) -> str:
    """Every style, word of the modules that the first tab needs, so that they are fetched at once, and what the
    runtime is `told`, a meta element each."""
    metas = "".join(f'<meta name="{name}" content="{escape(value)}">' for name, value in told.items())
    links = "".join(f'<link rel="modulepreload" href="{address(name)}">' for name in modules_of(*FIRST))
    return f"{metas}<style>{styles()}</style>{links}"


def start_of(script: str) -> str:
    """What brings a widget to life. All but the first wait for a model to be known."""
    needed = "" if script in FIRST else "await modelKnown;"
    return START.replace("FILE", address(script)).replace("PAGE", address("page/page.js")).replace("NEEDED", needed)


# Modules are fetched relative to the page, so the app may stand behind a path prefix, and again while they do not come.
START = """
(async () => {
  const word = document.getElementById("server-word");
  const late = "The server does not answer. What is missing of this page comes when it is back.";
  const fetched = (file) => import(new URL(file, document.baseURI));
  const both = () => Promise.all([fetched("FILE"), fetched("PAGE")]);
  const again = async () => {
    if (word) word.textContent = late;
    await new Promise((resolve) => setTimeout(resolve, 2000));
    return both().catch(again);
  };
  const [module, { modelKnown }] = await both().catch(again);
  if (word?.textContent === late) word.textContent = "";
  NEEDED
  module.start({ element, props, watch });
})();
"""
