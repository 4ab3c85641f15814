"""The app behind its door: our routes before Gradio's, what guards them around both, and the server that listens."""

import errno
import os
import secrets
import socket
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import gradio as gr
import uvicorn
from gradio import networking, processing_utils
from starlette.applications import Starlette
from starlette.routing import BaseRoute
from starlette.types import ASGIApp

from demo.door.body import BodyLimit
from demo.door.connections import protocol, room_for_connections
from demo.door.faults import Faults
from demo.door.first_script import FirstScript
from demo.door.gradio_guard import GradioGuard, bound_memory
from demo.door.headers import SecurityHeaders, security_headers
from demo.door.health import Health
from demo.door.limits import GRACE, HEADER_BYTES, HEAVY_THREADS, IDLE_TIME, RATE
from demo.door.origin import KnownHosts, NamedProxies, OwnPages, allowed_hosts
from demo.door.packing import PackedPage
from demo.door.prefix import PrefixedPage
from demo.door.refusal import Refusal
from demo.door.room import Room
from demo.door.share import FairShare
from demo.door.watch import Watch
from demo.door.work import Work

SPACES = (".hf.space",)
TUNNEL = ".gradio.live"
SPACES_PAGES = ("https://huggingface.co", "https://*.hf.space")
LAST_PORT = 65_535


@dataclass(frozen=True)
class Door:
    """Where the app listens and whom it answers."""

    host: str = "127.0.0.1"
    port: int = 7860
    hosts: Sequence[str] = ()  # that it is asked for by, beside its own addresses
    proxies: str = ""  # addresses or networks of proxies that are believed, separated by commas; * is any
    embedders: Sequence[str] = ()  # origins whose pages may show the app in a frame
    root_path: str = ""  # the path a proxy takes off
    rate: float = RATE  # questions a second of one client; 0 is any

    def in_its_place(self) -> "Door":
        """Where the environment says that this is a Space: with its name, its proxy, and the page around it."""
        if "SPACE_ID" not in os.environ:
            return self
        hosts, embedders = (*self.hosts, *SPACES), (*self.embedders, *SPACES_PAGES)
        return replace(self, hosts=hosts, proxies=self.proxies or "*", embedders=embedders)

    def around(self, app: ASGIApp, work: Work, watch: Watch) -> ASGIApp:
        """`app` with everything that is checked before it is asked."""
        app = OwnPages(FairShare(BodyLimit(app), self.rate))
        app = watch.around(KnownHosts(app, allowed_hosts(self.host, self.hosts)))
        app = NamedProxies(app, self.proxies)  # type: ignore[arg-type, assignment]
        return SecurityHeaders(Health(Faults(app), work), security_headers(self.embedders))


@dataclass(frozen=True)
class Behind:
    """What is shared by all that answers: the turns of work, the folder for files, and who watches."""

    work: Work
    room: Room
    watch: Watch


def assemble(
    blocks: gr.Blocks, routes: Sequence[BaseRoute], door: Door, behind: Behind, first: str, **options: object
) -> ASGIApp:
    """Routes of ours and, where none fits, Gradio's app, whose page's head begins with the markup `first`; `options`
    are those of gr.mount_gradio_app."""
    refuse_addresses()
    blocks.max_threads = HEAVY_THREADS
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
    bound_memory(gradio.app, blocks)  # type: ignore[attr-defined]
    guarded = GradioGuard(gradio.app, blocks, behind.work.heavy, behind.room)  # type: ignore[attr-defined]
    page = FirstScript(guarded, first)
    gradio.app = PackedPage(PrefixedPage(page, door.root_path) if door.root_path else page)  # type: ignore[attr-defined]
    return door.around(app, behind.work, behind.watch)


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
        http=protocol(security_headers(door.embedders), room_for_connections()),
        loop="asyncio",  # whatever else is installed: what is tested is what runs
        h11_max_incomplete_event_size=HEADER_BYTES,
        timeout_keep_alive=IDLE_TIME,
        ws="none",
        log_config=None,
        access_log=False,
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
