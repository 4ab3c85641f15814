"""Hands for the browser: real strokes drawn on the pad by mouse or by finger."""

import json
from collections.abc import Callable
from pathlib import Path
from weakref import WeakKeyDictionary

import questions
from playwright.sync_api import BrowserContext, Page, Request, expect

Strokes = list[list[list[float]]]

DIGITS = json.loads((Path(__file__).parent / "strokes.json").read_text())  # drawn by hand for these tests
SHARE = 0.7  # of the pad's side, for the longer side of a digit
PAUSE = 300  # ms; longer than anything in the page waits before it asks
LOOKS = 1200  # at what may come true, 50 ms or more between two
FIRST_ANSWERS = {  # what is there once a tab has them
    "Explore": "#picture[data-revision]",
    "Map": "#map-picture[data-revision]",
    "Morph": "#morph-picture[data-revision]",
    "Inside": "#inside-nats[data-revision]",
    "Compare": "#compare-right-map[data-revision]",
    "Scorecard": "#scorecard[data-model=conv]",
}
KEPT = """async () => {
    const parts = performance.getEntriesByType("resource").map(({ name }) => name);
    const gradio = parts.filter((name) => name.includes("/assets/"));
    const found = await Promise.all(gradio.map((name) => caches.match(name, { ignoreVary: true })));
    return Boolean(navigator.serviceWorker.controller) && found.every(Boolean);
}"""
TRAFFIC: WeakKeyDictionary[BrowserContext, tuple[set[Request], set[Request]]] = WeakKeyDictionary()


def digit(value: int, which: int = 0) -> Strokes:
    """One of the two examples of a digit."""
    return [example["strokes"] for example in DIGITS if example["digit"] == value][which]


def on_pad(page: Page, strokes: Strokes) -> list[list[tuple[float, float]]]:
    """Strokes in hundredths of their longer side to the page's pixels, in the middle of the pad."""
    box = page.locator("#pad canvas").bounding_box()
    assert box
    xs, ys = zip(*(point for stroke in strokes for point in stroke), strict=True)
    middle = (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2
    scale = SHARE * box["width"] / 100
    left, top = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    return [[(left + scale * (x - middle[0]), top + scale * (y - middle[1])) for x, y in stroke] for stroke in strokes]


def draw(page: Page, strokes: Strokes, lift: bool = True) -> None:
    """Draw with the mouse; with lift=False the button stays down after the last stroke."""
    page.locator("#pad canvas").scroll_into_view_if_needed()
    drawn = on_pad(page, strokes)
    for k, stroke in enumerate(drawn):
        page.mouse.move(*stroke[0])
        page.mouse.down()
        for point in stroke[1:]:
            page.mouse.move(*point)
        if lift or k < len(drawn) - 1:
            page.mouse.up()


def touch(page: Page, strokes: Strokes) -> None:
    """Draw with one finger."""
    page.locator("#pad canvas").scroll_into_view_if_needed()
    session = page.context.new_cdp_session(page)

    def send(kind: str, points: list[tuple[float, float]]) -> None:
        fingers = [{"x": x, "y": y} for x, y in points]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": fingers})

    for stroke in on_pad(page, strokes):
        send("touchStart", stroke[:1])
        for point in stroke[1:]:
            send("touchMove", [point])
        send("touchEnd", [])


def wait_for_digit(page: Page, value: int | str) -> None:
    """Until that digit is read, and no later answer is on its way."""
    expect(page.locator("#reading")).to_have_attribute("data-digit", str(value))
    expect(page.locator("#reading")).to_have_attribute("aria-busy", "false")


def open_each_tab(page: Page) -> None:
    """Draw and read, then every tab with its first answers."""
    draw(page, digit(3))
    wait_for_digit(page, 3)
    for name, ready in FIRST_ANSWERS.items():
        page.get_by_role("tab", name=name).click()
        page.wait_for_selector(ready)
    expect(page.locator("#answering")).to_have_text("answered in your browser")


def wait_until_kept(page: Page) -> None:
    """Until the browser has all of the page that it keeps for when there is no network."""
    page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    assert eventually(page, lambda: page.evaluate(KEPT))


def count_requests(context: BrowserContext) -> None:
    """From now on what the pages of the context ask is known to `rest`."""
    begun, ended = TRAFFIC[context] = (set[Request](), set[Request]())
    context.on("request", lambda request: None if request.resource_type == "eventsource" else begun.add(request))
    for event in ("requestfinished", "requestfailed"):
        context.on(event, lambda request: ended.add(request))


def rest(page: Page) -> None:
    """Until the page has answers to all it asked, whoever gives them, and asks nothing more. Pauses are by the page's
    own clock, in turn with its own timers, so that a page that has hardly any processor is waited for as long as it
    needs."""
    begun, ended = TRAFFIC[page.context]

    def traffic() -> tuple[bool, int, int]:
        asked, unanswered = questions.count(page)
        return bool(begun - ended or unanswered), len(begun), asked

    before = None
    while (now := traffic()) != before or now[0]:
        before = now
        page.evaluate(
            """(pause) => new Promise((done) =>
                setTimeout(() => requestAnimationFrame(() => setTimeout(done)), pause))""",
            PAUSE,
        )


def eventually(page: Page, check: Callable[[], object]) -> bool:
    """Whether a check comes true in time; the page lives on while it is awaited."""
    for _ in range(LOOKS):
        if check():
            return True
        page.wait_for_timeout(50)
    return False


def pixels(page: Page, canvas: str) -> list[int]:
    """The grey levels of a canvas, 28 pixels high."""
    script = "(c) => [...c.getContext('2d').getImageData(0, 0, c.width, 28).data].filter((_, k) => k % 4 === 0)"
    return page.locator(canvas).evaluate(script)
