"""Explore: one slider a latent dimension, a digit, the picture they make."""

from typing import Any

import gradio as gr
import numpy as np

from demo.pictures import test_digits
from demo.widget import widget

SLIDER_RANGE = 3.0  # in units of the prior's sigma
SLIDER_STEP = 0.01
IDLE = 0.05  # nats; a dimension that carries less is folded away


def information(model: Any) -> np.ndarray:
    """(Z,) nats each latent dimension carries of a digit: its KL divergence from the prior, mean over real digits."""
    posterior = model.encode(test_digits())
    variance = np.square(posterior.std)
    return (0.5 * (np.square(posterior.mean) + variance - 1 - np.log(variance))).mean(axis=0)


def explore_tab(model: Any) -> None:
    """The Explore tab. The widget listens to the sliders in the page, so that sliding costs one request a picture."""
    kl = information(model)
    order = [int(k) for k in np.argsort(-kl)]
    idle = [k for k in order if kl[k] < IDLE]
    with gr.Row(elem_id="explore"):
        with gr.Column(scale=4, min_width=320, elem_id="explore-picture"):
            widget(
                "explore",
                latent_dim=model.latent_dim,
                model=model.name,
                digits=list(range(10)) if model.conditional else [],
            )
        with gr.Column(scale=8, min_width=320, elem_id="sliders"):
            for k in order:
                if k not in idle:
                    slider(k)
            if idle:
                widget("idle", count=len(idle))
                with gr.Column(elem_id="idle"):
                    for k in idle:
                        slider(k)
    widget("more")
    widget("take", latent_dim=model.latent_dim, model=model.name)


def slider(k: int) -> gr.Slider:
    return gr.Slider(-SLIDER_RANGE, SLIDER_RANGE, value=0, step=SLIDER_STEP, label=f"z{k}", elem_id=f"z{k}", buttons=[])
