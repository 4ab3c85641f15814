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
    into.lines += type_others(page, LINE, count, rng)
    into.pages += type_others(page, PAGE, max(3, count // 4), rng)


def type_others(page: Page, length: int, count: int, rng: np.random.Generator) -> list[float]:
    """One of so many digits after another becomes one that was not in its place before."""
    first = rng.integers(10, size=length)
    others = [(place, digit) for place in range(length) for digit in range(10) if digit != first[place]]
    texts, digits = [], first.copy()
    for place, digit in rng.permutation(others)[:count]:
        digits[place] = digit
        texts.append("".join(map(str, digits)))
    page.locator(TEXT).fill("".join(map(str, first)))
    settle(page, SLOW)
    watch(page, SHEET)
    page.evaluate("([text, texts, rest]) => probe.move(text, texts, rest)", [TEXT, texts, REST])
    notes = settle(page)
    return [after(of_kind(notes, "shown"), note["at"])["drawn"] - note["at"] for note in of_kind(notes, "input")]
