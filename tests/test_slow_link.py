"""The slow link of the latency benchmark: what it carries is whole, and no faster than it says."""

import http.server
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from benchmarks.latency.link import LATENCY, RATE, slow_link

BODY = bytes(range(256)) * 240  # 61 kB


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        got = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", str(len(got)))
        self.end_headers()
        self.wfile.write(got)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def echo() -> Iterator[str]:
    """The address of a server that sends back what it gets."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def test_what_is_carried_is_whole_and_takes_its_time_each_way(echo: str) -> None:
    with slow_link(echo) as link, httpx.Client(trust_env=False, timeout=60) as client:
        for connections in (1, 0):  # one is kept open
            began = time.monotonic()
            assert client.post(link.address, content=BODY).content == BODY
            assert time.monotonic() - began >= 2 * len(BODY) / RATE + LATENCY * (1 + connections) - 0.01


def test_connections_share_its_rate(echo: str) -> None:
    def ask(address: str) -> bytes:
        return httpx.post(address, content=BODY, trust_env=False, timeout=60).content

    with slow_link(echo) as link, ThreadPoolExecutor(3) as people:
        began = time.monotonic()
        assert list(people.map(ask, [link.address] * 3)) == [BODY] * 3
        assert time.monotonic() - began >= 3 * len(BODY) / RATE + 2 * LATENCY - 0.01


def test_a_connection_that_ends_is_closed_on_the_other_side(echo: str) -> None:
    with slow_link(echo) as link:
        port = int(link.address.rstrip("/").rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port), timeout=60) as client:
            client.sendall(b"POST / HTTP/1.1\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi")
            with client.makefile("rb") as answer:
                assert answer.read().endswith(b"\r\n\r\nhi")
