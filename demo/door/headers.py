"""What every answer carries: a content policy, and what browsers are not to do with it."""

from collections.abc import Sequence

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Gradio compiles its templates in the browser, hence the unsafe-* of script-src. Nothing may come from or go to
# another host.
POLICY = (
    "default-src 'self'",
    "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "media-src 'self' blob:",
    "font-src 'self' data:",
    "worker-src 'self' blob:",
    "object-src 'none'",
    "base-uri 'self'",
    "form-action 'self'",
)
PERMISSIONS = ("camera=(self)", "geolocation=()", "microphone=()", "payment=()", "usb=()")
CACHES = (("/assets/", "public, max-age=31536000, immutable"),)  # Gradio's, whose names change with their content


def security_headers(embedders: Sequence[str] = ()) -> dict[str, str]:
    """Name to value; `embedders` are origins whose pages may show the app in a frame."""
    ancestors = " ".join(["frame-ancestors 'self'", *embedders])
    return {
        "Content-Security-Policy": "; ".join([*POLICY, ancestors]),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Permissions-Policy": ", ".join(PERMISSIONS),
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }


class SecurityHeaders:
    """ASGI middleware, the outermost: the security headers and a Cache-Control on every HTTP answer."""

    def __init__(self, app: ASGIApp, headers: dict[str, str]) -> None:
        self.app, self.headers = app, headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    headers[name] = value
                headers.setdefault("Cache-Control", cache_control(scope["path"], message["status"]))
            await send(message)

        await self.app(scope, receive, send_with_headers if scope["type"] == "http" else send)


def cache_control(path: str, status: int) -> str:
    """For an answer that does not say itself; pages and answers may hold what is one person's."""
    return next((kept for part, kept in CACHES if part in path and status == 200), "no-store")
