"""How what Gradio serves is packed on its way; our own files are packed once and for all."""

from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

PACKED = ("", "config")  # long; other answers of Gradio's are short and must be quick, or are packed already


class PackedPage:
    """ASGI middleware: gzip for the page."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.packed = GZipMiddleware(app, compresslevel=6)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        page = scope["type"] == "http" and scope["path"].rstrip("/").rpartition("/")[2] in PACKED
        await (self.packed if page else self.app)(scope, receive, send)
