"""The notes that probe.js takes in a page."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from benchmarks.latency.apps import App

SCRIPT = Path(__file__).with_name("probe.js")
QUIET = 400  # ms without anything new: all is answered and painted
SLOW = 1500  # the same where answers pass the queue

Note = dict[str, Any]  # kind, at: ms of the page's clock, and more


def open_page(browser: Browser, app: App, address: str) -> Page:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.add_init_script(path=SCRIPT)
    page.goto(address + app.query)
    page.wait_for_selector(app.usable)
    page.wait_for_timeout(1000)
    return page


def open_tab(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name, exact=True).click()
    settle(page)


def watch(page: Page, *views: str) -> None:
    """Note from now on when all of these views are renewed."""
    page.evaluate("(views) => probe.watch(views)", views)


def settle(page: Page, quiet: int = QUIET) -> list[Note]:
    """All notes since the last time, once nothing is under way any more."""
    return page.evaluate("(ms) => probe.settle(ms)", quiet)


def longest_block(page: Page, meanwhile: Callable[[], object]) -> float:
    """Milliseconds for which the page's main thread did one thing, at most, with up to 4 for the look at it."""
    page.evaluate("probe.beginTicking()")
    meanwhile()
    return page.evaluate("probe.endTicking()")


def of_kind(notes: list[Note], kind: str) -> list[Note]:
    return [note for note in notes if note["kind"] == kind]


def after(notes: list[Note], at: float) -> Note:
    """The first of these notes at or after a moment."""
    found = next((note for note in notes if note["at"] >= at), None)
    if found is None:
        raise RuntimeError("a hand moved and nothing new was shown")
    return found
