"""The app behind its door: our routes before Gradio's, what guards them around both, and the server that listens."""

import errno
import os
import secrets
import socket
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import gradio as gr
import h11
import orjson
import uvicorn
from gradio import networking, processing_utils
from starlette.applications import Starlette
from starlette.routing import BaseRoute
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from demo.door.faults import Faults
from demo.door.first_script import FirstScript
from demo.door.gradio_guard import GradioGuard
from demo.door.headers import SecurityHeaders, security_headers
from demo.door.limits import BodyLimit
from demo.door.origin import KnownHosts, NamedProxies, OwnPages, allowed_hosts
from demo.door.packing import PackedPage
from demo.door.prefix import PrefixedPage
from demo.door.refusal import Refusal

SPACES = (".hf.space",)
TUNNEL = ".gradio.live"
SPACES_PAGES = ("https://huggingface.co", "https://*.hf.space")
LAST_PORT = 65_535
GRACE = 8  # seconds that a request under way has to end in when the app is told to


@dataclass(frozen=True)
class Door:
    """Where the app listens and whom it answers."""

    host: str = "127.0.0.1"
    port: int = 7860
    hosts: Sequence[str] = ()  # that it is asked for by, beside its own addresses
    proxies: str = ""  # addresses or networks of proxies that are believed, separated by commas; * is any
    embedders: Sequence[str] = ()  # origins whose pages may show the app in a frame
    root_path: str = ""  # the path a proxy takes off

    def in_its_place(self) -> "Door":
        """Where the environment says that this is a Space: with its name, its proxy, and the page around it."""
        if "SPACE_ID" not in os.environ:
            return self
        hosts, embedders = (*self.hosts, *SPACES), (*self.embedders, *SPACES_PAGES)
        return replace(self, hosts=hosts, proxies=self.proxies or "*", embedders=embedders)

    def around(self, app: ASGIApp) -> ASGIApp:
        """`app` with everything that is checked before it is asked."""
        app = OwnPages(BodyLimit(app))
        app = KnownHosts(app, allowed_hosts(self.host, self.hosts))
        app = NamedProxies(app, self.proxies)  # type: ignore[arg-type, assignment]
        return SecurityHeaders(Faults(app), security_headers(self.embedders))


def assemble(blocks: gr.Blocks, routes: Sequence[BaseRoute], door: Door, first: str, **options: object) -> ASGIApp:
    """Routes of ours and, where none fits, Gradio's app, whose page's head begins with the markup `first`; `options`
    are those of gr.mount_gradio_app."""
    refuse_addresses()
    app = Starlette(routes=list(routes))
    gr.mount_gradio_app(
        app,  # type: ignore[arg-type]
        blocks,
        path="/",
        server_name=door.host,
        server_port=door.port,
        root_path=door.root_path,
        show_error=False,
        ssr_mode=False,
        enable_monitoring=False,
        run_history=False,
        mcp_server=True,
        **options,  # type: ignore[arg-type]
    )
    blocks.has_launched = True  # else Gradio takes any path for one of its own files, and serves it
    gradio = app.routes[-1]
    page = FirstScript(GradioGuard(gradio.app, blocks), first)  # type: ignore[attr-defined]
    gradio.app = PackedPage(PrefixedPage(page, door.root_path) if door.root_path else page)  # type: ignore[attr-defined]
    return door.around(app)


def refuse_addresses() -> None:
    """Gradio fetches any public address that is posted in a file's place; here files are uploaded."""

    async def refuse(url: str, cache_dir: str) -> str:
        raise Refusal("Expected an uploaded file, got the address of one.")

    processing_utils.async_ssrf_protected_download = refuse


def listen(door: Door) -> socket.socket:
    """The socket the app answers at; raises OSError in a sentence where it cannot be had."""
    host = door.host.strip("[]")
    if not 0 <= door.port <= LAST_PORT:
        raise OSError(f"cannot listen at port {door.port}: expected 0 to {LAST_PORT}")
    try:
        places = socket.getaddrinfo(host, door.port, type=socket.SOCK_STREAM)
        made, family = bound(places)
    except (OSError, UnicodeError) as error:  # a name of too long a label is none
        number = None if isinstance(error, UnicodeError | socket.gaierror) else error.errno
        why = os.strerror(number) if number else str(error)
        raise OSError(f"cannot listen at {host}, port {door.port}: {why}") from None
    # Of a socket that says it is TCP, asyncio sends what is written at once; of another a body waits for 40 ms.
    return socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP, fileno=made.detach())


def bound(places: Sequence[tuple[Any, ...]]) -> tuple[socket.socket, socket.AddressFamily]:
    """A socket that listens at the first of these places that lets it: localhost may be ::1 where there is no IPv6."""
    for family, _, _, _, address in places:
        both = family == socket.AF_INET6 and address[0] == "::" and socket.has_dualstack_ipv6()
        try:
            return socket.create_server(address, family=family, dualstack_ipv6=both), family
        except OSError as error:
            if address == places[-1][-1] or error.errno == errno.EADDRINUSE:
                raise
    raise OSError("it has no address")


def serve(app: ASGIApp, door: Door, listener: socket.socket) -> None:
    """Answer at the socket until told to end."""
    config = uvicorn.Config(
        app,
        http=protocol(security_headers(door.embedders)),
        ws="none",
        log_level="warning",
        proxy_headers=False,  # NamedProxies does it
        server_header=False,
        timeout_graceful_shutdown=GRACE,
    )
    uvicorn.Server(config).run(sockets=[listener])


def tunnel(listener: socket.socket) -> str:
    """A public address for a while, through Gradio's tunnel; raises OSError in a sentence where there is none."""
    try:
        return networking.setup_tunnel("127.0.0.1", listener.getsockname()[1], secrets.token_urlsafe(32), None, None)
    except Exception as error:  # of many kinds: no network, no binary, a checksum
        raise OSError(f"cannot open a public link: {error}") from None


def address_of(door: Door, listener: socket.socket) -> str:
    """Where a person on this machine opens the app."""
    host = {"0.0.0.0": "localhost", "::": "localhost"}.get(door.host.strip("[]"), door.host.strip("[]"))
    return f"http://{f'[{host}]' if ':' in host else host}:{listener.getsockname()[1]}"


def protocol(headers: dict[str, str]) -> type[H11Protocol]:
    """HTTP as uvicorn speaks it, but what it refuses itself carries our headers and a sentence too."""

    class Protocol(H11Protocol):
        def send_400_response(self, msg: str) -> None:
            body = orjson.dumps({"error": "Expected an HTTP request."})
            told = {"content-type": "application/json", "connection": "close", "cache-control": "no-store", **headers}
            event = h11.Response(status_code=400, headers=list(told.items()), reason=b"Bad Request")
            for part in (event, h11.Data(data=body), h11.EndOfMessage()):
                self.transport.write(self.conn.send(part) or b"")
            self.transport.close()

    return Protocol
