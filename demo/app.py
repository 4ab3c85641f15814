"""Load the model once, assemble the tabs into one Blocks, and launch it safely."""

import gradio as gr
from starlette.middleware import Middleware

from demo.api import add_endpoints
from demo.draw import draw_tab
from demo.explore import explore_tab
from demo.live import decode, read, server_functions
from demo.models import Models, about
from demo.morph import gif, morph, morph_tab
from demo.refusal import PoliteBlocks
from demo.security import BodyLimit, SecurityHeaders, refuse_addresses
from demo.theme import theme
from demo.widget import WidgetFiles, head, widget

TITLE = "One hand, ten digits"
UPLOAD_LIMIT = "10mb"  # a telephone's photo
QUEUE_LIMIT = 32  # long jobs that may wait


def build(name: str = "conv") -> gr.Blocks:
    """The whole app; `name` is the model shown first. Raises ValueError for a model that is not there."""
    models = Models(name)
    first = about(models.get(), models.default)
    with PoliteBlocks(title=TITLE, analytics_enabled=False, delete_cache=(3600, 3600), fill_width=True) as blocks:
        widget("header", model=first, names=models.names())
        widget("model", elem_id="model", server_functions=server_functions(models, [read, decode, morph, gif]))
        with gr.Tabs(elem_id="tabs", overflow_behavior="wrap"):
            with gr.Tab("Draw", id="draw"):
                draw_tab()
            with gr.Tab("Explore", id="explore"):
                explore_tab(first["order"])
            with gr.Tab("Morph", id="morph"):
                morph_tab()
        add_endpoints(blocks, models)
    return blocks.queue(max_size=QUEUE_LIMIT)


def launch(
    blocks: gr.Blocks, host: str = "127.0.0.1", port: int = 7860, share: bool = False, **options: object
) -> None:
    """Serve `blocks` with everything off that a public page does not need."""
    refuse_addresses()
    blocks.launch(
        server_name=host,
        server_port=port,
        share=share,
        theme=theme(),
        head=head(),
        footer_links=["api", "settings"],
        ssr_mode=False,
        show_error=False,
        strict_cors=True,
        enable_monitoring=False,
        run_history=False,
        mcp_server=True,
        max_file_size=UPLOAD_LIMIT,
        app_kwargs={
            "routes": [WidgetFiles().route()],
            "middleware": [Middleware(SecurityHeaders), Middleware(BodyLimit)],
        },
        **options,  # type: ignore[arg-type]
    )
