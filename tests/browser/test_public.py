"""The app as a public server has it: without training, behind a reverse proxy, under a path of its own."""

import http.server
import io
import os
import re
import threading
from collections.abc import Iterator
from pathlib import Path

import hand
import httpx
import pytest
from conftest import HTTP, PATIENCE, serve
from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect

pytestmark = pytest.mark.answered_by("server", why="the tests say themselves who answers")

PREFIX = "/somewhere/demo"


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of runs with a model that was trained when training was on."""
    folder = tmp_path_factory.mktemp("runs")
    (folder / "models").mkdir()
    (folder / "models" / "conv-1.safetensors").write_bytes(b"secret")
    return folder


@pytest.fixture(scope="module")
def url(runs: Path) -> Iterator[str]:
    """The address of the app behind a proxy that knows it under a prefix, and nothing else."""
    with (
        serve("--no-training", "--runs", str(runs), GRADIO_ROOT_PATH=PREFIX) as app,
        http.server.ThreadingHTTPServer(("127.0.0.1", 0), Proxy) as proxy,
    ):
        Proxy.upstream = httpx.Client(base_url=app, timeout=PATIENCE / 1000)
        threading.Thread(target=proxy.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{proxy.server_port}{PREFIX}/"
        proxy.shutdown()


class Proxy(http.server.BaseHTTPRequestHandler):
    """Takes the prefix off, as a reverse proxy does."""

    upstream: httpx.Client
    is_cut = False  # the network
    newer = b""  # in the place of a version, that of the next app

    def do_GET(self) -> None:
        if self.is_cut:
            self.close_connection = True
            return
        if not self.path.startswith(PREFIX):
            self.send_error(204 if self.path == "/favicon.ico" else 404)  # a browser asks any host for its icon
            return
        length = int(self.headers.get("Content-Length", 0))
        sent = {name: value for name, value in self.headers.items() if name.lower() not in ("host", "connection")}
        path = self.path.removeprefix(PREFIX).lstrip("/")
        sent["Host"] = self.headers["Host"]
        body = self.rfile.read(length)
        answer = self.upstream.request(self.command, path, headers=sent, content=body)
        content = answer.content
        if self.newer and path == "service-worker.js":
            content = re.sub(rb"(version%22%3A%20%22)\w+", rb"\g<1>" + self.newer, content)
        self.send_response(answer.status_code)
        for name, value in answer.headers.items():
            if name.lower() not in ("content-length", "content-encoding", "transfer-encoding", "connection"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_POST = do_GET

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.mark.parametrize("end", ["/", "", "?from=a-link", "#style=0"], ids=["slash", "none", "query", "hash"])
def test_the_app_works_under_a_path_prefix_that_ends_in_a_slash_or_not(
    context: BrowserContext, url: str, end: str
) -> None:
    blank, missing = context.new_page(), list[str]()
    blank.on("response", lambda answer: missing.append(answer.url) if answer.status >= 400 else None)
    blank.goto(url.rstrip("/") + end)
    blank.wait_for_selector("#pad canvas[data-revision]")
    hand.draw(blank, hand.digit(3))
    hand.wait_for_digit(blank, 3)
    blank.get_by_role("tab", name="Explore").click()
    blank.wait_for_selector("#picture[data-revision]")
    assert missing == []


def test_a_public_server_has_no_training_at_all(page: Page, url: str, runs: Path) -> None:
    assert page.get_by_role("tab", name="Train").count() == 0
    assert "conv-1" not in page.locator("#model-name").inner_html()
    for question in ("training", "start_training", "stop_training", "go_on_training", "fetch_digits"):
        asked = HTTP.post(f"{url}live/{question}", json={})
        assert asked.status_code == 404, question
    assert b"secret" not in HTTP.get(f"{url}models/conv-1.safetensors").content
    file = {"content": b"x", "headers": {"Content-Type": "application/octet-stream"}}
    assert HTTP.post(f"{url}live/checkpoint", **file).status_code == 404
    assert os.listdir(runs) == ["models"]


@pytest.fixture
def kept(context: BrowserContext, url: str) -> Iterator[Page]:
    """A page that answers itself and is kept by its browser."""
    page = context.new_page()
    visit(page, url)
    hand.wait_until_kept(page)
    yield page
    Proxy.is_cut, Proxy.newer = False, b""


def visit(page: Page, url: str) -> None:
    page.goto(f"{url}?runtime=auto")
    page.wait_for_selector("#pad canvas[data-revision]")


WAITS = "navigator.serviceWorker.getRegistration().then(({ waiting }) => Boolean(waiting))"


def test_after_a_visit_every_tab_works_without_the_network(kept: Page) -> None:
    Proxy.is_cut = True
    kept.context.set_offline(True)
    kept.reload()
    kept.wait_for_selector("#pad canvas[data-revision]")
    hand.open_each_tab(kept)
    kept.get_by_role("tab", name="Write").click()
    kept.wait_for_selector("#write-sheet svg[data-revision]")
    kept.locator("#write-text").fill("314")
    expect(kept.locator("#write-sheet svg")).to_have_attribute("aria-label", "314")
    expect(kept.locator("#write-sheet svg g path")).to_have_count(3)


def test_a_new_version_replaces_the_old_one_whole(kept: Page, url: str) -> None:
    (old,) = kept.evaluate("caches.keys()")
    Proxy.newer = b"another"
    visit(kept, url)
    assert hand.eventually(kept, lambda: kept.evaluate(WAITS))
    other = kept.context.new_page()
    other.goto(url.removesuffix(f"{PREFIX}/"))  # of the same origin, but not the app
    kept.close()
    new = old.replace(old.split()[-1], "another")
    assert hand.eventually(other, lambda: other.evaluate("caches.keys()") == [new])


def test_a_page_can_be_installed_from_below_its_prefix(url: str) -> None:
    link = re.findall('<link rel="manifest" href="([^"]+)"', HTTP.get(url).text)[0]  # the first is taken
    manifest = HTTP.get(f"{url}{link}")
    assert manifest.headers["content-type"] == "application/manifest+json"
    told = manifest.json()
    assert told["start_url"] == "./" and told["display"] == "standalone"
    for icon in told["icons"]:
        with Image.open(io.BytesIO(HTTP.get(f"{url}{icon['src']}").content)) as picture:
            assert f"{picture.width}x{picture.height}" == icon["sizes"]
