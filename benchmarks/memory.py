"""Whether the page's memory stays flat while a person draws and drags, in headless Chromium.

    python -m benchmarks.memory

The page answers by itself. In turn a digit is drawn and cleared, and a slider is dragged. After all has been done once,
and then once a minute, garbage is collected, and these are read: the page's JavaScript heap, its DOM nodes, and what
the renderer with the page, its worker and their WebAssembly has in memory that is its alone.
"""

import argparse
import time
from itertools import count

import psutil
from playwright.sync_api import Browser, CDPSession, Page

from benchmarks.latency import drawing
from benchmarks.latency.__main__ import chromium, say
from benchmarks.latency.apps import BROWSER, serve
from benchmarks.latency.probe import open_page, open_tab
from benchmarks.latency.report import machine, table

MINUTE = 60.0  # seconds
LOAD_LIMIT = 300_000  # ms until the page answers by itself
COLUMNS = ("minute", "JavaScript heap", "DOM nodes", "renderer")
DRAG = """() => new Promise((done) => {
  const range = [...document.querySelectorAll("#sliders input[type=range]")].find(({ offsetParent }) => offsetParent);
  let left = 240;
  const move = () => {
    range.value = 2.4 - 0.02 * left;
    range.dispatchEvent(new Event("input", { bubbles: true }));
    left -= 1;
    requestAnimationFrame(left ? move : () => done());
  };
  move();
})"""


def renderer(browser: Browser) -> psutil.Process:
    """The largest of the browser's, which has the page."""
    told = browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")["processInfo"]
    found = [psutil.Process(one["id"]) for one in told if one["type"] == "renderer"]
    return max(found, key=lambda process: process.memory_full_info().uss)


def act(page: Page, strokes: list[drawing.Stroke]) -> None:
    open_tab(page, "Draw")
    drawing.move_pen(page, strokes)
    page.wait_for_selector("#reading[aria-busy=false]")
    page.locator("#clear").click()
    open_tab(page, "Explore")
    page.evaluate(DRAG)


def read(cdp: CDPSession, process: psutil.Process) -> tuple[str, str, str]:
    cdp.send("HeapProfiler.collectGarbage")
    metrics = {one["name"]: one["value"] for one in cdp.send("Performance.getMetrics")["metrics"]}
    heap, used = metrics["JSHeapUsedSize"] / 1e6, process.memory_full_info().uss / 1e6
    return f"{heap:.1f} MB", f"{metrics['Nodes']:.0f}", f"{used:.0f} MB"


def measure(browser: Browser, address: str, minutes: int) -> list[tuple[str, ...]]:
    page = open_page(browser, BROWSER, address)
    cdp = page.context.new_cdp_session(page)
    cdp.send("Performance.enable")
    digits, rows = drawing.digits(), []
    act(page, digits[0])
    page.get_by_text("answered in your browser").wait_for(timeout=LOAD_LIMIT)
    process, began = renderer(browser), time.monotonic()
    for done in count(1):
        passed = (time.monotonic() - began) / MINUTE
        if passed >= len(rows):
            rows.append((str(len(rows)), *read(cdp, process)))
            say(" | ".join(rows[-1]))
        if passed >= minutes:
            return rows
        act(page, digits[done % len(digits)])
    raise AssertionError("unreachable")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=int, default=10)
    minutes = parser.parse_args().minutes
    with chromium() as browser, serve(BROWSER) as address:
        print(f"{machine(browser.version)}\n\n{table(COLUMNS, measure(browser, address, minutes))}")


if __name__ == "__main__":
    main()
