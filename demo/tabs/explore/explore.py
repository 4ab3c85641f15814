"""Explore: one slider a latent dimension, a digit, the picture they make."""

import gradio as gr

from demo.door.models import LATENT_LIMIT
from demo.page.widget import widget
from vae_core.drawing.morphometrics import UNITS

SLIDER_RANGE = 3.0  # in units of the prior's sigma
SLIDER_STEP = 0.01


def explore_tab(order: list[int]) -> None:
    """The Explore tab, its sliders in the order of the first model's dimensions; those it has not are hidden.

    The widget listens to the sliders in the page, so that sliding costs one request a picture.
    """
    others = [k for k in range(LATENT_LIMIT) if k not in order]
    with gr.Row(elem_id="explore"):
        with gr.Column(scale=4, min_width=320, elem_id="explore-picture"):
            widget("tabs/explore/explore", digits=list(range(10)))
        with gr.Column(scale=8, min_width=320):
            widget("tabs/explore/shape", measures=[{"name": name, "unit": unit} for name, unit in UNITS.items()])
            with gr.Column(elem_id="sliders"):
                for k in order + others:
                    slider(k, absent=k in others)
                widget("tabs/explore/idle")
    widget("tabs/explore/more")
    widget("tabs/explore/take")


def slider(k: int, absent: bool) -> gr.Slider:
    return gr.Slider(
        -SLIDER_RANGE,
        SLIDER_RANGE,
        value=0,
        step=SLIDER_STEP,
        label=f"w{k}",
        elem_id=f"z{k}",  # as programs that drive the page know it
        elem_classes=["absent"] if absent else [],
        buttons=[],
    )
