"""The page's questions as routes of the app: POST live/NAME asks, GET live/NAME tells what changes rarely.

Nothing is kept between two questions, so that any process may answer. A bad question gets {"error": one sentence}.
"""

import hashlib
import secrets
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import partial, update_wrapper
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from demo.door.answers import Answer, Asked, politely
from demo.door.client import client_of
from demo.door.refusal import refusal, too_busy
from demo.door.turns import Busy, Left, Turns
from demo.door.watch import LEFT
from demo.door.work import Work

Brought = Callable[..., Answer]  # of a file's bytes and the page's token
JSON, FILE = "application/json", "application/octet-stream"
APP_TOKEN = "X-App-Token"  # which this app gave to its pages
PAGE_TOKEN = "X-Page-Token"  # which only one page knows, and what it brought is known by
VERSION = "X-Version"


@dataclass(frozen=True)
class Live:
    """What may be asked by name; what `changes` something, only by pages that this app gave its token to."""

    version: str  # of the page's files and the code that answers them
    work: Work
    facts: Mapping[str, Asked] = field(default_factory=dict)  # asked with GET; cacheable
    questions: Mapping[str, Asked] = field(default_factory=dict)  # asked with JSON as the body
    files: Mapping[str, Brought] = field(default_factory=dict)  # asked with a file as the body
    changes: Collection[str] = ()  # names of those that change something
    token: str = ""

    def routes(self) -> list[Route]:
        return [Route("/live/{name}", self._post, methods=["POST"]), Route("/live/{name}", self._get, methods=["GET"])]

    def names(self) -> frozenset[str]:
        """All that may be asked."""
        return frozenset((*self.facts, *self.questions, *self.files))

    def came_from_our_page(self, request: Request) -> bool:
        """Whether the request brings the token, which no page of another site can read."""
        given = request.headers.get(APP_TOKEN, "")
        return bool(self.token) and secrets.compare_digest(given.encode(), self.token.encode())

    async def _post(self, request: Request) -> Response:
        name = request.path_params["name"]
        wanted = JSON if name in self.questions else FILE
        if name not in self.questions and name not in self.files:
            return refusal(404, "There is no question of that name to post here.")
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != wanted:
            return refusal(415, f"Expected a question as {wanted}.")
        if name in self.changes and not self.came_from_our_page(request):
            return refusal(403, "Only a page of this app may do that. Reload it and try again.")
        body = await request.body()
        if name in self.files:
            bring = self.files[name]
            answer = update_wrapper(partial(bring, token=request.headers.get(PAGE_TOKEN)), bring)
            return await self._answer(request, self.work.heavy, answer, body)
        try:
            asked = orjson.loads(body)
        except orjson.JSONDecodeError:
            return refusal(400, "Expected a question as sound JSON.")
        return await self._answer(request, self.work.kind_of(name, asked), self.questions[name], asked)

    async def _get(self, request: Request) -> Response:
        name = request.path_params["name"]
        if name not in self.facts:
            return refusal(404, "There is nothing of that name to get here.")
        asked = {**request.query_params, "token": request.headers.get(PAGE_TOKEN)}
        told = await self._answer(request, self.work.kind_of(name, asked), self.facts[name], asked)
        if told.status_code != 200:
            return told
        told.headers["Vary"] = PAGE_TOKEN
        told.headers["ETag"] = f'"{hashlib.sha256(told.body).hexdigest()[:32]}"'
        told.headers["Cache-Control"] = "no-cache"  # kept, and asked for again with its ETag
        if request.headers.get("if-none-match") == told.headers["ETag"]:
            return Response(status_code=304, headers={name: told.headers[name] for name in ("etag", "cache-control")})
        return told

    async def _answer(self, request: Request, turns: Turns, answer: Callable[[Any], Answer], asked: Any) -> Response:
        """When it is this client's turn; who asks too much is told so at once, who has left is worked for no more."""
        try:
            told = await turns.run(client_of(request.scope), request.receive, politely(answer), asked)
        except Busy as busy:
            return too_busy(busy)
        except Left:
            return Response(status_code=LEFT)
        return Response(orjson.dumps(told), media_type=JSON, headers={VERSION: self.version})
