"""A real app.py on a free port, or the static site, and a real Chromium. Every page is checked for console errors and
foreign requests."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import hand
import httpx
import pytest
import questions
from chromium import MISSING, chromium
from files_host import host_of_files
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

ROOT = Path(__file__).parents[2]
START_LIMIT = 300  # seconds for the app to answer, and to end
PATIENCE = 90_000  # ms for anything in the page, on a busy machine
HTTP = httpx.Client(timeout=PATIENCE / 1000, limits=httpx.Limits(max_keepalive_connections=0))  # instead of a browser
BY_THE_SERVER = {"RUNTIME": "server"}  # where a test does not say otherwise
CHANCE = """let state = %d;
Math.random = () => {
  state = (state + 0x6d2b79f5) | 0;
  let mixed = Math.imul(state ^ (state >>> 15), state | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
};"""  # mulberry32: a page draws the same lots every time, so that a test passes always or never
NO_NETWORK = {"http_proxy": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9", "no_proxy": "127.0.0.1"}


def pytest_runtest_setup(item: pytest.Item) -> None:
    """A test may say whose answers it is of, and why."""
    way = item.config.getoption("answered_by")
    for marker in item.iter_markers("answered_by"):
        assert set(marker.args) < {"server", "browser", "site"}, marker.args
        if way not in marker.args:
            pytest.skip(marker.kwargs["why"])


@pytest.fixture(scope="session")
def answered_by(request: pytest.FixtureRequest) -> str:
    """Who answers what a page asks: the server, the browser, or the browser on the static site."""
    return request.config.getoption("answered_by")


@pytest.fixture(scope="session")
def url(answered_by: str, request: pytest.FixtureRequest) -> str:
    """The address of the page, ending in a slash."""
    return request.getfixturevalue("site" if answered_by == "site" else "app")


@pytest.fixture(scope="session")
def app(answered_by: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the app. Its machine has no network and no data."""
    folder = tmp_path_factory.mktemp("app")
    options = ["--runs", str(folder / "runs"), "--data", str(folder / "data")]
    with serve(*options, RUNTIME=answered_by, **NO_NETWORK) as address:
        yield address


@pytest.fixture(scope="session")
def site_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The static site, as its command writes it."""
    folder = tmp_path_factory.mktemp("site") / "demo"
    subprocess.run([sys.executable, "-m", "demo.site", "--out", str(folder)], cwd=ROOT, check=True)
    return folder


@pytest.fixture(scope="session")
def site(site_folder: Path) -> Iterator[str]:
    """The address of the static site."""
    with host_of_files(site_folder) as host:
        yield f"http://127.0.0.1:{host.server_port}/"


@contextmanager
def serve(*options: str, script: str = "app.py", **environment: str) -> Iterator[str]:
    """An app of its own, with further options of app.py; gives its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, script, "--port", str(port), *options]
    app = subprocess.Popen(
        command,
        cwd=ROOT,
        env=os.environ | BY_THE_SERVER | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    address = f"http://127.0.0.1:{port}/"
    try:
        wait_for(address, app)
        yield address
    finally:
        app.terminate()
        app.communicate(timeout=START_LIMIT)


def wait_for(address: str, app: subprocess.Popen[str]) -> None:
    for _ in range(START_LIMIT * 2):
        if app.poll() is not None:
            pytest.fail(f"app.py ended:\n{app.stdout.read() if app.stdout else ''}")
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
    pytest.fail(f"app.py did not answer within {START_LIMIT} s")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = chromium()
    if not path:
        pytest.fail(MISSING)
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        expect.set_options(timeout=PATIENCE)
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def options() -> dict:
    """Options of the browser context; a test overrides them with parametrize."""
    return {"viewport": {"width": 1280, "height": 900}}


@pytest.fixture(scope="session")
def chance(request: pytest.FixtureRequest) -> int:
    """Seed of every lot that a page draws."""
    return request.config.getoption("chance")


@pytest.fixture
def context(browser: Browser, options: dict, chance: int) -> Iterator[BrowserContext]:
    with new_context(browser, chance, **options) as context:
        yield context


@contextmanager
def new_context(browser: Browser, chance: int, **options: Any) -> Iterator[BrowserContext]:
    """Pages of their own, whose requests and questions are counted."""
    context = browser.new_context(**options)
    context.set_default_timeout(PATIENCE)
    context.add_init_script(CHANCE % chance)
    hand.count_requests(context)
    questions.watch(context)
    yield context
    context.close()


@pytest.fixture
def blank(context: BrowserContext, url: str) -> Iterator[Page]:
    """A page yet to go to the app. Ends with: no console error but of a network cut on purpose, no foreign request."""
    page = context.new_page()
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text) if is_problem(message) else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("request", lambda request: problems.append(request.url) if is_foreign(request.url, url) else None)
    yield page
    assert problems == []


@pytest.fixture
def page(blank: Page, url: str) -> Page:
    """The app, loaded."""
    blank.goto(url)
    blank.wait_for_selector("#pad canvas[data-revision]")
    return blank


def is_problem(message: ConsoleMessage) -> bool:
    return message.type == "error" and "ERR_INTERNET_DISCONNECTED" not in message.text


def is_foreign(address: str, url: str) -> bool:
    return not address.startswith((url, "data:", "blob:"))
