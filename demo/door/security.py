"""What every answer carries and how it is packed, how large a question may be, and that none makes us fetch a file."""

from gradio import processing_utils
from starlette.datastructures import MutableHeaders
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from demo.door.refusal import Refusal

# Gradio compiles its templates in the browser, hence the unsafe-* of script-src. Nothing may come from or go to
# another host. No frame-ancestors: the page may be embedded, as Hugging Face Spaces does.
POLICY = "; ".join(
    [
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "media-src 'self' blob:",
        "font-src 'self' data:",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
    ]
)
BODY_LIMIT = 1_000_000  # bytes
UPLOAD_BODY_LIMIT = 12_000_000  # bytes: a photo at the upload limit in its envelope


def refuse_addresses() -> None:
    """Gradio fetches any public address that is posted in a file's place; here files are uploaded."""

    async def refuse(url: str, cache_dir: str) -> str:
        raise Refusal("Expected an uploaded file, got the address of one.")

    processing_utils.async_ssrf_protected_download = refuse


class SecurityHeaders:
    """ASGI middleware: the content policy and nosniff on every HTTP answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("Content-Security-Policy", POLICY)
                headers.setdefault("X-Content-Type-Options", "nosniff")
                headers.setdefault("Referrer-Policy", "same-origin")
            await send(message)

        await self.app(scope, receive, send_with_headers if scope["type"] == "http" else send)


class CompressedPage:
    """ASGI middleware: gzip for the page, which is long; answers to a person who draws are short and must be quick."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.compressed = GZipMiddleware(app, compresslevel=6)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        page = scope["type"] == "http" and scope["path"].rstrip("/").rpartition("/")[2] in ("", "config")
        await (self.compressed if page else self.app)(scope, receive, send)


class BodyLimit:
    """ASGI middleware: a body over the limit is refused, whether it announces its length or not."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit = UPLOAD_BODY_LIMIT if scope["path"].endswith("/upload") else BODY_LIMIT
        announced = dict(scope["headers"]).get(b"content-length", b"0")
        if not announced.isdigit() or int(announced) > limit:
            await PlainTextResponse(f"Expected at most {limit} bytes.", status_code=413)(scope, receive, send)
            return
        received = 0

        async def receive_up_to_limit() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            return message if received <= limit else {"type": "http.disconnect"}

        await self.app(scope, receive_up_to_limit, send)
