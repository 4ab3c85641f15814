"""The tabs that demo/app.py assembles, as markup that needs no Gradio in the browser."""

import json
import re
from html import escape
from typing import Any

import gradio as gr
from gradio.blocks import Block, BlockContext
from gradio.components.api_component import Api
from gradio.layouts import Form
from latex2mathml.converter import convert

from demo.page.files import version
from demo.page.widget import FIRST
from demo.site.template import render

SCRIPT = re.compile(r'fetched\("([^"]+)"\)')  # in what brings a widget to life; see demo/page/widget.py


def markup(block: Block) -> str:
    """One part of the page and all within. Raises ValueError for a part that a static page cannot have."""
    if not getattr(block, "visible", True):
        return ""
    match block:
        case Api():
            return ""  # for programs, which find no server here
        case gr.Tabs():
            return tabs(block)
        case gr.HTML():
            return widget(block)
        case gr.Slider():
            return slider(block)
        case gr.Markdown():
            return box(block, "block", formula(block.value))
        case gr.Row() | gr.Column():
            return box(block, type(block).__name__.lower(), parts(block))
        case Form():
            return box(block, "form", parts(block))
        case gr.Blocks():
            return parts(block)
    raise ValueError(f"expected a part that a static page can have, got {type(block).__name__}")


def parts(block: BlockContext) -> str:
    return "".join(map(markup, block.children))


def formula(value: Any) -> str:
    """LaTeX between dollars as MathML; a function's name stands a little apart from what it is of."""
    return convert(str(value).strip("$").replace(r"\log ", r"\log\,"))


def box(block: Block, kind: str, inside: str) -> str:
    known = f' id="{escape(block.elem_id)}"' if block.elem_id else ""
    classes = " ".join([kind, *(getattr(block, "elem_classes", None) or [])])
    return f'<div{known} class="{escape(classes)}"{grows(block)}>{inside}</div>'


def grows(block: Block) -> str:
    return (
        f' style="flex-grow: {block.scale}; min-width: min({block.min_width}px, 100%)"'
        if isinstance(block, gr.Column)
        else ""
    )


def tabs(block: BlockContext) -> str:
    found = [tab for tab in block.children if isinstance(tab, gr.Tab)]
    buttons = "".join(
        f'<button type="button" role="tab" id="tab-{tab.id}" data-tab-id="{tab.id}" aria-controls="panel-{tab.id}" '
        f'aria-selected="{"false" if k else "true"}" tabindex="{-1 if k else 0}">{escape(str(tab.label))}</button>'
        for k, tab in enumerate(found)
    )
    panels = "".join(
        f'<div role="tabpanel" class="tabitem" id="panel-{tab.id}" aria-labelledby="tab-{tab.id}"'
        f"{' hidden' if k else ''}>"
        f"{parts(tab)}</div>"
        for k, tab in enumerate(found)
    )
    return f'<div id="{block.elem_id}"><div class="tab-wrapper"><div role="tablist">{buttons}</div></div>{panels}</div>'


def widget(block: Any) -> str:
    script = SCRIPT.search(block.js_on_load)
    if script is None:
        raise ValueError("expected a widget that a module brings to life")
    module = script[1].removeprefix(f"files/{version()}/")
    inside = render(block.html_template, block.props)
    told = escape(json.dumps(block.props))
    waits = "" if module in FIRST else " data-waits"
    return (
        f'<div class="block"><div class="html-container">'
        f'<div data-module="{module}" data-props="{told}"{waits}>{inside}</div></div></div>'
    )


def slider(block: Any) -> str:
    classes = " ".join(["block", *block.elem_classes])
    span = f'min="{block.minimum}" max="{block.maximum}" step="{block.step}" value="{block.value}"'
    label = escape(block.label)
    return (
        f'<div id="{block.elem_id}" class="{classes}"><div class="wrap"><div class="head">'
        f'<label for="range-{block.elem_id}"><span>{label}</span></label>'
        f'<div class="tab-like-container"><input type="number" aria-label="number input for {label}" {span}>'
        f"</div></div>"
        f'<div class="slider_input_container"><input type="range" id="range-{block.elem_id}" {span}></div></div></div>'
    )
