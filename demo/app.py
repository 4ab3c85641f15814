"""Load the models once, assemble the tabs into one page, and put it behind the door."""

from pathlib import Path

import gradio as gr
from gradio.utils import get_upload_folder
from starlette.types import ASGIApp

from demo.api.endpoints import add_endpoints
from demo.door.answers import (
    by_name,
    catalog_of,
    decode,
    decode_each_of,
    describe_of,
    of_a_model,
    read,
    read_of,
    translate,
)
from demo.door.graphs import described, files_of, folder_of_graphs, graph_route, opened_with
from demo.door.hand import hand
from demo.door.limits import QUEUE
from demo.door.live import Live
from demo.door.models import Models
from demo.door.refusal import PoliteBlocks
from demo.door.room import Room
from demo.door.server import Behind, Door, assemble
from demo.door.watch import Watch
from demo.door.work import Work
from demo.page.files import ROOT, address, file_route, page_files, version
from demo.page.offline import LINK, offline_routes
from demo.page.theme import theme
from demo.page.vendor import vendor_folder, vendor_route, vendored_files
from demo.page.widget import head, widget
from demo.tabs.compare.compare import compare_tab
from demo.tabs.draw.draw import draw_tab, read_photo
from demo.tabs.explore.explore import explore_tab
from demo.tabs.explore.shape import shape
from demo.tabs.inside.dissect import dissect
from demo.tabs.inside.inside import inside_tab
from demo.tabs.map.map import map_tab
from demo.tabs.map.points import locate, points
from demo.tabs.morph.morph import morph_tab
from demo.tabs.morph.morphing import gif, morph
from demo.tabs.scorecard.scorecard import scorecard_of, scorecard_tab
from demo.tabs.train.closed import Closed
from demo.tabs.train.run import Run
from demo.tabs.train.train import CHANGES, brought, checkpoint_route, train_questions, train_tab
from demo.tabs.write.write import write_tab
from demo.tabs.write.writing import write, written

TITLE = "One hand, ten digits"
UPLOAD_LIMIT = "40mb"  # a telephone's photo
QUESTIONS = (read, hand, decode, translate, shape, locate, morph, gif, dissect, write, written)  # each about one model


def behind_the_door() -> Behind:
    """What all that answers has in common."""
    return Behind(Work(CHANGES), Room(Path(get_upload_folder())), Watch())


def build(
    door: Door,
    name: str = "conv",
    run: Run | Closed | None = None,
    behind: Behind | None = None,
    runtime: str = "auto",
) -> ASGIApp:
    """The whole app; `name` is the model shown first. Without a run there is no Train tab. `runtime` says who answers
    what is asked live: the server, the browser, or both (auto), the browser as soon as it can.

    Raises ValueError for a model that is not there.
    """
    pages = file_route()  # whose files are packed meanwhile
    models = Models(name, run and run.shelves)
    behind = behind or behind_the_door()
    live = questions(models, run, behind.work)
    behind.watch.questions = live.names()
    told = {"app-version": live.version, "app-token": live.token, "runtime": runtime, "vendor": vendor_folder()}
    files = [
        pages,
        vendor_route(),
        graph_route(models),
        *offline_routes(TITLE, live.version, lambda: kept(models)),
    ]
    return assemble(
        page(models, run, behind.room).queue(max_size=QUEUE),
        [*live.routes(), *files, *([checkpoint_route(run)] if run else [])],
        door,
        behind,
        first=f"{LINK}<script>{(ROOT / 'page' / 'oldest.js').read_text(encoding='utf-8')}</script>",
        theme=theme(),
        head=head(**told),
        footer_links=["api", "settings"],
        max_file_size=UPLOAD_LIMIT,
    )


def questions(models: Models, run: Run | Closed | None, work: Work) -> Live:
    """All that the page may ask."""
    facts = by_name(catalog_of(models), describe_of(models), of_a_model(models, points), scorecard_of(models))
    hurried = read_of(lambda: work.live.waiting > 0)
    each = [hurried if answer is read else answer for answer in QUESTIONS]
    asked = by_name(decode_each_of(models), *(of_a_model(models, answer) for answer in each))
    files = {"photo": read_photo}
    if run is None:
        return Live(version(), work, facts, asked, files)
    if isinstance(run, Closed):
        return Live(version(), work, facts, asked | by_name(*run.questions()), files | {"checkpoint": run.brought()})
    asked |= by_name(*train_questions(run))
    return Live(version(), work, facts, asked, files | {"checkpoint": brought(run)}, CHANGES, run.app_token)


def kept(models: Models) -> list[str]:
    """Addresses of all that a browser keeps so as to do without this server, beside the page and Gradio's part of it:
    what is told of every model, and map and graphs of those that the tabs begin with."""
    opened = opened_with(models)
    facts = [f"live/{fact}?model={name}" for fact in ("describe", "scorecard") for name in models.names()]
    facts += ["live/catalog", *(f"live/points?model={name}" for name in opened)]
    graphs = [f"{folder_of_graphs(models, name)}/{file}" for name in opened for file in files_of(models.get(name))]
    vendored = [f"{vendor_folder()}/{name}" for name in vendored_files()]
    return [*map(address, page_files()), *vendored, *facts, *graphs]


def page(models: Models, run: Run | Closed | None, room: Room) -> gr.Blocks:
    """The tabs, and the endpoints for programs."""
    first = described(models, models.default)
    with PoliteBlocks(title=TITLE, analytics_enabled=False, delete_cache=(3600, 3600), fill_width=True) as blocks:
        widget("page/header", script="runtime/chooser", model=first, names=models.names())
        with gr.Tabs(elem_id="tabs", overflow_behavior="wrap"):
            with gr.Tab("Draw", id="draw"):
                draw_tab()
            with gr.Tab("Explore", id="explore"):
                explore_tab(first["order"])
            with gr.Tab("Write", id="write"):
                write_tab()
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
        add_endpoints(blocks, models, room)
    return blocks
