"""The same waits over a slow link, and with a slow processor: Chromium slows a page's main thread, but none of its
workers."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np
from playwright.sync_api import Browser, BrowserContext, Page

from benchmarks.latency import drawing, sliding
from benchmarks.latency.apps import BROWSER, OURS, App, serve
from benchmarks.latency.link import LATENCY, RATE, Link, slow_link
from benchmarks.latency.loading import READY
from benchmarks.latency.probe import longest_block, open_page, open_tab
from benchmarks.latency.report import FIGURES, Live, half

EITHER = replace(OURS, name="whoever answers", query="?runtime=auto")
SLOWED = 4  # times
QUIET = 3.0  # seconds in which the link carries nothing: the page has brought and kept all that it will
READ = "#reading[data-digit]:not([data-digit=''])"
COLUMNS = ("what", "to reach", "by the server", "in the browser", "whoever answers")
LINK = f"{RATE / 1000:.0f} kB/s, {1000 * LATENCY:.0f} ms: "
PROCESSOR = f"{SLOWED} times slower: "
BLOCK = "the main thread's longest block while drawing"


@dataclass
class Visits:
    """Seconds from the navigation, of a browser that was never there and of one that was."""

    pads: list[float] = field(default_factory=list)  # until the pad takes strokes
    readings: list[float] = field(default_factory=list)  # until the first reading of what is drawn at once
    runtimes: list[float] = field(default_factory=list)  # until the browser can answer


@dataclass
class Slow:
    first: Visits = field(default_factory=Visits)
    again: Visits = field(default_factory=Visits)
    link: dict[App, Live] = field(default_factory=lambda: {OURS: Live(), BROWSER: Live()})
    processor: dict[App, Live] = field(default_factory=lambda: {OURS: Live(), BROWSER: Live()})
    blocks: dict[App, list[float]] = field(default_factory=lambda: {OURS: [], BROWSER: []})  # ms, of each digit
    blocks_slowed: dict[App, list[float]] = field(default_factory=lambda: {OURS: [], BROWSER: []})


def measure(browser: Browser, repeats: int, moves: int, digits: int, say: Callable[[str], None]) -> Slow:
    found, rng = Slow(), np.random.default_rng(0)
    with serve(OURS) as address, slow_link(address) as link:
        for repeat in range(repeats):
            say(f"slow link, repeat {repeat + 1} of {repeats}")
            context = browser.new_context()
            visit(context, link, found.first)
            visit(context, link, found.again)
            context.close()
            for app, live in found.link.items():
                page = ready_page(browser, app, link.address)
                work(page, live, moves, digits, rng)
                page.close()
        for app in (OURS, BROWSER):
            say(f"slow processor, {app.query}")
            page = ready_page(browser, app, address)
            for _ in range(repeats):
                found.blocks[app] += blocks(page, digits, rng)
                slow_down(page, SLOWED)
                work(page, found.processor[app], moves, digits, rng)
                found.blocks_slowed[app] += blocks(page, digits, rng)
                slow_down(page, 1)
            page.close()
    return found


def visit(context: BrowserContext, link: Link, into: Visits) -> None:
    """A page is opened, drawn on as soon as it lets, and looked at until all is there."""
    page = context.new_page()
    began = time.monotonic()
    page.goto(link.address + EITHER.query, wait_until="commit")
    page.wait_for_selector(EITHER.usable)
    into.pads.append(time.monotonic() - began)
    drawing.move_pen(page, drawing.digits()[0])
    page.wait_for_selector(READ, timeout=0)
    into.readings.append(time.monotonic() - began)
    page.evaluate(READY)
    into.runtimes.append(time.monotonic() - began)
    while time.monotonic() - link.used < QUIET:
        page.wait_for_timeout(100)
    page.close()


def ready_page(browser: Browser, app: App, address: str) -> Page:
    page = open_page(browser, app, address)
    if app is BROWSER:
        page.evaluate(READY)
    return page


def slow_down(page: Page, times: int) -> None:
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": times})


def work(page: Page, into: Live, moves: int, digits: int, rng: np.random.Generator) -> None:
    sliding.begin(page)
    sliding.move(page, sliding.first_slider(page), moves, rng, into.sliding)
    open_tab(page, "Draw")
    for strokes in some(digits, rng):
        drawing.draw(page, strokes, into.drawing)


def blocks(page: Page, digits: int, rng: np.random.Generator) -> list[float]:
    open_tab(page, "Draw")
    return [longest_block(page, partial(drawing.read, page, strokes, drawing.FIRST)) for strokes in some(digits, rng)]


def some(count: int, rng: np.random.Generator) -> Iterable[list[drawing.Stroke]]:
    known = drawing.digits()
    return [known[which] for which in rng.permutation(len(known))[:count]]


def rows(found: Slow) -> list[tuple[str, ...]]:
    """Columns: what, to reach, by the server, in the browser, whoever answers."""
    return [
        *(visit_row(what, found, times) for what, times in VISITS.items()),
        *live_rows(LINK, ("slider to picture, p50", "pen to digit"), found.link),
        *live_rows(PROCESSOR, ("slider to picture, p50", "pen to digit", "pen to every view"), found.processor),
        block_row("", found.blocks, "20 ms"),
        block_row(PROCESSOR, found.blocks_slowed, ""),
    ]


VISITS: dict[str, Callable[[Visits], list[float]]] = {
    "from the address to a pad that takes strokes, first / later": lambda visits: visits.pads,
    "to the first reading, drawn at once, first / later": lambda visits: visits.readings,
    "to the runtime in the browser, first / later": lambda visits: visits.runtimes,
}


def visit_row(what: str, found: Slow, times: Callable[[Visits], list[float]]) -> tuple[str, ...]:
    first, later = (float(np.median(times(visits))) for visits in (found.first, found.again))
    return (LINK + what, "", "-", "-", f"{first:.1f} / {later:.1f} s")


def live_rows(where: str, starts: tuple[str, ...], lives: dict[App, Live]) -> list[tuple[str, ...]]:
    return [
        (where + figure.what, "", *(figure.show(live) for live in lives.values()), "-")
        for figure in FIGURES
        if figure.what.startswith(starts)
    ]


def block_row(where: str, times: dict[App, list[float]], to_reach: str) -> tuple[str, ...]:
    return (f"{where}{BLOCK}, p50 of digits", to_reach, *(f"{half(each)[0]:.0f} ms" for each in times.values()), "-")
