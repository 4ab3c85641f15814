"""My hand: drawings that are kept, what they tell together, and every tab that starts from it."""

import json
import re
from pathlib import Path

import hand
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Locator, Page, expect

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
DARK = {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"}
NO_ROOM = "The browser keeps nothing here beyond this page: save your hand as a file."
SMALL = [(320, 320), (568, 320), (360, 740)]


def keep(page: Page, *digits: int, by_key: bool = False) -> None:
    """Draw these one after another, and keep each; nothing is cleared between."""
    for digit in digits:
        before = kept(page).count()
        hand.draw(page, hand.digit(digit))
        hand.wait_for_digit(page, digit)
        if by_key:
            page.keyboard.press("Enter")
        else:
            page.locator("#keep").click()
        expect(kept(page)).to_have_count(before + 1)
    hand.rest(page)


def place(page: Page, digit: int) -> Locator:
    return page.locator(f"#shelf .place[data-digit='{digit}']")


def kept(page: Page) -> Locator:
    return page.locator("#shelf .place canvas")


def message(page: Page) -> Locator:
    return page.locator("#shelf-message")


def open_tab(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name, exact=True).click()
    hand.rest(page)


def open_page(context: BrowserContext, url: str) -> Page:
    """Another tab of the same browser."""
    page = context.new_page()
    page.goto(url)
    page.wait_for_selector("#pad canvas[data-revision]")
    return page


def reload(page: Page) -> None:
    page.reload()
    page.wait_for_selector("#pad canvas[data-revision]")


def stored(page: Page) -> dict[str, str]:
    return page.evaluate("Object.fromEntries(Object.entries(localStorage).filter(([name]) => name.startsWith('my-')))")


def digits_in(page: Page) -> list[int]:
    """Of the drawings that the browser has stored."""
    return sorted(one["digit"] for one in json.loads(stored(page)["my-hand:/"])["drawings"])


def bring(page: Page, content: str) -> None:
    page.locator("#shelf-file").set_input_files(
        {"name": "my-hand.json", "mimeType": "application/json", "buffer": content.encode()}
    )


def saved(page: Page) -> str:
    with page.expect_download() as download:
        page.locator("#shelf-save").click()
    assert download.value.suggested_filename == "my-hand.json"
    return Path(download.value.path()).read_text()


def style(page: Page) -> list[float]:
    return json.loads(page.locator("#json").input_value())["style"]


def test_kept_drawings_make_a_hand_that_all_tabs_start_from(page: Page) -> None:
    expect(place(page, 3)).to_have_text(re.compile(r"draw a\s*3"))
    expect(page.locator("#keep")).to_be_disabled()
    keep(page, 7)
    expect(page.locator("#keep")).to_be_disabled()  # it is kept already
    page.keyboard.press("Enter")
    keep(page, 2, by_key=True)
    keep(page, 4)
    expect(kept(page)).to_have_count(3)
    assert [place(page, digit).locator("canvas").count() for digit in (7, 2, 4)] == [1, 1, 1]
    expect(page.locator("#hand-words")).to_have_text(re.compile(r"^From 3 drawings, \d+ % sure.*\.$"))
    expect(page.locator("#hand-course circle")).to_have_count(3)
    own, made = page.get_by_role("button", name="Explore your own 7"), page.locator("#hand [data-digit='3'] canvas")
    assert hand.pixels(page, "#hand [data-digit='7'] canvas") == hand.pixels(page, "#shelf [data-digit='7'] canvas")
    in_hand = hand.pixels(page, "#hand [data-digit='3'] canvas")
    page.locator("#hand-of").get_by_text("This drawing only").click()
    expect(own).to_have_count(0)
    assert hand.eventually(page, lambda: hand.pixels(page, "#hand [data-digit='3'] canvas") != in_hand)
    page.locator("#hand-of").get_by_text("My hand").click()
    assert hand.eventually(page, lambda: hand.pixels(page, "#hand [data-digit='3'] canvas") == in_hand)

    made.click()
    expect(page.get_by_role("tab", name="Explore")).to_have_attribute("aria-selected", "true")
    hand.rest(page)
    of_hand = style(page)
    page.locator("#shuffle").click()
    assert hand.eventually(page, lambda: style(page) != of_hand)
    page.locator("#explore-hand").click()
    assert hand.eventually(page, lambda: style(page) == of_hand)

    open_tab(page, "Map")
    expect(page.locator("#map[data-shelf='3']")).to_be_visible()
    page.locator("#map-model label").last.click()
    hand.rest(page)
    page.locator("#map-hand").click()
    expect(page.locator("#map-shelf")).to_contain_text("my hand")
    where = page.locator("#map").get_attribute("data-hand") or ""
    at = [page.locator("#map").get_attribute(f"data-{axis}") for axis in "xy"]
    assert where.split(",") == at and where != ","

    open_tab(page, "Morph")
    page.locator(".morph-end").last.get_by_role("button", name="My hand").click()
    expect(page.locator(".morph-end [data-source=hand][aria-pressed=true]")).to_have_count(1)
    open_tab(page, "Compare")
    shown = hand.pixels(page, "#compare-drawing")
    page.locator("#compare-hand").click()
    assert hand.eventually(page, lambda: hand.pixels(page, "#compare-drawing") != shown)
    open_tab(page, "Inside")
    page.locator("#inside-hand").click()
    expect(page.locator("#inside-hand")).to_have_attribute("aria-pressed", "true")
    assert hand.eventually(page, lambda: hand.pixels(page, "#inside-x") == in_hand)
    open_tab(page, "Write")
    expect(page.locator("#write-hand")).to_contain_text("In your hand, of 3 kept drawings, as varied as they are.")
    expect(page.locator("#write [data-source=hand]")).to_have_attribute("aria-pressed", "true")


def test_a_kept_drawing_is_mended_removed_and_brought_back_and_outlasts_a_reload(page: Page) -> None:
    keep(page, 1, 2)
    place(page, 1).get_by_role("button").click()
    page.locator("#kept-one").get_by_text("7", exact=True).click()
    expect(place(page, 7).locator("canvas")).to_have_count(1)
    expect(place(page, 1).locator("canvas")).to_have_count(0)
    expect(page.get_by_role("button", name="Explore your own 7")).to_be_visible()
    drawn = hand.pixels(page, "#shelf [data-digit='7'] canvas")
    open_tab(page, "Write")
    page.reload()
    page.wait_for_selector("#pad canvas[data-revision]", state="attached")
    open_tab(page, "Draw")
    expect(kept(page)).to_have_count(2)
    assert hand.pixels(page, "#shelf [data-digit='7'] canvas") == drawn
    expect(page.locator("#hand-words")).to_contain_text("From 2 drawings")
    expect(page.locator("#keep")).to_be_disabled()  # what is on the pad is kept
    place(page, 7).get_by_role("button").click()
    page.locator("#kept-open").click()
    hand.wait_for_digit(page, 1)
    page.locator("#kept-remove").click()
    expect(kept(page)).to_have_count(1)
    expect(page.locator("#keep")).to_be_enabled()
    page.locator("#shelf-empty").click()
    expect(kept(page)).to_have_count(0)
    expect(page.locator("#hand-of")).to_be_hidden()
    page.locator("#shelf-undo").click()
    page.locator("#shelf-undo").click()
    expect(kept(page)).to_have_count(2)
    open_tab(page, "Write")
    page.locator("#model-name").select_option("plain")  # knows no digits
    open_tab(page, "Draw")
    expect(page.locator("#shelf")).to_be_hidden()
    page.locator("#model-name").select_option("plane")
    expect(page.locator("#hand-words")).to_contain_text("From 2 drawings")


def test_a_hand_is_saved_and_brought_back_and_a_bad_file_or_no_storage_loses_nothing(page: Page) -> None:
    open_tab(page, "Write")
    page.locator("#write [data-source=hand]").click()
    expect(page.locator("#write-hand")).to_have_text(re.compile(r"^Nothing is kept in My hand yet[^.]*\.$"))
    open_tab(page, "Draw")
    keep(page, 3, 5)
    file = saved(page)
    drawings = json.loads(file)["drawings"]
    assert [one["digit"] for one in drawings] == [3, 5] and len(file) < 20_000
    page.locator("#shelf-empty").click()
    bring(page, file)
    expect(kept(page)).to_have_count(2)
    bring(page, file)  # the same again
    broken = [
        "",
        "{",
        "[]",
        '{"drawings": 3}',
        json.dumps({"drawings": [{**drawings[0], "digit": 12}]}),
        json.dumps({"drawings": [{**drawings[0], "image": "AAAA"}]}),
        json.dumps({"drawings": [drawings[0], {**drawings[1], "strokes": [[[1, None]]]}]}),
    ]
    for content in broken:
        page.evaluate("document.querySelector('#shelf-message').textContent = ''")
        bring(page, content)
        expect(message(page)).to_have_text("This file holds no drawings that were saved here.")
        expect(kept(page)).to_have_count(2)
    many = [{**drawings[0], "digit": k % 10, "strokes": [[[k, 0], [1, 1]]]} for k in range(99)]
    bring(page, json.dumps({"drawings": many}))
    expect(message(page)).to_have_text("My hand holds 100 drawings: remove one to keep another.")
    expect(kept(page)).to_have_count(2)
    bring(page, json.dumps({"drawings": many[:98]}))
    expect(kept(page)).to_have_count(100)
    expect(page.locator("#hand-words")).to_contain_text("From 100 drawings")
    hand.draw(page, hand.digit(6))
    hand.wait_for_digit(page, 6)
    page.locator("#keep").click()
    expect(message(page)).to_have_text("My hand holds 100 drawings: remove one to keep another.")
    page.locator("#shelf-empty").click()
    expect(kept(page)).to_have_count(0)
    page.locator("#keep").click()
    expect(kept(page)).to_have_count(1)
    page.evaluate("void (Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); })")
    for digit in (5, 4):
        keep(page, digit)
        expect(message(page)).to_have_text(NO_ROOM)
    assert digits_in(page) == [6]
    page.locator("#shelf-empty").click()
    assert stored(page) == {}
    page.locator("#shelf-undo").click()
    expect(kept(page)).to_have_count(3)


def test_the_shelf_is_there_another_day_and_its_undo_as_long_as_the_tab(
    page: Page, context: BrowserContext, url: str
) -> None:
    keep(page, 3, 7)
    drawn = hand.pixels(page, "#shelf [data-digit='7'] canvas")
    page.close()
    page = open_page(context, url)
    expect(kept(page)).to_have_count(2)
    assert hand.pixels(page, "#shelf [data-digit='7'] canvas") == drawn
    expect(page.locator("#hand-words")).to_contain_text("From 2 drawings")
    expect(page.locator("#pad.used")).to_have_count(0)  # the rest of the page ended with its tab
    expect(page.locator("#shelf-undo")).to_be_disabled()
    page.locator("#shelf-empty").click()
    expect(message(page)).to_have_text("My hand is empty; Undo brings it back until this tab is closed.")
    assert stored(page) == {}
    reload(page)
    expect(kept(page)).to_have_count(0)
    page.locator("#shelf-undo").click()
    expect(kept(page)).to_have_count(2)
    expect(page.locator("#hand-words")).to_contain_text("From 2 drawings")
    assert hand.pixels(page, "#shelf [data-digit='7'] canvas") == drawn
    reload(page)
    expect(kept(page)).to_have_count(2)
    page.locator("#shelf-empty").click()
    page.close()
    page = open_page(context, url)
    expect(page.locator("#shelf-undo")).to_be_disabled()
    expect(kept(page)).to_have_count(0)
    own = page.evaluate("JSON.parse(sessionStorage.page ?? '{}')")  # the new tab's, or nothing yet
    assert not own.get("drawing") and not own.get("shelfSteps")
    assert stored(page) == {}


def test_tabs_of_a_browser_share_one_shelf_and_none_loses_what_another_kept(
    page: Page, context: BrowserContext, url: str
) -> None:
    other = open_page(context, url)
    keep(other, 3)
    expect(kept(page)).to_have_count(1)
    expect(page.locator("#hand-words")).to_contain_text("From 1 drawing")
    for one in (page, other):
        one.evaluate("addEventListener('storage', (event) => event.stopImmediatePropagation(), true)")
    keep(page, 7)
    keep(other, 4)  # without having heard of the 7
    expect(kept(other)).to_have_count(3)
    place(page, 3).get_by_role("button").click()
    page.locator("#kept-one").get_by_text("8", exact=True).click()
    expect(kept(page)).to_have_count(3)
    other.locator("#shelf-undo").click()
    assert hand.eventually(other, lambda: digits_in(other) == [7, 8])
    page.locator("#shelf-empty").click()
    expect(kept(page)).to_have_count(0)
    keep(other, 5)
    assert digits_in(other) == [5]
    page.locator("#shelf-undo").click()
    assert hand.eventually(page, lambda: digits_in(page) == [5, 7, 8])
    reload(other)
    expect(kept(other)).to_have_count(3)


@pytest.mark.parametrize("content", ["{", "null", '{"drawings": [7]}', '{"drawings": [{"digit": 3, "image": "AA"}]}'])
def test_a_broken_shelf_is_told_of_and_does_not_come_in_the_way(page: Page, content: str) -> None:
    page.evaluate("(content) => localStorage.setItem('my-hand:/', content)", content)
    keep(page, 3)  # over it
    assert digits_in(page) == [3]
    page.evaluate("(content) => localStorage.setItem('my-hand:/', content)", content)
    reload(page)
    expect(message(page)).to_have_text("What this browser kept of My hand cannot be read any more.")
    expect(kept(page)).to_have_count(0)
    page.locator("#keep").click()
    expect(kept(page)).to_have_count(1)
    assert digits_in(page) == [3]


def test_where_nothing_may_be_stored_the_shelf_lives_with_the_page(page: Page) -> None:
    page.add_init_script("Object.defineProperty(window, 'localStorage', { get() { throw new Error('forbidden'); } })")
    reload(page)
    expect(message(page)).to_be_empty()
    keep(page, 3, 7)
    expect(message(page)).to_have_text(NO_ROOM)
    page.locator("#shelf-empty").click()
    expect(kept(page)).to_have_count(0)
    page.locator("#shelf-undo").click()
    expect(kept(page)).to_have_count(2)


@pytest.mark.parametrize("options", [PHONE, DARK], ids=["phone", "dark"])
def test_the_shelf_is_used_by_finger_and_keyboard_and_read_by_everybody(
    page: Page, context: BrowserContext, options: dict
) -> None:
    if options is PHONE:
        hand.touch(page, hand.digit(8))
        hand.wait_for_digit(page, 8)
        page.locator("#keep").tap()
        for width, height in SMALL:
            page.set_viewport_size({"width": width, "height": height})
            page.locator("#pad canvas").scroll_into_view_if_needed()
            page.locator(".draw-pad").evaluate("(pad) => pad.scrollIntoView({ block: 'end' })")
            for part in ("#pad canvas", "#reading", "#keep"):
                expect(page.locator(part)).to_be_in_viewport(ratio=0.95)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (width, height)
        page.set_viewport_size(PHONE["viewport"])
        box = place(page, 8).get_by_role("button").bounding_box()
        assert box and min(box["width"], box["height"]) >= 44
    else:
        page.locator("#pad canvas").focus()
        for key in [" ", *["ArrowDown"] * 12, " ", "Enter"]:
            page.keyboard.press(key)
    expect(kept(page)).to_have_count(1)
    digit = 8 if options is PHONE else 1
    button = place(page, digit).get_by_role("button")
    button.focus()
    page.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#kept-one")).to_be_visible()
    hand.rest(page)
    found = Axe().run(page).response["violations"]
    assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []
    page.locator("#kept-remove").focus()
    page.keyboard.press("Enter")
    expect(kept(page)).to_have_count(0)
    expect(place(page, digit).get_by_role("button")).to_be_focused()
