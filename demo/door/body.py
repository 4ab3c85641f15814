"""What a request brings: no longer than it may be, and few long ones at once."""

from contextlib import AsyncExitStack

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from demo.door.client import client_of
from demo.door.limits import (
    BODY_LIMIT,
    FILE_LIMITS,
    LARGE_BODIES,
    LARGE_BODIES_EACH,
    LARGE_BODIES_WAIT,
    LARGE_BODY,
    LARGE_QUESTIONS,
)
from demo.door.refusal import refusal, too_busy
from demo.door.turns import Busy, Turns


def limit_of(path: str) -> int:
    """Bytes that a body may have."""
    return next((most for end, most in FILE_LIMITS.items() if path.endswith(end)), BODY_LIMIT)


class BodyLimit:
    """ASGI middleware: a body over the limit is refused, whether it announces its length or not. A long one is read
    when there is a place for it, and until then nothing of it is in memory. A file holds its place until it is
    answered, a question until it is whole, since answering it may mean to ask another."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._files = Turns(LARGE_BODIES, LARGE_BODIES_WAIT, LARGE_BODIES_WAIT, LARGE_BODIES_EACH)
        self._questions = Turns(LARGE_QUESTIONS, LARGE_BODIES_WAIT, LARGE_BODIES_WAIT, LARGE_BODIES_EACH)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers, limit = Headers(scope=scope), limit_of(scope["path"])
        announced = headers.get("content-length", "0")
        if not announced.isdecimal() or int(announced) > limit:
            await refusal(413, f"Expected at most {limit} bytes.")(scope, receive, send)
        elif int(announced) <= LARGE_BODY and "transfer-encoding" not in headers:
            await self.app(scope, receive, send)
        else:
            is_file = limit != BODY_LIMIT
            try:
                async with AsyncExitStack() as place:
                    await place.enter_async_context(
                        (self._files if is_file else self._questions).turn(client_of(scope))
                    )
                    await self._up_to(limit, None if is_file else place, scope, receive, send)
            except Busy as busy:
                await too_busy(busy)(scope, receive, send)

    async def _up_to(
        self, limit: int, place: AsyncExitStack | None, scope: Scope, receive: Receive, send: Send
    ) -> None:
        received, answered = 0, False

        async def receive_up_to_limit() -> Message:
            nonlocal received, answered
            message = await receive()
            received += len(message.get("body", b""))
            if place and not message.get("more_body", False):
                await place.aclose()
            if received <= limit:
                return message
            if not answered:
                answered = True
                await refusal(413, f"Expected at most {limit} bytes.")(scope, receive, send)
            return {"type": "http.disconnect"}

        async def send_once(message: Message) -> None:
            nonlocal answered
            if received <= limit:
                answered = True
                await send(message)

        await self.app(scope, receive_up_to_limit, send_once)
