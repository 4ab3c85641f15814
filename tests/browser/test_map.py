"""The Map tab: a plane of latent space under the pointer."""

from collections.abc import Callable

import hand
import numpy as np
import pytest
import questions
from playwright.sync_api import FloatRect, Page, expect

FINGER = {"viewport": {"width": 360, "height": 740}, "has_touch": True}


@pytest.fixture
def map_tab(page: Page) -> Page:
    open_map(page)
    return page


def open_map(page: Page) -> None:
    page.get_by_role("tab", name="Map").click()
    page.wait_for_selector("#map-picture[data-revision]")
    rest(page)


def rest(page: Page) -> None:
    """Until the window is filled."""
    hand.rest(page)
    expect(page.locator("#map")).to_have_attribute("aria-busy", "false")


def told(page: Page, name: str) -> str:
    return page.locator("#map").get_attribute(f"data-{name}") or ""


def cursor(page: Page) -> tuple[float, float]:
    return float(told(page, "x")), float(told(page, "y"))


def picture(page: Page) -> list[int]:
    return hand.pixels(page, "#map-picture")


def box(page: Page) -> FloatRect:
    page.locator("#map").scroll_into_view_if_needed()
    found = page.locator("#map canvas").bounding_box()
    assert found
    return found


def point(page: Page, right: float, down: float) -> tuple[float, float]:
    """A place of the map, as shares of its width and height, to the page's pixels."""
    area = box(page)
    return area["x"] + right * area["width"], area["y"] + down * area["height"]


def tapestry(page: Page) -> list[int]:
    """The canvas without points, coarsely."""
    script = "(c) => [...c.getContext('2d').getImageData(0, 0, c.width, c.height).data].filter((_, k) => k % 404 === 3)"
    return page.locator("#map canvas").evaluate(script)


def changes(page: Page, look: Callable[[Page], object], act: Callable[[], object]) -> bool:
    before = look(page)
    act()
    return hand.eventually(page, lambda: look(page) != before)


def draw(page: Page, digit: int) -> None:
    page.get_by_role("tab", name="Draw").click()
    hand.draw(page, hand.digit(digit))
    hand.wait_for_digit(page, digit)


def test_moving_decodes_the_place_under_the_pointer(map_tab: Page) -> None:
    assert changes(map_tab, picture, lambda: map_tab.mouse.move(*point(map_tab, 0.2, 0.2)))
    left, top = cursor(map_tab)
    assert changes(map_tab, picture, lambda: map_tab.mouse.move(*point(map_tab, 0.8, 0.8)))
    right, bottom = cursor(map_tab)
    assert left < right and top > bottom
    expect(map_tab.locator("#map-place")).to_contain_text(f"w0 {right:.2f}")


def test_the_picture_under_the_pointer_is_the_one_explore_makes_there(map_tab: Page) -> None:
    map_tab.mouse.move(*point(map_tab, 0.4, 0.6))
    map_tab.locator("#map-picture[data-revision]").wait_for()
    rest(map_tab)
    shown = picture(map_tab)
    map_tab.mouse.click(*point(map_tab, 0.4, 0.6))
    z = cursor(map_tab)
    map_tab.locator("#map-tiles button").click()
    expect(map_tab.locator("#model-name")).to_have_value("plane")
    sliders = map_tab.locator("#sliders input[type=range]:visible")
    expect(sliders).to_have_count(2)
    assert hand.eventually(map_tab, lambda: np.abs(np.subtract(hand.pixels(map_tab, "#picture"), shown)).max() <= 8)
    values = sliders.evaluate_all("(all) => all.map((range) => Number(range.value))")
    assert sorted(values) == pytest.approx(sorted(z), abs=0.02)


def test_a_click_keeps_the_picture_and_a_drag_does_not(map_tab: Page) -> None:
    tiles = map_tab.locator("#map-tiles button")
    map_tab.mouse.move(*point(map_tab, 0.5, 0.5))
    map_tab.mouse.down()
    map_tab.mouse.move(*point(map_tab, 0.6, 0.6), steps=5)
    map_tab.mouse.up()
    map_tab.mouse.click(*point(map_tab, 0.3, 0.4))
    expect(tiles).to_have_count(1)
    assert hand.pixels(map_tab, "#map-tiles canvas") == picture(map_tab)
    map_tab.locator("#map-keep").click()
    expect(tiles).to_have_count(2)
    expect(map_tab.locator("#map-kept g")).to_have_count(2)


