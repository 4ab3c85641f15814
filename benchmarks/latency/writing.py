"""Somebody types in the Write tab: how long until what is typed is written."""

from dataclasses import dataclass, field

import numpy as np
from playwright.sync_api import Page

from benchmarks.latency.probe import SLOW, after, of_kind, settle, watch
from benchmarks.latency.sliding import REST

TEXT, SHEET = "#write-text", "#write-sheet svg"
LINE, PAGE = 12, 400  # digits; a page is as much as may be written


@dataclass
class Writing:
    """Milliseconds from a key to the frame with what is typed, of all repeats so far."""

    lines: list[float] = field(default_factory=list)
    pages: list[float] = field(default_factory=list)


def is_there(page: Page) -> bool:
    """An earlier version has no such tab."""
    return page.get_by_role("tab", name="Write", exact=True).count() == 1


def typed(page: Page, count: int, rng: np.random.Generator, into: Writing) -> None:
    into.lines += type_last(page, LINE, count, rng)
    into.pages += type_last(page, PAGE, max(3, count // 4), rng)


def type_last(page: Page, length: int, count: int, rng: np.random.Generator) -> list[float]:
    """The last of so many digits is typed, again and again another."""
    before = "".join(map(str, rng.integers(10, size=length - 1)))
    last = rng.integers(10) + np.cumsum(rng.integers(1, 10, size=count + 1))  # never the same twice
    first, *texts = [f"{before}{digit % 10}" for digit in last]
    page.locator(TEXT).fill(first)
    settle(page, SLOW)
    watch(page, SHEET)
    page.evaluate("([text, texts, rest]) => probe.move(text, texts, rest)", [TEXT, texts, REST])
    notes = settle(page)
    return [after(of_kind(notes, "shown"), note["at"])["drawn"] - note["at"] for note in of_kind(notes, "input")]
