"""Gradio and torch imported, one line of text served: the least that an app of this kind can be."""

import argparse

import gradio as gr
import torch  # noqa: F401, imported for the time it takes


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=7860)
    with gr.Blocks(analytics_enabled=False) as blocks:
        gr.Markdown("A bare app.", elem_id="text")
    blocks.launch(server_port=parser.parse_args().port, ssr_mode=False)


if __name__ == "__main__":
    main()
