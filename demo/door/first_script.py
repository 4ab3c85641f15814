"""What comes before all of Gradio's: it stands in the page itself, where Gradio's own head comes too late."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEAD = b"<head>"


class FirstScript:
    """ASGI middleware: `first`, markup, at the beginning of every page's head."""

    def __init__(self, app: ASGIApp, first: str) -> None:
        self.app = app
        self.head = HEAD + first.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        start: Message = {}

        async def send_with_script(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start" and is_page(message):
                start = message  # until the length of the page is known
                return
            if start:
                message["body"] = message["body"].replace(HEAD, self.head, 1)
                headers = MutableHeaders(scope=start)
                if message.get("more_body"):
                    del headers["Content-Length"]
                elif message["body"]:
                    headers["Content-Length"] = str(len(message["body"]))
                await send(start)
                start = {}
            await send(message)

        await self.app(scope, receive, send_with_script if scope["type"] == "http" else send)


def is_page(start: Message) -> bool:
    return MutableHeaders(scope=start).get("Content-Type", "").startswith("text/html")