def test_kept_on_the_map_of_the_pages_own_model_is_the_style_of_the_page(map_tab: Page) -> None:
    map_tab.locator("#map-model").get_by_text("conv").click()
    expect(map_tab.locator("#map")).to_have_attribute("data-model", "conv")
    map_tab.mouse.click(*point(map_tab, 0.7, 0.3))
    expect(map_tab.locator("#map-tiles button")).to_have_count(1)
    map_tab.get_by_role("tab", name="Explore").click()
    map_tab.wait_for_selector("#picture[data-revision]")
    kept = hand.pixels(map_tab, "#map-tiles canvas")
    assert hand.eventually(map_tab, lambda: np.abs(np.subtract(hand.pixels(map_tab, "#picture"), kept)).max() <= 8)
    expect(map_tab.locator("#model-name")).to_have_value("conv")


def test_the_drawing_lies_on_the_map_with_its_two_ellipses(page: Page) -> None:
    draw(page, 4)
    open_map(page)
    expect(page.locator("#map .hint")).to_be_hidden()
    assert told(page, "drawing") == f"{told(page, 'x')},{told(page, 'y')}"
    expect(page.locator('#map-digit input[value="4"]')).to_be_checked()
    assert_two_ellipses(page)
    place = told(page, "drawing")
    page.locator("#map-model").get_by_text("conv").click()
    assert hand.eventually(page, lambda: told(page, "model") == "conv" and told(page, "drawing") not in ("", place))
    assert_two_ellipses(page)


def assert_two_ellipses(page: Page) -> None:
    """Of one and of two sigma, with the drawing in their middle."""
    two, _, one, _ = page.locator("#map-drawing ellipse").all()
    for radius in ("rx", "ry"):
        sizes = [float(ellipse.get_attribute(radius) or 0) for ellipse in (one, two)]
        assert sizes[0] > 0.5 and sizes[1] == pytest.approx(2 * sizes[0])


def test_at_the_drawing_the_projected_map_shows_its_reconstruction_in_the_hand(page: Page) -> None:
    draw(page, 7)
    expected = hand.pixels(page, "#hand [data-digit='7'] canvas")
    open_map(page)
    page.locator("#map-model").get_by_text("conv").click()
    assert hand.eventually(page, lambda: np.abs(np.subtract(picture(page), expected)).max() <= 3)


def test_without_a_drawing_the_map_says_how_one_appears_and_a_cleared_one_goes(page: Page) -> None:
    open_map(page)
    expect(page.locator("#map .hint")).to_be_visible()
    expect(page.locator("#map-mine")).to_be_disabled()
    draw(page, 3)
    page.get_by_role("tab", name="Map").click()
    expect(page.locator("#map .hint")).to_be_hidden()
    page.mouse.move(*point(page, 0.9, 0.9))
    page.locator("#map-mine").click()
    assert hand.eventually(page, lambda: told(page, "drawing") == f"{told(page, 'x')},{told(page, 'y')}")
    page.get_by_role("tab", name="Draw").click()
    page.locator("#clear").click()
    page.get_by_role("tab", name="Map").click()
    expect(page.locator("#map .hint")).to_be_visible()
    assert told(page, "drawing") == ""


def test_another_digit_is_woven_into_the_tapestry(map_tab: Page) -> None:
    map_tab.locator("#map-points").uncheck()
    rest(map_tab)
    seen = picture(map_tab)
    assert changes(map_tab, tapestry, lambda: map_tab.locator("#map-digit").get_by_text("8").click())
    rest(map_tab)
    assert hand.eventually(map_tab, lambda: picture(map_tab) != seen)
    eight = tapestry(map_tab)
    assert changes(map_tab, tapestry, lambda: map_tab.keyboard.press("3"))
    rest(map_tab)
    map_tab.keyboard.press("8")
    rest(map_tab)
    assert hand.eventually(map_tab, lambda: tapestry(map_tab) == eight)


