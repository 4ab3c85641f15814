"""Who may ask: hosts this app was told to serve, its own pages and programs, and proxies that were named."""

import ipaddress
import socket
from collections.abc import Callable, Collection
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from demo.door.refusal import refusal

FORWARDED = (b"forwarded", b"x-forwarded-", b"x-real-ip", b"x-gradio-server")
DEFAULT_PORTS = (80, 443)
ANY = "*"


class NamedProxies(ProxyHeadersMiddleware):
    """ASGI middleware: what a proxy says of the client, its scheme and the host it asked for is believed of those named
    (addresses, networks, or * for any), and from anybody else it is taken off."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # type: ignore[override]
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)  # type: ignore[arg-type]
            return
        if (scope.get("client") or ("",))[0] in self.trusted_hosts:
            asked = Headers(scope=scope).get("x-forwarded-host", "").split(",")[0].strip()
            scope = {**scope, "headers": list(scope["headers"])}
            if asked:
                MutableHeaders(scope=scope)["Host"] = asked
            await super().__call__(scope, receive, send)  # type: ignore[arg-type]
        else:
            headers = [(name, value) for name, value in scope["headers"] if not name.startswith(FORWARDED)]
            await self.app({**scope, "headers": headers}, receive, send)  # type: ignore[arg-type]


class KnownHosts:
    """ASGI middleware: a question to a Host that is not `allowed` is refused. Another site may point its name here."""

    def __init__(self, app: ASGIApp, allowed: Callable[[str], bool]) -> None:
        self.app, self.allowed = app, allowed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or self.allowed(host_of(Headers(scope=scope).get("host", ""))):
            await self.app(scope, receive, send)
        elif scope["type"] == "http":
            sentence = "This app does not serve the host that was asked for: start it with --allow-host to add one."
            await refusal(421, sentence)(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1008})


class OwnPages:
    """ASGI middleware: a browser's page of another site may link here, and ask nothing. Programs send no Origin."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or is_ours(scope["method"], Headers(scope=scope)):
            await self.app(scope, receive, send)
        else:
            await refusal(403, "This app answers its own pages and programs, not pages of other sites.")(
                scope, receive, send
            )


def is_ours(method: str, headers: Headers) -> bool:
    """Whether a request comes from a page of this app, from a program, or is a link that somebody followed."""
    origin = headers.get("origin")
    if origin is not None:
        _, found, place = origin.partition("://")
        return bool(found) and place_of(place) == place_of(headers.get("host", ""))
    if headers.get("sec-fetch-site", "none") in ("none", "same-origin"):
        return True
    return method in ("GET", "HEAD") and headers.get("sec-fetch-mode") == "navigate"


def allowed_hosts(served: str, named: Collection[str] = ()) -> Callable[[str], bool]:
    """Which hosts an app that listens at the address `served` answers for.

    Loopback always; where it listens beyond, any address and this machine's name too, since no other site can make a
    name of its own be an address; and what is named: hosts, .suffixes, or * for any.
    """
    names = {name.lower().strip("[]") for name in named}
    beyond = not is_loopback(served.strip("[]"))
    own = {socket.gethostname().lower(), f"{socket.gethostname().lower()}.local"} if beyond else set()

    def allowed(host: str) -> bool:
        if ANY in names or host in names or host in own or is_loopback(host) or (beyond and is_address(host)):
            return True
        return any(name.startswith(".") and host.endswith(name) for name in names)

    return allowed


def host_of(value: str) -> str:
    """The name or address of a Host header, without its port; "" where it is none."""
    return place_of(value)[0]


def place_of(value: str) -> tuple[str, int | None]:
    """Host and port of "host:port"; the usual ports count as none."""
    try:
        parts = urlsplit(f"//{value}")
        port = None if parts.port in DEFAULT_PORTS else parts.port
        sound = parts.netloc == value and parts.username is None
        return ((parts.hostname or "").rstrip(".") if sound else "", port)
    except ValueError:
        return "", None


def is_loopback(host: str) -> bool:
    return host == "localhost" or host.endswith(".localhost") or (is_address(host) and _address(host).is_loopback)


def is_address(host: str) -> bool:
    try:
        return bool(_address(host))
    except ValueError:
        return False


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    return ipaddress.ip_address(host)
