"""The app behind a reverse proxy, under a path of its own."""

import http.server
import threading
from collections.abc import Iterator

import hand
import httpx
import pytest
from conftest import serve
from playwright.sync_api import BrowserContext

PREFIX = "/somewhere/demo"


@pytest.fixture
def prefixed() -> Iterator[str]:
    """The address of the app behind a proxy that knows it under a prefix, and nothing else."""
    with (
        serve("--no-training", GRADIO_ROOT_PATH=PREFIX) as app,
        http.server.ThreadingHTTPServer(("127.0.0.1", 0), Proxy) as proxy,
    ):
        Proxy.upstream = app
        threading.Thread(target=proxy.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{proxy.server_port}{PREFIX}/"
        proxy.shutdown()


class Proxy(http.server.BaseHTTPRequestHandler):
    """Takes the prefix off, as a reverse proxy does."""

    upstream = ""

    def do_GET(self) -> None:
        if not self.path.startswith(PREFIX):
            self.send_error(404)
            return
        length = int(self.headers.get("Content-Length", 0))
        sent = {name: value for name, value in self.headers.items() if name.lower() not in ("host", "connection")}
        path = self.path.removeprefix(PREFIX).lstrip("/")
        sent["Host"] = self.headers["Host"]
        body = self.rfile.read(length)
        answer = httpx.request(self.command, self.upstream + path, headers=sent, content=body, timeout=60)
        self.send_response(answer.status_code)
        for name, value in answer.headers.items():
            if name.lower() not in ("content-length", "content-encoding", "transfer-encoding", "connection"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.content)))
        self.end_headers()
        self.wfile.write(answer.content)

    do_POST = do_GET

    def log_message(self, format: str, *args: object) -> None:
        pass


def test_the_app_works_under_a_path_prefix(prefixed: str, context: BrowserContext) -> None:
    page = context.new_page()
    missing: list[str] = []
    page.on("response", lambda answer: missing.append(answer.url) if answer.status >= 400 else None)
    page.goto(prefixed)
    page.wait_for_selector("#pad canvas[data-revision]")
    hand.draw(page, hand.digit(3))
    hand.wait_for_digit(page, 3)
    page.get_by_role("tab", name="Explore").click()
    page.wait_for_selector("#picture[data-revision]")
    assert missing == []