def test_the_wheel_with_ctrl_zooms_and_the_place_under_the_pointer_stays(map_tab: Page) -> None:
    map_tab.mouse.move(*point(map_tab, 0.3, 0.3))
    place, points = cursor(map_tab), int(told(map_tab, "points"))
    map_tab.keyboard.down("Control")
    map_tab.mouse.wheel(0, -600)
    map_tab.keyboard.up("Control")
    assert hand.eventually(map_tab, lambda: float(told(map_tab, "zoom")) > 2)
    assert int(told(map_tab, "points")) < points
    map_tab.mouse.move(*point(map_tab, 0.31, 0.3))
    map_tab.mouse.move(*point(map_tab, 0.3, 0.3))
    assert cursor(map_tab) == pytest.approx(place, abs=0.01)
    map_tab.locator("#map-home").click()
    assert hand.eventually(map_tab, lambda: float(told(map_tab, "zoom")) == 1)
    assert map_tab.evaluate("scrollY") == 0


def test_dragging_pans_and_what_was_under_the_pointer_stays_there(map_tab: Page) -> None:
    map_tab.mouse.move(*point(map_tab, 0.4, 0.4))
    place = cursor(map_tab)
    map_tab.mouse.down()
    map_tab.mouse.move(*point(map_tab, 0.6, 0.5), steps=10)
    assert cursor(map_tab) == place
    map_tab.mouse.up()
    map_tab.mouse.move(*point(map_tab, 0.61, 0.5))
    map_tab.mouse.move(*point(map_tab, 0.6, 0.5))
    assert cursor(map_tab) == pytest.approx(place, abs=0.01)


def test_a_release_that_was_not_seen_ends_the_drag(map_tab: Page) -> None:
    map_tab.mouse.move(*point(map_tab, 0.4, 0.4))
    map_tab.mouse.down()
    map_tab.mouse.move(*point(map_tab, 0.5, 0.5), steps=5)
    dragged = cursor(map_tab)
    x, y = point(map_tab, 0.7, 0.7)
    # The browser tells of no release, and the button is up: the pointer moves the cursor, and not the map.
    for moved in (x, x + 10):
        session = map_tab.context.new_cdp_session(map_tab)
        session.send("Input.dispatchMouseEvent", {"type": "mouseMoved", "x": moved, "y": y})
    assert hand.eventually(map_tab, lambda: cursor(map_tab) != dragged)
    expect(map_tab.locator("#map-tiles button")).to_have_count(0)


def test_zooming_and_panning_fill_the_window_again(map_tab: Page) -> None:
    map_tab.locator("#map-points").uncheck()
    rest(map_tab)
    assert changes(map_tab, tapestry, lambda: map_tab.locator("#map-in").click())
    rest(map_tab)
    edge = "(c) => c.getContext('2d').getImageData(0, 0, c.width / 8, c.height).data.some((v, k) => k % 4 === 3 && v)"
    map_tab.mouse.move(*point(map_tab, 0.2, 0.5))
    map_tab.mouse.down()
    map_tab.mouse.move(*point(map_tab, 0.6, 0.5), steps=4)
    map_tab.mouse.up()
    rest(map_tab)
    assert map_tab.locator("#map canvas").evaluate(edge)


def test_the_map_is_used_by_keyboard_alone(map_tab: Page) -> None:
    map_tab.locator("#map canvas").focus()
    (x, y), seen = cursor(map_tab), picture(map_tab)
    for key in ("ArrowRight", "ArrowUp", "Shift+ArrowUp"):
        map_tab.keyboard.press(key)
    assert cursor(map_tab)[0] > x and cursor(map_tab)[1] > y
    assert hand.eventually(map_tab, lambda: picture(map_tab) != seen)
    map_tab.keyboard.press("+")
    assert hand.eventually(map_tab, lambda: float(told(map_tab, "zoom")) == 1.5)
    map_tab.keyboard.press("-")
    assert hand.eventually(map_tab, lambda: float(told(map_tab, "zoom")) == 1)
    map_tab.keyboard.press("Enter")
    expect(map_tab.locator("#map-tiles button")).to_have_count(1)
    map_tab.keyboard.press("6")
    expect(map_tab.locator('#map-digit input[value="6"]')).to_be_checked()


