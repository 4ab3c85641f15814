"""Train: a model learns in front of everybody, in a process of its own."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import numpy as np
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from demo.door.answers import Answer, Asked
from demo.door.pictures import base64_bytes
from demo.door.question import field
from demo.door.refusal import refusal
from demo.door.shelves import is_plain, page_of
from demo.page.widget import widget
from demo.tabs.train.closed import Closed
from demo.tabs.train.keep import keep
from demo.tabs.train.news import news
from demo.tabs.train.run import Run, read_lines
from demo.tabs.train.settings import LIKELIHOODS, NUMBERS, WHOLE, WIDTHS, from_page, of_preset
from vae_core.config import PRESETS
from vae_core.training.run_log import METRICS, ROWS

ROWS_AT_ONCE = 20  # epochs in one answer
# What only pages of this app may do.
CHANGES = ("start_training", "stop_training", "go_on_training", "let_go_training", "fetch_digits", "checkpoint")
WORDS = {
    "blog": "The published recipe, one hidden layer in each sub-network: a few minutes.",
    "conv": "What the page shows at first, convolutional and with a critic: hours, but a tenth of MNIST shows a lot.",
    "plane": "The same with two latent values: hours.",
    "plain": "Neither classifier nor digits, what conditioning is measured against: hours.",
    "deep": "A deeper network with more latent values: many hours.",
}


def train_tab() -> None:
    """The Train tab."""
    presets = {
        name: {
            "settings": asdict(of_preset(name)),
            "width_limit": WIDTHS[preset.model.architecture],
            "digits": preset.model.conditional,
        }
        for name, preset in PRESETS.items()
    }
    widget("tabs/train/train", presets=presets, words=WORDS, likelihoods=LIKELIHOODS, limits={**WHOLE, **NUMBERS})


def train_questions(run: Run) -> list[Asked]:
    """What the tab asks."""

    def training(asked: Any) -> Answer:
        """{token, run, have}: the run as it stands, and the epochs that a page with `have` of them lacks."""
        return status(run, field(asked, "token"), field(asked, "run"), field(asked, "have"))

    def start_training(asked: Any) -> Answer:
        run.start(from_page(field(asked, "settings")), field(asked, "token"))
        return {}

    def stop_training(asked: Any) -> Answer:
        run.stop(field(asked, "token"))
        return {}

    def go_on_training(asked: Any) -> Answer:
        run.go_on(field(asked, "token"))
        return {}

    def let_go_training(asked: Any) -> Answer:
        run.let_go(field(asked, "token"))
        return {}

    def fetch_digits(asked: Any) -> Answer:
        run.mnist.fetch()
        return {}

    return [training, start_training, stop_training, go_on_training, let_go_training, fetch_digits]


def status(run: Run, token: Any, known: Any, have: Any) -> Answer:
    """All a page shows of the run. Whole epochs only come with their row of digits."""
    state, about, live, mine = run.state(), run.about(), run.live(), run.belongs_to(token)
    reserved = run.reserved()
    first = have if known == about.get("id") and type(have) is int and have >= 0 else 0
    reports, rows = read_lines(run.folder / METRICS), read_rows(run)
    last = min(len(reports), len(rows), first + ROWS_AT_ONCE)
    return {
        "state": state,
        "mine": mine,
        "owner": run.owner.is_(token),
        "reserved": bool(reserved),
        "run": about.get("id"),
        "name": about.get("name"),
        "settings": about.get("settings"),
        "ready": is_plain(run.checkpoint()),
        "live": live,
        "first": first,
        "epochs": reports[first:last],
        "rows": base64_bytes(rows[first:last]),
        "mnist": run.mnist.status(),
        "news": news(state, mine, about, live, reports, run.complaint(), reserved),
    }


def read_rows(run: Run) -> np.ndarray:
    """(epochs, 10, 28, 28); none yet where the file is not there."""
    try:
        return np.load(run.folder / ROWS, mmap_mode="r")
    except (OSError, ValueError, EOFError):
        return np.empty((0, 10, 28, 28), np.float32)


def brought(run: Run) -> Callable[..., Answer]:
    """A checkpoint file, and the token of the page that brings it, to {name}, that it is kept under."""

    def checkpoint(data: bytes, token: str | None) -> Answer:
        return {"name": keep(run.shelves, page_of(token, required=True), data)}

    return checkpoint


def checkpoint_route(run: Run | Closed) -> Route:
    """GET models/NAME.safetensors takes a trained or brought model away."""

    def take(request: Request) -> Response:
        name = request.path_params["name"]
        file = run.shelves.find(name)
        try:
            data = file.read_bytes() if file else b""
        except OSError:  # it went in between
            data = b""
        if not data:
            return refusal(404, "There is no such model.")
        headers = {"Content-Disposition": f'attachment; filename="{name}.safetensors"', "Cache-Control": "no-store"}
        return Response(data, media_type="application/octet-stream", headers=headers)

    return Route("/models/{name}.safetensors", take)
