"""The same model behind Gradio's own components, wired as most apps wire them."""

import argparse
from typing import Any

import gradio as gr
import numpy as np
from PIL import Image

import vae_core

DIGITS = [str(digit) for digit in range(10)]


def build(name: str) -> gr.Blocks:
    """A sketchpad that is read and sliders that are decoded, each through a change event."""
    model = vae_core.load_model(name)

    def read(sketch: dict[str, Any]) -> tuple[dict[str, float], np.ndarray | None]:
        if sketch["composite"] is None:
            return {}, None
        small = Image.fromarray(sketch["composite"]).resize((28, 28), Image.Resampling.LANCZOS)
        x = 1 - np.asarray(small) / 255  # dark ink on white to bright ink on black
        probabilities = model.classify(x)[0].tolist()
        return dict(zip(DIGITS, probabilities, strict=True)), grey(model.reconstruct(x)[0])

    def generate(digit: str, *z: float) -> np.ndarray:
        return grey(model.write(np.array(z), int(digit))[0])

    with gr.Blocks(analytics_enabled=False) as blocks:
        with gr.Row():
            sketch = gr.Sketchpad(image_mode="L", elem_id="pad")
            label = gr.Label(elem_id="reading")
            reconstruction = gr.Image(format="png", elem_id="reconstruction")
        with gr.Row():
            with gr.Column():
                digit = gr.Dropdown(DIGITS, value="0")
                picture = gr.Image(format="png", elem_id="picture")
            with gr.Column():
                sliders = [slider(k) for k in range(model.latent_dim)]
        sketch.change(read, sketch, [label, reconstruction])
        for control in (digit, *sliders):
            control.change(generate, [digit, *sliders], picture)
    return blocks


def slider(k: int) -> gr.Slider:
    return gr.Slider(-3, 3, 0, step=0.01, label=f"z{k}", elem_id=f"z{k}")


def grey(picture: np.ndarray) -> np.ndarray:
    return np.rint(255 * picture).astype(np.uint8)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=7860)
    parser.add_argument("--model", default="conv")
    options = parser.parse_args()
    build(options.model).launch(server_port=options.port, ssr_mode=False)


if __name__ == "__main__":
    main()