def test_the_cursor_never_leaves_the_window(map_tab: Page) -> None:
    map_tab.locator("#map canvas").focus()
    for _ in range(30):
        map_tab.keyboard.press("Shift+ArrowLeft")
    area = box(map_tab)
    cross = map_tab.locator("#map-cursor").bounding_box()
    assert cross and area["x"] - 30 <= cross["x"] <= area["x"] + area["width"]


@pytest.mark.parametrize("options", [FINGER], ids=["finger"])
def test_one_finger_decodes_a_tap_keeps_and_two_zoom(map_tab: Page) -> None:
    session = map_tab.context.new_cdp_session(map_tab)
    map_tab.locator("#map-legend").scroll_into_view_if_needed()
    scrolled = map_tab.evaluate("scrollY")

    def send(kind: str, *shares: tuple[float, float]) -> None:
        fingers = [{"x": x, "y": y, "id": k} for k, (x, y) in enumerate(point(map_tab, *share) for share in shares)]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": fingers})

    seen = picture(map_tab)
    send("touchStart", (0.3, 0.3))
    for k in range(5):
        send("touchMove", (0.3, 0.3 + k / 10))
    send("touchEnd")
    assert hand.eventually(map_tab, lambda: picture(map_tab) != seen)
    expect(map_tab.locator("#map-tiles button")).to_have_count(0)
    send("touchStart", (0.6, 0.6))
    send("touchEnd")
    expect(map_tab.locator("#map-tiles button")).to_have_count(1)
    send("touchStart", (0.4, 0.5))
    send("touchStart", (0.4, 0.5), (0.6, 0.5))
    for k in range(5):
        send("touchMove", (0.4 - k / 20, 0.5), (0.6 + k / 20, 0.5))
    send("touchEnd")
    assert hand.eventually(map_tab, lambda: float(told(map_tab, "zoom")) > 2)
    expect(map_tab.locator("#map-tiles button")).to_have_count(1)
    assert map_tab.evaluate("scrollY") == scrolled


def test_the_legend_shows_only_the_digits_chosen(map_tab: Page) -> None:
    every = int(told(map_tab, "points"))
    for digit, most in ((4, 100), (9, 200)):
        map_tab.locator(f"#map-legend [data-digit='{digit}']").click()
        assert hand.eventually(map_tab, lambda most=most: most * 0.8 < int(told(map_tab, "points")) <= most)
    for digit in (4, 9):
        map_tab.locator(f"#map-legend [data-digit='{digit}']").click()
    assert hand.eventually(map_tab, lambda: int(told(map_tab, "points")) == every)
    map_tab.locator("#map-points").uncheck()
    assert hand.eventually(map_tab, lambda: told(map_tab, "points") == "0")


def test_a_model_without_digits_has_a_map_without_a_choice_of_digit(map_tab: Page) -> None:
    expect(map_tab.locator("#map-digit")).to_be_visible()
    map_tab.locator("#model-name").select_option("plain")
    map_tab.locator("#map-model").get_by_text("plain").click()
    expect(map_tab.locator("#map-digit")).to_be_hidden()
    assert changes(map_tab, picture, lambda: map_tab.mouse.move(*point(map_tab, 0.2, 0.2)))
    map_tab.locator("#map-keep").click()
    map_tab.locator("#map-tiles button").click()
    expect(map_tab.locator("#picture")).to_be_visible()


@pytest.mark.answered_by("server", why="without a server the others go on: test_offline.py")
def test_a_dead_server_is_told_and_the_map_goes_on_when_it_is_back(map_tab: Page) -> None:
    map_tab.context.set_offline(True)
    map_tab.mouse.move(*point(map_tab, 0.2, 0.2))
    expect(map_tab.locator("#map-message")).to_contain_text("does not answer")
    map_tab.context.set_offline(False)
    assert changes(map_tab, picture, lambda: map_tab.mouse.move(*point(map_tab, 0.8, 0.8)))
    expect(map_tab.locator("#map-message")).to_have_text("")


def test_moving_asks_for_one_picture_at_a_time(map_tab: Page) -> None:
    seen, asked = picture(map_tab), questions.from_now(map_tab, "decode")
    for k in range(40):
        map_tab.mouse.move(*point(map_tab, 0.2 + k / 80, 0.5))
    rest(map_tab)
    assert picture(map_tab) != seen
    assert questions.most_at_once(asked()) <= 1
