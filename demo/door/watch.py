"""What is seen of the app while it runs: a line of the log for what was refused, and numbers for whoever asks for them.
Of a question its kind and outcome are told, never what was in it."""

import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Collection

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from demo.door.client import client_of
from demo.door.limits import CLIENTS, SEEN

LEFT = 499  # the status of an answer that nobody waits for any more, as proxies log it
KINDS = {"files": "file", "assets": "file", "static": "file", "svelte": "file", "models": "model"}
OUTCOMES = {429: "busy", 503: "busy", LEFT: "left"}
REFUSED_LOUDLY = (408, 413, 429, 503, 507)  # of interest to whoever runs the app; the rest is the asker's matter
Observer = Callable[[str, str, float], None]  # of kind, outcome and seconds
log = logging.getLogger(__name__)


class Watch:
    """Hands what it sees to `observer`, where there is one, and counts the pages that ask."""

    def __init__(self) -> None:
        self.observer: Observer | None = None
        self.questions: Collection[str] = ()  # live ones, by name
        self._pages: OrderedDict[str, float] = OrderedDict()

    def pages(self) -> int:
        """How many pages asked to read a drawing in the last seconds."""
        since = time.monotonic() - SEEN
        return sum(seen > since for seen in list(self._pages.values()))

    def around(self, app: ASGIApp) -> ASGIApp:
        async def watched(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http":
                await app(scope, receive, send)
                return
            began, status = time.perf_counter(), 500

            async def note(message: Message) -> None:
                nonlocal status
                if message["type"] == "http.response.start":
                    status = message["status"]
                await send(message)

            try:
                await app(scope, receive, note)
            except ClientDisconnect:
                status = LEFT
                raise
            finally:
                self._tell(scope, status, time.perf_counter() - began)

        return watched

    def _tell(self, scope: Scope, status: int, seconds: float) -> None:
        kind = self.kind_of(scope["path"])
        if kind == "read":
            self._saw(Headers(scope=scope).get("x-page-token", "") or client_of(scope))
        if self.observer:
            sentence = status == 500 and kind in ("endpoint", "mcp")  # as Gradio tells what an endpoint refuses
            self.observer(kind, "refused" if sentence else outcome_of(status), seconds)
        if status >= 400 and status != LEFT:
            level = logging.WARNING if status in REFUSED_LOUDLY else logging.INFO
            told = {"event": "refusal", "kind": kind, "status": status, "client": client_of(scope)}
            log.log(level, "refused", extra={"told": told})

    def _saw(self, page: str) -> None:
        page = page[:100]
        self._pages.pop(page, None)
        self._pages[page] = time.monotonic()
        if len(self._pages) > CLIENTS:
            self._pages.popitem(last=False)

    def kind_of(self, path: str) -> str:
        """One of few words, whatever was asked for."""
        first, _, rest = path.strip("/").partition("/")
        if first == "live":
            return rest if rest in self.questions else "other"
        if first == "gradio_api":
            return {"upload": "upload", "mcp": "mcp", "heartbeat": "stream", "file": "file"}.get(
                rest.partition("/")[0].partition("=")[0], "endpoint"
            )
        return KINDS.get(first, "other" if rest or first not in ("", "config") else "page")


def outcome_of(status: int) -> str:
    if status in OUTCOMES:
        return OUTCOMES[status]
    return "answered" if status < 400 else "refused" if status < 500 else "fault"
