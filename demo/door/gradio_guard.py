"""What reaches Gradio: only those of its routes that the app uses, with JSON that is sound and names what is there."""

import re
from collections.abc import Collection
from typing import Any
from urllib.parse import parse_qsl

import gradio as gr
import orjson
from gradio.utils import LRUCache
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from demo.door.client import client_of
from demo.door.limits import HEAVY_WAIT, HEAVY_WAIT_EACH, JSON_DEPTH, JSON_VALUES, NAME_LIMIT, QUEUE, SESSIONS, TOOLS
from demo.door.refusal import refusal, too_busy
from demo.door.room import Room
from demo.door.turns import Busy, Left, Turns

PAGE = ("", "config", "theme.css", "favicon.ico", "robots.txt", "manifest.json", "pwa_icon")
FOLDERS = ("assets", "static", "svelte", "svelte-i18n")  # of the page's own files
PREFIX = "gradio_api"
BY_NAME = ("api", "run", "call")  # calls of an endpoint
OTHERS = (
    "app_id", "cancel", "file", "heartbeat", "info", "mcp", "openapi.json", "queue", "startup-events", "upload",
)  # fmt: skip
UPLOAD, TOOL = f"{PREFIX}/upload", f"{PREFIX}/mcp"
NAMES = re.compile(rf"[A-Za-z0-9_-]{{1,{NAME_LIMIT}}}", re.ASCII)
NAME_EXPECTED = f"Expected a session's name of at most {NAME_LIMIT} letters and digits."


class GradioGuard:
    """ASGI middleware: whatever Gradio would stumble over, or nobody needs, is refused in a sentence before it; what it
    computes waits for its turn among the heavy work, and what it keeps has an end."""

    def __init__(self, app: ASGIApp, blocks: gr.Blocks, heavy: Turns, room: Room) -> None:
        self.app, self.heavy, self.room = app, heavy, room
        self.tools = Turns(TOOLS, HEAVY_WAIT, HEAVY_WAIT_EACH)
        self.indices = set(blocks.fns)
        self.names = {str(function.api_name) for function in blocks.fns.values() if function.api_name}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"].strip("/")
        if scope["type"] != "http":
            await self.app(scope, receive, send)
        elif not is_used(path, self.names):
            await refusal(404, "There is nothing of that name here.")(scope, receive, send)
        elif not has_plain_names(path, scope["query_string"]):
            await refusal(400, NAME_EXPECTED)(scope, receive, send)
        elif scope["method"] == "POST" and path == UPLOAD:
            async with self.room.upload():
                await self.app({**scope, "query_string": b""}, receive, send)  # which asks to keep its progress
        elif scope["method"] == "POST":
            await self._with_sound_json(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _with_sound_json(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = await read(receive)
        try:
            asked = sound(body)
        except Unsound as trouble:
            await refusal(trouble.status, str(trouble))(scope, receive, send)
            return
        if not self._is_known(asked):
            await refusal(404, "There is no function of that number here.")(scope, receive, send)
            return
        try:
            turns = self.tools if scope["path"].strip("/").startswith(TOOL) else self.heavy
            async with turns.turn(client_of(scope), receive):
                await self.app(scope, replay(body, receive), send)
        except Busy as busy:
            await too_busy(busy)(scope, receive, send)
        except Left:
            raise ClientDisconnect from None

    def _is_known(self, asked: Any) -> bool:
        index = asked.get("fn_index") if isinstance(asked, dict) else None
        return index is None or (type(index) is int and index in self.indices)


class Unsound(ValueError):
    """A question that is not for Gradio, in a sentence."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


def sound(body: bytes) -> Any:
    """The JSON of a question; raises Unsound for what Gradio would stumble over, or walk through for long."""
    if body.count(b",") + body.count(b"[") + body.count(b"{") > JSON_VALUES:
        raise Unsound(413, f"Expected at most {JSON_VALUES} values in a question.")
    try:
        asked = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise Unsound(400, "Expected a question as sound JSON.") from None
    if depth_of(asked) > JSON_DEPTH:
        raise Unsound(400, f"Expected a question at most {JSON_DEPTH} levels deep.")
    session = asked.get("session_hash") if isinstance(asked, dict) else None
    if session is not None and not (isinstance(session, str) and NAMES.fullmatch(session)):
        raise Unsound(400, NAME_EXPECTED)
    return asked


def depth_of(value: Any) -> int:
    """Levels of lists and objects."""
    level, depth = [value], 0
    while level := [item for item in level if isinstance(item, (list, dict))]:
        depth += 1
        level = [part for item in level for part in (item.values() if isinstance(item, dict) else item)]
    return depth


def has_plain_names(path: str, query: bytes) -> bool:
    """Whether sessions are named plainly where an address names them."""
    _, _, name = path.partition("heartbeat/")
    told = [value for key, value in parse_qsl(query.decode("latin-1")) if key == "session_hash"]
    return all(NAMES.fullmatch(value) for value in ([name] if name else []) + told)


def bound_memory(app: Any, blocks: gr.Blocks) -> None:
    """What Gradio keeps of strangers, by their sessions' names, has an end: the oldest go first."""
    app.state_holder.capacity = blocks.state_session_capacity = SESSIONS
    blocks._queue.pending_messages_per_session = LRUCache(SESSIONS)
    blocks._queue.pending_event_ids_session = LRUCache(SESSIONS)
    blocks._queue.max_size = QUEUE


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


async def read(receive: Receive) -> bytes:
    """The whole body; raises ClientDisconnect where the connection ended before."""
    chunks, more = [], True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
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
