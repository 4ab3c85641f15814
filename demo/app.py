"""Load the model once, assemble the tabs into one Blocks, and launch it safely."""

import gradio as gr
from starlette.middleware import Middleware

from demo.api.endpoints import add_endpoints
from demo.door.live import decode, read, server_functions
from demo.door.models import Models, about
from demo.door.refusal import PoliteBlocks
from demo.door.security import BodyLimit, CompressedPage, SecurityHeaders, refuse_addresses
from demo.page.theme import theme
from demo.page.widget import PageFiles, head, widget
from demo.tabs.compare.compare import compare_tab
from demo.tabs.draw.draw import draw_tab
from demo.tabs.explore.explore import explore_tab
from demo.tabs.explore.shape import shape
from demo.tabs.inside.dissect import dissect
from demo.tabs.inside.inside import inside_tab
from demo.tabs.map.map import map_tab
from demo.tabs.map.points import locate, points
from demo.tabs.morph.morph import morph_tab
from demo.tabs.morph.morphing import gif, morph
from demo.tabs.scorecard.scorecard import scorecard_of, scorecard_tab
from demo.tabs.train.run import Run
from demo.tabs.train.train import checkpoint_routes, train_functions, train_tab

TITLE = "One hand, ten digits"
UPLOAD_LIMIT = "10mb"  # a telephone's photo
ANSWERS = [read, decode, shape, points, locate, morph, gif, dissect]  # to the page's questions, each about one model
QUEUE_LIMIT = 32  # long jobs that may wait


def build(name: str = "conv", run: Run | None = None) -> gr.Blocks:
    """The whole app; `name` is the model shown first. Without a run there is no training.

    Raises ValueError for a model that is not there.
    """
    models = Models(name, run and run.shelves)
    first = about(models.get(), models.default)
    with PoliteBlocks(title=TITLE, analytics_enabled=False, delete_cache=(3600, 3600), fill_width=True) as blocks:
        widget("page/header", model=first, names=models.names())
        answers = server_functions(models, ANSWERS, [scorecard_of(models)])
        widget("runtime/model", elem_id="model", server_functions=answers + (train_functions(run) if run else []))
        with gr.Tabs(elem_id="tabs", overflow_behavior="wrap"):
            with gr.Tab("Draw", id="draw"):
                draw_tab()
            with gr.Tab("Explore", id="explore"):
                explore_tab(first["order"])
            with gr.Tab("Map", id="map"):
                map_tab()
            with gr.Tab("Morph", id="morph"):
                morph_tab()
            with gr.Tab("Inside", id="inside"):
                inside_tab()
            with gr.Tab("Compare", id="compare"):
                compare_tab()
            if run:
                with gr.Tab("Train", id="train"):
                    train_tab()
            with gr.Tab("Scorecard", id="scorecard"):
                scorecard_tab()
        add_endpoints(blocks, models)
    return blocks.queue(max_size=QUEUE_LIMIT)


def launch(
    blocks: gr.Blocks,
    host: str = "127.0.0.1",
    port: int = 7860,
    share: bool = False,
    run: Run | None = None,
    **options: object,
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
            "routes": [PageFiles().route(), *(checkpoint_routes(run) if run else [])],
            "middleware": [Middleware(SecurityHeaders), Middleware(BodyLimit), Middleware(CompressedPage)],
        },
        **options,  # type: ignore[arg-type]
    )
