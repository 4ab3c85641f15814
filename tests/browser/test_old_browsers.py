"""Browsers of 2022 and 2023 are served; older ones are told."""

import hand
import pytest
from playwright.sync_api import Page, expect

# What Chrome 100, Firefox 115 or Safari 15.4 has not, taken away.
AS_OLD_AS_SERVED = """
for (const name of ["with", "toReversed", "toSorted", "toSpliced"]) {
    delete Array.prototype[name];
    delete Object.getPrototypeOf(Int8Array.prototype)[name];
}
for (const name of ["ariaLabel", "checkVisibility"]) delete Element.prototype[name];
delete Promise.withResolvers;
delete Object.groupBy;
delete AbortSignal.timeout;
delete AbortSignal.any;
delete window.CompressionStream;
delete window.DecompressionStream;
delete window.OffscreenCanvas;
delete PointerEvent.prototype.getCoalescedEvents;
"""
TOO_OLD = [
    "delete Array.prototype.at",
    "delete Object.hasOwn",
    "delete window.structuredClone",
    "CSS.supports = () => false",
]


def test_every_tab_works_in_the_oldest_browsers_that_are_served(blank: Page, url: str) -> None:
    blank.add_init_script(AS_OLD_AS_SERVED)
    blank.goto(url)
    blank.wait_for_selector("#pad canvas[data-revision]")
    expect(blank.locator("#too-old")).to_have_count(0)
    hand.draw(blank, hand.digit(7))
    hand.wait_for_digit(blank, 7)
    tab(blank, "Explore")
    slider = blank.locator("#z0 input[type=range]")
    slider.fill("1.5")
    slider.dblclick()
    assert hand.eventually(blank, lambda: slider.input_value() == "0")
    blank.locator("#z0 .strip").click()
    with blank.expect_download():
        blank.locator("#png").click()
    tab(blank, "Map")
    blank.locator("#map[data-zoom]").wait_for()
    tab(blank, "Compare")
    blank.locator("#compare-first").fill("1")
    blank.locator("#compare-left-map[data-revision]").wait_for()
    tab(blank, "Scorecard")
    blank.locator("#scorecard[data-model=conv]").wait_for()
    expect(blank.locator("#scorecard-kl rect").first).to_be_visible()


@pytest.mark.parametrize("missing", TOO_OLD)
def test_an_older_browser_is_told_in_a_sentence(browser, url: str, missing: str) -> None:
    with browser.new_page() as page:  # what else goes wrong there is not ours
        page.add_init_script(missing)
        page.goto(url, wait_until="domcontentloaded")
        expect(page.locator("#too-old")).to_contain_text("This browser is too old")
        expect(page.locator("#too-old")).to_be_visible()


def tab(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name, exact=True).click()
    hand.rest(page)
