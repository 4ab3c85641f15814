"""A real app.py on a free port and a real Chromium. Every page is checked for console errors and foreign requests."""

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

import hand
import httpx
import pytest
from chromium import MISSING, chromium
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

ROOT = Path(__file__).parents[2]
START_LIMIT = 300  # seconds for the app to answer, and to end
PATIENCE = 90_000  # ms for anything in the page, on a busy machine
HTTP = httpx.Client(timeout=PATIENCE / 1000, limits=httpx.Limits(max_keepalive_connections=0))  # instead of a browser
WHO_ANSWERS = {"RUNTIME": os.environ.get("RUNTIME", "server")}  # where a test does not say otherwise
CHANCE = """let state = %d;
Math.random = () => {
  state = (state + 0x6d2b79f5) | 0;
  let mixed = Math.imul(state ^ (state >>> 15), state | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
};"""  # mulberry32: a page draws the same lots every time, so that a test passes always or never
NO_NETWORK = {"http_proxy": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9", "no_proxy": "127.0.0.1"}


@pytest.fixture(scope="session")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the app, ending in a slash. Its machine has no network and no data."""
    folder = tmp_path_factory.mktemp("app")
    with serve("--runs", str(folder / "runs"), "--data", str(folder / "data"), **NO_NETWORK) as address:
        yield address


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
        env=os.environ | WHO_ANSWERS | environment,
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


@pytest.fixture
def context(browser: Browser, options: dict, request: pytest.FixtureRequest) -> Iterator[BrowserContext]:
    context = browser.new_context(**options)
    context.set_default_timeout(PATIENCE)
    context.add_init_script(CHANCE % request.config.getoption("chance"))
    hand.count_requests(context)
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
