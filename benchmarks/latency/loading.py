"""From the command to a page that can be used, and how heavy the page is."""

import time
from dataclasses import dataclass

from playwright.sync_api import Browser

from benchmarks.latency.apps import BROWSER, App, serve

SETTLE = 3000  # ms after which a page has loaded all it will


READY = """async () => {
    const began = performance.now();
    const { href } = document.querySelector("link[href$='runtime/model.js']");
    await (await import(new URL("in_browser.js", href).href)).load("conv");
    return performance.now() - began;
}"""

KEPT = "() => navigator.serviceWorker.ready.then(() => true)"  # what the page consists of


@dataclass(frozen=True)
class Load:
    seconds: float  # from starting Python until the page is usable
    transferred: int  # bytes over the wire, as encoded
    decoded: int  # bytes after decompression
    requests: int


def load(app: App, browser: Browser) -> Load:
    """Start an app and open its page in a browser without a cache."""
    received = {"transferred": 0, "decoded": 0, "requests": 0}

    def count(**more: int) -> None:
        for name, amount in more.items():
            received[name] += amount

    began = time.monotonic()
    with serve(app) as address:
        context = browser.new_context()
        page = context.new_page()
        network = context.new_cdp_session(page)
        network.send("Network.enable")
        network.on("Network.dataReceived", lambda event: count(decoded=event["dataLength"]))
        network.on(
            "Network.loadingFinished", lambda event: count(transferred=int(event["encodedDataLength"]), requests=1)
        )
        page.goto(address + app.query)
        page.wait_for_selector(app.usable)
        seconds = time.monotonic() - began
        page.wait_for_timeout(SETTLE)
        context.close()
    return Load(seconds, **received)


def ready(browser: Browser) -> tuple[float, float]:
    """Milliseconds from a usable page to a runtime that answers: without a cache, and with what it left there."""
    with serve(BROWSER) as address:
        context = browser.new_context()
        times = []
        for _ in range(2):
            page = context.new_page()
            page.goto(address + BROWSER.query)
            page.wait_for_selector(BROWSER.usable)
            times.append(page.evaluate(READY))
            page.evaluate(KEPT)
            page.wait_for_timeout(SETTLE)
            page.close()
        context.close()
    return times[0], times[1]
