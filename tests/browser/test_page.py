"""The page as a whole: narrow and wide, light and dark, by keyboard, for screen readers, with the network cut."""

import re

import hand
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

TABS = ["Draw", "Explore", "Write", "Map", "Morph", "Inside", "Compare", "Train", "Scorecard"]
WIDE = {"viewport": {"width": 1280, "height": 900}}
NARROW = {"viewport": {"width": 360, "height": 740}}
DARK = {**NARROW, "color_scheme": "dark"}
PROJECTOR = {"viewport": {"width": 1920, "height": 1080}}


@pytest.fixture
def tabs(answered_by: str) -> list[str]:
    return [name for name in TABS if name != "Train" or answered_by != "site"]


def open_tab(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name).click()
    hand.rest(page)


@pytest.mark.parametrize("options", [NARROW, WIDE, PROJECTOR], ids=["narrow", "wide", "projector"])
def test_nothing_is_cut_off(page: Page, tabs: list[str]) -> None:
    for name in tabs:
        open_tab(page, name)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, name


@pytest.mark.parametrize("options", [WIDE, DARK], ids=["wide and light", "narrow and dark"])
def test_axe_finds_no_serious_violation(page: Page, tabs: list[str]) -> None:
    hand.draw(page, hand.digit(7))
    hand.wait_for_digit(page, 7)
    for name in tabs:
        open_tab(page, name)
        violations = Axe().run(page).response["violations"]
        serious = [v for v in violations if v["impact"] in ("serious", "critical")]
        assert serious == [], [(v["id"], [node["html"][:200] for node in v["nodes"]]) for v in serious]


def test_everything_is_reached_by_tab_key(page: Page) -> None:
    hand.draw(page, hand.digit(7))
    hand.wait_for_digit(page, 7)
    page.locator("h1").click()
    focused = "() => document.activeElement.id || document.activeElement.parentElement.id"
    reached = set()
    for _ in range(40):
        page.keyboard.press("Tab")
        reached.add(page.evaluate(focused))
    assert {"pad", "undo", "clear", "hand", "examples"} <= reached


@pytest.mark.answered_by("server", why="without a server the others go on: test_offline.py")
def test_a_dead_server_is_told_in_a_sentence_and_the_drawing_stays(page: Page) -> None:
    page.route("**/live/**", lambda route: route.fulfill(status=200, body="null", content_type="application/json"))
    hand.draw(page, hand.digit(2))
    expect(page.locator("#verdict")).to_contain_text("does not answer")
    page.unroute("**/live/**")
    hand.draw(page, [[[50, 50], [51, 51]]])
    expect(page.locator("#verdict")).not_to_contain_text("does not answer")


@pytest.mark.answered_by("server", why="without a server the others go on: test_offline.py")
def test_with_the_network_cut_what_is_there_stays_and_what_asks_nothing_works(page: Page) -> None:
    hand.draw(page, hand.digit(2))
    hand.wait_for_digit(page, 2)
    for name in TABS:
        open_tab(page, name)
    open_tab(page, "Morph")
    page.wait_for_selector("#morph-strip[data-revision]")
    page.context.set_offline(True)
    for name in TABS:
        open_tab(page, name)
        expect(page.locator("[role=tabpanel]:visible :is(canvas, svg, table, input):visible").first).to_be_visible()
    open_tab(page, "Morph")
    frame = hand.pixels(page, "#morph-picture")
    page.locator("#morph-slider").fill("1")
    assert hand.eventually(page, lambda: hand.pixels(page, "#morph-picture") != frame)
    open_tab(page, "Draw")
    page.locator("#clear").click()  # nothing to read, so nothing is asked
    hand.wait_for_digit(page, "")
    hand.draw(page, hand.digit(3))
    expect(page.locator("#verdict")).to_contain_text("does not answer")
    page.context.set_offline(False)
    hand.draw(page, [[[50, 50], [51, 51]]])
    hand.wait_for_digit(page, 3)


def test_two_pages_do_not_see_each_other(page: Page, url: str) -> None:
    other = page.context.new_page()
    other.goto(url)
    other.wait_for_selector("#pad canvas[data-revision]")
    for each, digit in ((page, 3), (other, 8)):
        each.bring_to_front()  # a page behind another paints once a second, and each move of the mouse waits for it
        hand.draw(each, hand.digit(digit))
        hand.wait_for_digit(each, digit)
    for each, digit in ((page, 3), (other, 8)):
        each.bring_to_front()
        open_tab(each, "Explore")
        expect(each.locator(f'#digit input[value="{digit}"]')).to_be_checked()


def test_another_model_reads_the_same_drawing_and_brings_its_own_sliders(page: Page) -> None:
    hand.draw(page, hand.digit(5))
    hand.wait_for_digit(page, 5)
    page.get_by_role("tab", name="Explore").click()
    expect(page.locator("#sliders input[type=range]:visible")).to_have_count(16)
    page.locator("#model-name").select_option("plane")
    expect(page.locator("#sliders input[type=range]:visible")).to_have_count(2)
    expect(page.locator("#json")).to_have_value(re.compile(r'"model":"plane","digit":5,"style":\[[^,]+,[^,]+\]'))
    assert hand.eventually(page, lambda: "0,0]" not in page.locator("#json").input_value())


def test_a_model_without_digits_shows_no_digits(page: Page) -> None:
    hand.draw(page, hand.digit(5))
    hand.wait_for_digit(page, 5)
    page.locator("#model-name").select_option("plain")
    expect(page.locator("#reading")).to_be_hidden()
    expect(page.locator("#hand")).to_be_hidden()
    expect(page.locator("#verdict")).to_have_text("This looks like a digit.")
    assert max(hand.pixels(page, "#reconstruction")) > 100


def test_a_link_leads_to_its_model(page: Page, url: str) -> None:
    page.goto(f"{url}#model=plane&digit=4&style=1.5,-0.5")
    expect(page.locator("#model-name")).to_have_value("plane")
    expect(page.locator("#json")).to_have_value('{"model":"plane","digit":4,"style":[1.5,-0.5]}')
