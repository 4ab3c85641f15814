"""Whether the app lives and can answer, for whoever starts and balances it; asked by any name, as probes do."""

import asyncio

from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from demo.door.refusal import refusal
from demo.door.work import Work

PATIENCE = 2.0  # seconds that a live thread may be at its work


class Health:
    """ASGI middleware: GET /healthz is answered as long as anything is, /readyz as long as live threads take work."""

    def __init__(self, app: ASGIApp, work: Work) -> None:
        self.app, self.work = app, work

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] not in ("/healthz", "/readyz"):
            await self.app(scope, receive, send)
        elif scope["method"] not in ("GET", "HEAD"):
            await refusal(405, "Expected GET.")(scope, receive, send)
        else:
            await (WELL if scope["path"] == "/healthz" else await self._ready())(scope, receive, send)

    async def _ready(self) -> Response:
        try:
            await asyncio.wait_for(self.work.live.try_out(), PATIENCE)
        except TimeoutError:
            return refusal(503, "The server is not ready: its threads are all at work.")
        return WELL


WELL = JSONResponse({"status": "ok"}, headers={"Cache-Control": "no-store"})
