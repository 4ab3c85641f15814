"""What reaches Gradio: only those of its routes that the app uses, with JSON that is sound and names what is there."""

from collections.abc import Collection
from typing import Any

import gradio as gr
import orjson
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from demo.door.refusal import refusal

PAGE = ("", "config", "theme.css", "favicon.ico", "robots.txt", "manifest.json", "pwa_icon")
FOLDERS = ("assets", "static", "svelte", "svelte-i18n")  # of the page's own files
PREFIX = "gradio_api"
BY_NAME = ("api", "run", "call")  # calls of an endpoint
OTHERS = (
    "app_id", "cancel", "file", "heartbeat", "info", "mcp", "openapi.json", "queue", "startup-events", "upload",
    "upload_progress",
)  # fmt: skip
FILES = ("upload",)  # whose body is no JSON


class GradioGuard:
    """ASGI middleware: whatever Gradio would stumble over, or nobody needs, is refused in a sentence before it."""

    def __init__(self, app: ASGIApp, blocks: gr.Blocks) -> None:
        self.app = app
        self.indices = set(blocks.fns)
        self.names = {str(function.api_name) for function in blocks.fns.values() if function.api_name}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
        elif not is_used(scope["path"], self.names):
            await refusal(404, "There is nothing of that name here.")(scope, receive, send)
        elif scope["method"] == "POST" and not scope["path"].strip("/").endswith(FILES):
            await self._with_sound_json(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _with_sound_json(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = await read(receive)
        if body is None:
            return  # whoever asked has left
        try:
            asked = orjson.loads(body)
        except orjson.JSONDecodeError:
            await refusal(400, "Expected a question as sound JSON.")(scope, receive, send)
            return
        if not self._is_known(asked):
            await refusal(404, "There is no function of that number here.")(scope, receive, send)
            return
        await self.app(scope, replay(body, receive), send)

    def _is_known(self, asked: Any) -> bool:
        index = asked.get("fn_index") if isinstance(asked, dict) else None
        return index is None or (type(index) is int and index in self.indices)


def is_used(path: str, names: Collection[str]) -> bool:
    """Whether the app uses a route of Gradio's; `names` are those of its endpoints."""
    first, _, rest = path.strip("/").partition("/")
    if first != PREFIX:
        return (first in PAGE and not rest) or first in FOLDERS
    call, *more = rest.split("/")
    if call in BY_NAME:
        name = next((part for part in more if part != "v2"), "")
        return name in names or name == "predict"  # which a number in the body chooses
    return call.partition("=")[0] in OTHERS


async def read(receive: Receive) -> bytes | None:
    """The whole body; None where the connection ended before."""
    chunks, more = [], True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        chunks.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(chunks)


def replay(body: bytes, receive: Receive) -> Receive:
    """A `receive` that gives the body once more, and then what really comes."""
    given = False

    async def receive_again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive_again
