"""The path that a proxy takes off, and where the page's relative addresses begin."""

from html import escape

from starlette.types import ASGIApp, Message, Receive, Scope, Send

GRADIO_BASE = b'<base href="./" />'


def normal(path: str) -> str:
    """A prefix as "/demo", an address as "https://example.org/demo", or ""."""
    path = path.strip().rstrip("/")
    return path if "://" in path or not path else f"/{path.lstrip('/')}"


class PrefixedPage:
    """ASGI middleware: a page asked for as /demo, without the slash at its end, finds its files below /demo/ too. The
    app cannot tell which it was, as the proxy asks both of it by the same path."""

    def __init__(self, app: ASGIApp, prefix: str) -> None:
        self.app = app
        self._base = f'<base href="{escape(prefix)}/" />'.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].strip("/"):
            await self.app(scope, receive, send)
            return
        start: Message = {}
        page = bytearray()

        async def collect(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
                return
            page.extend(message.get("body", b""))
            if message.get("more_body", False):
                return
            whole = bytes(page).replace(GRADIO_BASE, self._base, 1)
            told = [(name, value) for name, value in start["headers"] if not (whole and name == b"content-length")]
            length = (
                [(b"content-length", str(len(whole)).encode())] if whole else []
            )  # HEAD tells one with nothing in it
            await send({**start, "headers": [*told, *length]})
            await send({"type": "http.response.body", "body": whole})

        await self.app(scope, receive, collect)
