"""The browser of the browser tests."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import sync_playwright

MISSING = (
    "The browser tests need a Chromium: apt-get install chromium, or .venv/bin/playwright install chromium, "
    "or set CHROMIUM to the path of one."
)


def chromium() -> str | None:
    """The path of $CHROMIUM, of one on the path, or of Playwright's own."""
    return next((path for path in candidates() if path and Path(path).exists()), None)


def candidates() -> Iterator[str | None]:
    yield os.environ.get("CHROMIUM")
    yield from map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))
    with sync_playwright() as playwright:
        yield playwright.chromium.executable_path
