"""How large a question may be."""

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from demo.door.refusal import refusal

BODY_LIMIT = 1_000_000  # bytes
PHOTO_LIMIT = 42_000_000  # bytes: a telephone's photo of 40 MB in its envelope
CHECKPOINT_LIMIT = 12_000_000  # bytes
FILE_LIMITS = {
    "/upload": PHOTO_LIMIT,
    "/live/photo": PHOTO_LIMIT,
    "/live/checkpoint": CHECKPOINT_LIMIT,
}  # by path's end


class BodyLimit:
    """ASGI middleware: a body over the limit is refused, whether it announces its length or not."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit = next((most for end, most in FILE_LIMITS.items() if scope["path"].endswith(end)), BODY_LIMIT)
        too_large = refusal(413, f"Expected at most {limit} bytes.")
        announced = Headers(scope=scope).get("content-length", "0")
        if not announced.isdigit() or int(announced) > limit:
            await too_large(scope, receive, send)
            return
        received, answered = 0, False

        async def receive_up_to_limit() -> Message:
            nonlocal received, answered
            message = await receive()
            received += len(message.get("body", b""))
            if received <= limit:
                return message
            if not answered:
                answered = True
                await too_large(scope, receive, send)
            return {"type": "http.disconnect"}

        async def send_once(message: Message) -> None:
            nonlocal answered
            if received <= limit:
                answered = True
                await send(message)

        await self.app(scope, receive_up_to_limit, send_once)
