"""While the page loads on a slow line: what looks ready takes strokes, and nothing drawn is lost."""

from collections.abc import Callable

import hand
import pytest
from playwright.sync_api import Page, Route, expect

LATENCY = 300  # ms for every file
PHONE = {"viewport": {"width": 360, "height": 740}}
WIDE = {"viewport": {"width": 1280, "height": 900}}

# Notes for every frame in which the pad is seen where it is and what a pen in its middle would meet.
WATCH = """
window.seen = [];
(function look() {
  requestAnimationFrame(look);
  const canvas = document.querySelector("#pad canvas");
  if (!canvas?.checkVisibility({ visibilityProperty: true })) return;
  const { left, top, width, height } = canvas.getBoundingClientRect();
  const met = document.elementFromPoint(left + width / 2, top + height / 2);
  seen.push({ place: `${left},${top},${width},${height}`, met: met === canvas ? "pad" : met?.className ?? "nothing" });
})();
"""


@pytest.mark.parametrize("options", [WIDE, PHONE], ids=["wide", "phone"])
def test_on_a_slow_line_the_first_stroke_is_drawn_and_read(blank: Page, url: str) -> None:
    line = blank.context.new_cdp_session(blank)
    line.send("Network.enable")
    limits = {"latency": LATENCY, "downloadThroughput": -1, "uploadThroughput": -1}
    line.send("Network.emulateNetworkConditions", {"offline": False, **limits})
    blank.add_init_script(WATCH)
    blank.goto(url, wait_until="commit")
    blank.wait_for_selector("#pad canvas")
    hand.draw(blank, hand.digit(3))
    hand.wait_for_digit(blank, 3)
    expect(blank.locator("#examples button")).to_have_count(20)
    blank.wait_for_load_state("networkidle")
    assert {frame["met"] for frame in blank.evaluate("seen")} == {"pad"}
    assert len({frame["place"] for frame in blank.evaluate("seen")}) == 1


def hold(page: Page, name: str) -> Callable[[], None]:
    """Keep a module of ours back until the function that this gives is called."""
    held: list[Route] | None = []
    page.route(f"**/files/*/{name}", lambda route: route.continue_() if held is None else held.append(route))

    def release() -> None:
        nonlocal held
        assert held, f"{name} was never asked for"
        routes, held = held, None
        for route in routes:
            route.continue_()

    return release


@pytest.mark.parametrize("late", ["tabs/draw/draw.js", "tabs/draw/pad.js", "page/picture.js", "runtime/model.js"])
def test_a_pad_whose_module_is_late_does_not_look_ready(blank: Page, url: str, late: str) -> None:
    release = hold(blank, late)
    blank.goto(url, wait_until="commit")
    expect(blank.get_by_role("tab", name="Scorecard")).to_be_visible()
    expect(blank.locator("#pad canvas")).to_be_attached()
    for part in ("canvas", ".hint"):
        expect(blank.locator(f"#pad {part}")).to_be_hidden()
    release()
    blank.wait_for_selector("#pad canvas")
    hand.draw(blank, hand.digit(3))
    hand.wait_for_digit(blank, 3)


def test_what_is_drawn_before_the_model_is_known_is_read_when_it_is(blank: Page, url: str) -> None:
    release = hold(blank, "runtime/chooser.js")
    blank.goto(url, wait_until="commit")
    blank.wait_for_selector("#pad canvas")
    hand.draw(blank, hand.digit(5))
    expect(blank.locator("#clear")).to_be_enabled()
    expect(blank.locator("#verdict")).to_have_text("Draw a digit and it is read while you draw.")
    release()
    hand.wait_for_digit(blank, 5)
