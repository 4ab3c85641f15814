"""The network is cut while a tab is in use: what one does there goes on, answered by the page itself."""

import re
from collections.abc import Callable, Iterator

import hand
import pytest
from conftest import new_context
from playwright.sync_api import Browser, Page, expect

the_app = pytest.mark.answered_by("server", "browser", why="the static site has no such tab")


@pytest.fixture(scope="module")
def visited(browser: Browser, chance: int, url: str) -> Iterator[Page]:
    """A page that answers itself and is kept by its browser, after a look at two models."""
    with new_context(browser, chance) as context:
        page = context.new_page()
        page.goto(f"{url}?runtime=browser")
        page.wait_for_selector("#pad canvas[data-revision]")
        hand.wait_until_kept(page)
        hand.open_each_tab(page)
        for model in ("blog", "conv"):
            choose(page, model)
        yield page


@pytest.fixture
def page(visited: Page) -> Iterator[Page]:
    yield visited
    visited.context.set_offline(False)


def choose(page: Page, model: str) -> None:
    page.locator("#model-name").select_option(model)
    expect(page.locator("#scorecard")).to_have_attribute("data-model", model)
    hand.rest(page)


def open_and_cut(page: Page, tab: str) -> None:
    page.get_by_role("tab", name=tab).click()
    hand.rest(page)
    expect(page.locator("#server-word")).to_be_empty()
    page.context.set_offline(True)


def draw_an_eight(page: Page) -> None:
    page.locator("#clear").click()
    hand.draw(page, hand.digit(8))
    hand.wait_for_digit(page, 8)


def point_at_a_corner(page: Page) -> None:
    page.locator("#map canvas").hover(position={"x": 40, "y": 40})


def draw_lots(page: Page) -> None:
    page.get_by_role("region", name="End", exact=True).get_by_role("button", name="Random", exact=True).click()


def step(page: Page) -> None:
    page.locator("#compare-first").fill("2")


# What is done in a tab, and the canvases that all change by it.
ACTS: dict[str, tuple[Callable[[Page], None], list[str]]] = {
    "Draw": (draw_an_eight, ["#seen", "#reconstruction", "#spread", "#hand [data-digit='3'] canvas"]),
    "Explore": (lambda page: page.keyboard.press("7"), ["#picture", "#sliders .strip >> nth=0"]),
    "Map": (point_at_a_corner, ["#map-picture"]),
    "Morph": (draw_lots, ["#morph-end", "#morph-picture", "#morph-strip"]),
    "Inside": (lambda page: page.locator("#inside-z-zero").check(), ["#inside-reconstruction", "#inside-nats"]),
    "Compare": (step, ["#compare-left-picture", "#compare-right-picture"]),
    "Scorecard": (
        lambda page: choose(page, "blog"),
        ["#scorecard-samples canvas", "#scorecard-worst li canvas >> nth=0"],
    ),
}


@pytest.mark.parametrize("tab", ACTS)
def test_what_one_does_in_a_tab_goes_on_without_a_network(page: Page, tab: str) -> None:
    act, canvases = ACTS[tab]
    open_and_cut(page, tab)
    before = {canvas: hand.pixels(page, canvas) for canvas in canvases}
    act(page)
    for canvas in canvases:
        assert hand.eventually(page, lambda canvas=canvas: hand.pixels(page, canvas) != before[canvas]), canvas
    expect(page.locator("#answering")).to_have_text("answered in your browser")
    expect(page.locator("#server-word")).to_be_empty()


def test_what_is_typed_is_written_without_a_network_and_can_be_taken_away(page: Page) -> None:
    svg, text = page.locator("#write-sheet svg"), page.locator("#write-text")
    open_and_cut(page, "Write")
    text.fill("314+1")
    expect(svg).to_have_attribute("aria-label", "314+1")
    expect(svg.locator("g path")).to_have_count(5)
    expect(page.locator("#write-message")).to_be_empty()
    for kind in ("PNG", "SVG", "GIF"):
        with page.expect_download() as download:
            page.get_by_role("button", name=f"Save {kind}").click()
        assert download.value.path().stat().st_size > 500


def test_what_is_kept_tells_the_hand_without_a_network(page: Page) -> None:
    open_and_cut(page, "Draw")
    for digit in (2, 7):
        page.locator("#clear").click()
        hand.draw(page, hand.digit(digit))
        hand.wait_for_digit(page, digit)
        page.locator("#keep").click()
        expect(page.locator(f"#shelf .place[data-digit='{digit}'] canvas")).to_have_count(1)
    expect(page.locator("#hand-words")).to_contain_text("From 2 drawings")


@the_app
def test_what_was_set_for_a_training_stays_without_a_network(page: Page) -> None:
    news, epochs = page.locator("#train-news"), page.locator("#train-epochs")
    open_and_cut(page, "Train")
    epochs.fill("3")
    expect(news).to_contain_text("does not answer")
    expect(epochs).to_have_value("3")
    page.context.set_offline(False)
    expect(news).not_to_contain_text("does not answer")
    expect(news).to_have_attribute("data-state", re.compile("."))
    expect(epochs).to_have_value("3")
