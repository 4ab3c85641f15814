"""What a person made is there again when the page is loaded anew; a page and a server of two versions say so."""

import re

import hand
import pytest
from playwright.sync_api import Page, Route, expect


def json_of(page: Page) -> str:
    return page.locator("#json").input_value()


def reload(page: Page) -> None:
    page.reload()
    page.wait_for_selector("#pad canvas[data-revision]", state="attached")  # its tab may not be the open one


def test_a_reload_brings_back_drawing_model_style_digit_and_tab(page: Page) -> None:
    hand.draw(page, hand.digit(4))
    hand.wait_for_digit(page, 4)
    page.locator("#model-name").select_option("plane")
    page.get_by_role("tab", name="Explore").click()
    assert hand.eventually(page, lambda: '"plane"' in json_of(page) and "[0,0]" not in json_of(page))  # read by it
    page.locator("#digit label").nth(8).click()
    page.locator("#sliders input[type=range]:visible").first.fill("1.25")
    expect(page.locator("#json")).to_have_value(re.compile(r'"digit":8,"style":\[.*1\.25'))
    before = json_of(page)
    reload(page)
    expect(page.get_by_role("tab", name="Explore")).to_have_attribute("aria-selected", "true")
    expect(page.locator("#model-name")).to_have_value("plane")
    expect(page.locator("#json")).to_have_value(before)
    page.get_by_role("tab", name="Draw").click()
    hand.wait_for_digit(page, 4)
    hand.rest(page)
    page.get_by_role("tab", name="Explore").click()
    assert json_of(page) == before  # the reading did not move what was set by hand


LINKED = '{"model":"plane","digit":3,"style":[0.5,-0.5]}'
CHANGED = '{"model":"plane","digit":3,"style":[1.25,-0.5]}'


def test_a_link_wins_over_what_was_kept_once(page: Page, url: str) -> None:
    link = f"{url}#model=plane&digit=3&style=0.5,-0.5"
    hand.draw(page, hand.digit(4))
    hand.wait_for_digit(page, 4)
    page.goto("about:blank")
    page.goto(link)
    expect(page.locator("#json")).to_have_value(LINKED)
    hand.rest(page)
    expect(page.locator("#json")).to_have_value(LINKED)  # the drawing that is there again is read, and moves nothing
    page.locator("#sliders input[type=range]:visible").first.fill("1.25")
    expect(page.locator("#json")).to_have_value(CHANGED)
    page.get_by_role("tab", name="Map").click()
    reload(page)
    expect(page.get_by_role("tab", name="Map")).to_have_attribute("aria-selected", "true")
    page.get_by_role("tab", name="Explore").click()
    expect(page.locator("#json")).to_have_value(CHANGED)
    page.goto(link)  # where one is already
    expect(page.locator("#json")).to_have_value(LINKED)
    page.locator("#sliders input[type=range]:visible").first.fill("1.25")
    expect(page.locator("#json")).to_have_value(CHANGED)
    page.goto("about:blank")
    page.goto(link)
    expect(page.locator("#json")).to_have_value(LINKED)


def test_going_away_and_back_brings_back_the_drawing_and_its_history(page: Page) -> None:
    hand.draw(page, hand.digit(4))
    hand.wait_for_digit(page, 4)
    page.locator("#clear").click()
    page.locator("#examples button").nth(8).click()
    hand.wait_for_digit(page, 8)
    page.goto("about:blank")
    page.go_back()
    page.wait_for_selector("#pad canvas[data-revision]")
    hand.wait_for_digit(page, 8)
    page.locator("#undo").click()
    hand.wait_for_digit(page, "")
    reload(page)
    page.locator("#undo").click()
    hand.wait_for_digit(page, 4)
    page.locator("#redo").click()
    page.locator("#redo").click()
    hand.wait_for_digit(page, 8)
    page.evaluate('sessionStorage.page = \'{"drawing": 7, "history": [], "style": {}, "map": 3\'')  # cut off
    page.evaluate("void (Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); })")
    hand.draw(page, hand.digit(2))
    hand.wait_for_digit(page, 2)
    reload(page)
    hand.draw(page, hand.digit(3))
    hand.wait_for_digit(page, 3)


def test_without_storage_the_page_works(page: Page) -> None:
    page.add_init_script("Object.defineProperty(window, 'sessionStorage', { get() { throw new Error('forbidden'); } })")
    reload(page)
    hand.draw(page, hand.digit(2))
    hand.wait_for_digit(page, 2)
    reload(page)
    expect(page.locator("#pad.used")).to_have_count(0)


@pytest.mark.answered_by("server", why="who asks nothing hears of no version")
def test_a_server_of_another_version_says_reload_and_the_drawing_is_kept(page: Page) -> None:
    def newer(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, headers={**answer.headers, "x-version": "another"})

    page.route("**/live/**", newer)
    hand.draw(page, hand.digit(5))
    expect(page.locator("#verdict")).to_contain_text("Reload it: what you made is kept.")
    page.unroute_all(behavior="wait")
    reload(page)
    hand.wait_for_digit(page, 5)
