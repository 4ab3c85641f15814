"""What a person waits for, in headless Chromium, beside the same model in the usual Gradio idiom.

    python -m benchmarks.latency --write

Needs the packages of requirements-dev.txt and a Chromium: $CHROMIUM, one on the path, or Playwright's own. Nothing else
should be running.
"""

import argparse
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.latency import drawing, sliding, slow, writing
from benchmarks.latency.apps import BARE, BROWSER, OURS, USUAL, App, beside_training, serve
from benchmarks.latency.loading import Load, load, ready
from benchmarks.latency.probe import open_page, open_tab
from benchmarks.latency.report import Live, live_rows, load_rows, machine, ratio_rows, ready_row, table, write

MOVES = 40  # of a slider, each repeat
DIGITS = 3  # drawn each repeat; on the sketchpad one
STARTS = 3
COLUMNS = ("what", "to reach", "by the server", "in the browser", "usual idiom", "bare Gradio")
CHROMIUM = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


class Bench:
    """Both apps, open in one browser, and what has been measured of them."""

    def __init__(self, pages: dict[App, Page]) -> None:
        self.pages = pages
        self.rng = np.random.default_rng(0)
        self.digits = drawing.digits()
        open_tab(pages[OURS], "Explore")
        self.slider = sliding.first_slider(pages[OURS])
        self.nearest: dict[App, sliding.Nearest] = {}

    def measure(self, app: App, into: Live, moves: int = MOVES, digits: int = DIGITS) -> None:
        """One repeat of everything."""
        say(f"  {app.name}")
        page = self.pages[app]
        page.bring_to_front()
        if app is not USUAL:
            sliding.begin(page)
        sliding.move(page, self.slider, moves, self.rng, into.sliding)
        if app not in self.nearest:
            self.nearest[app] = sliding.nearest_of(page, self.slider)
        sliding.drag(page, self.slider, self.nearest[app], into.sliding)
        if app is not USUAL:
            open_tab(page, "Map")
            sliding.hover(page, moves, self.rng, into.sliding)
            open_tab(page, "Inside")
            into.sliding.inside += sliding.move_elsewhere(page, *sliding.INSIDE, moves, self.rng)
            into.sliding.inside_all += sliding.move_elsewhere(page, *sliding.INSIDE_ALL, moves, self.rng)
            open_tab(page, "Compare")
            into.sliding.compare += sliding.move_elsewhere(page, *sliding.COMPARE, moves, self.rng)
            into.sliding.compare_all += sliding.move_elsewhere(page, *sliding.COMPARE_ALL, moves, self.rng)
            open_tab(page, "Morph")
            sliding.morph(page, max(3, moves // 10), into.sliding)
            if writing.is_there(page):
                open_tab(page, "Write")
                writing.typed(page, moves, self.rng, into.writing)
            open_tab(page, "Draw")
        draw, count = (drawing.draw_on_sketchpad, 1) if app is USUAL else (drawing.draw, digits)
        for which in self.rng.permutation(len(self.digits))[:count]:
            draw(page, self.digits[which], into.drawing)


def measure(browser: Browser, options: argparse.Namespace) -> tuple[dict[App, Live], Live | None]:
    """This app, the usual idiom and an earlier version in turn, and this app beside a training; the last two where that
    is asked for."""
    apps = [
        OURS,
        BROWSER,
        *([] if options.without_usual else [USUAL]),
        *([replace(OURS, name="before", query="", root=options.before.resolve())] if options.before else []),
    ]
    found = {app: Live() for app in apps}
    with ExitStack() as stack:
        pages = {app: open_page(browser, app, stack.enter_context(serve(app))) for app in apps}
        bench = Bench(pages)
        for app in apps:
            bench.measure(app, Live(), moves=10)  # warm
        for repeat in range(options.repeats):
            say(f"repeat {repeat + 1} of {options.repeats}")
            for app in apps:
                bench.measure(app, found[app], options.moves)
        if not options.beside_training:
            return found, None
        say("beside a training")
        training = Live()
        stack.enter_context(beside_training(options.beside_training))
        for _ in range(options.repeats):
            bench.measure(OURS, training, options.moves)
    return found, training


def loads(browser: Browser, starts: int, usual: bool) -> dict[App, list[Load]]:
    """This app and the bare one started in turn; the usual idiom, where it is measured, once, for its weight."""
    found: dict[App, list[Load]] = {OURS: [], USUAL: [load(USUAL, browser)] if usual else [], BARE: []}
    for start in range(starts):
        say(f"start {start + 1} of {starts}")
        for app in (OURS, BARE):
            found[app].append(load(app, browser))
    return found


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        path = os.environ.get("CHROMIUM") or shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM)
        yield browser
        browser.close()


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="one short repeat, one start: whether it works")
    parser.add_argument("--beside-training", metavar="DATA", help="also while a training runs; folder with MNIST/raw")
    parser.add_argument("--before", type=Path, metavar="CHECKOUT", help="also an earlier version, in the same run")
    parser.add_argument("--without-usual", action="store_true", help="not the usual idiom, which is slow")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS, help="tables to make (all)")
    parser.add_argument("--write", action="store_true", help="put the tables into benchmarks/README.md")
    options = parser.parse_args()
    options.repeats, options.moves = (1, 10) if options.quick else (options.repeats, MOVES)
    with chromium() as browser:
        where = machine(browser.version)
        for part, make in PARTS.items():
            if part in options.parts:
                text = "\n\n".join([where, *make(browser, options)])
                print(text)
                if options.write:
                    write(part, text)


def usual_conditions(browser: Browser, options: argparse.Namespace) -> list[str]:
    """The tables of a link and a processor that are not slowed."""
    starts = 1 if options.quick else STARTS
    found = loads(browser, starts, usual=not options.without_usual)
    brought = [ready(browser) for _ in range(starts)]
    live, training = measure(browser, options)
    rows = [*live_rows(live[OURS], live[BROWSER], live.get(USUAL, Live())), ready_row(brought)]
    parts = [table(COLUMNS, rows + load_rows(found[OURS], found[USUAL], found[BARE]))]
    before = [found for app, found in live.items() if app not in (OURS, BROWSER, USUAL)]
    if before:
        parts.append(table(("what", "before", "this app", "ratio"), ratio_rows(before[0], live[OURS])))
    if training:
        parts.append(table(("what", "idle", "beside a training", "ratio"), ratio_rows(live[OURS], training)))
    return parts


def slow_conditions(browser: Browser, options: argparse.Namespace) -> list[str]:
    digits = 1 if options.quick else DIGITS
    return [table(slow.COLUMNS, slow.rows(slow.measure(browser, options.repeats, options.moves, digits, say)))]


PARTS = {"latency": usual_conditions, "slow": slow_conditions}  # by their markers in benchmarks/README.md


if __name__ == "__main__":
    main()
