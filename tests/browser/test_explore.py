"""The Explore tab: sliders, digit, picture and what may be taken away."""

import json
from collections.abc import Callable

import hand
import numpy as np
import pytest
import questions
from PIL import Image
from playwright.sync_api import Locator, Page, Route, expect

import vae_core


@pytest.fixture
def explore(page: Page) -> Page:
    open_explore(page)
    return page


def open_explore(page: Page) -> None:
    page.get_by_role("tab", name="Explore").click()
    page.wait_for_selector("#picture[data-revision]")


def slider(page: Page, which: int = 0) -> Locator:
    """A slider in the order they are shown, the one that does most first."""
    return page.locator("#sliders input[type=range]").nth(which)


def number(page: Page, which: int = 0) -> Locator:
    return page.locator("#sliders input[type=number]").nth(which)


def picture(page: Page) -> list[int]:
    return hand.pixels(page, "#picture")


def changes_picture(page: Page, act: Callable[[], object]) -> bool:
    before = picture(page)
    act()
    return hand.eventually(page, lambda: picture(page) != before)


def shows(page: Page, canvas: str) -> bool:
    """Whether the picture is that of another canvas, but for rounding."""
    return bool(np.abs(np.subtract(picture(page), hand.pixels(page, canvas))).max() <= 3)


def sigmas(page: Page) -> list[float]:
    return page.locator("#sliders input[type=range]").evaluate_all("(all) => all.map((range) => Number(range.value))")


def state(page: Page) -> dict:
    return json.loads(page.locator("#json").input_value())


def test_moving_a_slider_changes_the_picture(explore: Page) -> None:
    assert changes_picture(explore, lambda: slider(explore).fill("2"))


def test_arrow_keys_move_a_slider(explore: Page) -> None:
    slider(explore).focus()
    assert changes_picture(explore, lambda: [explore.keyboard.press("PageUp") for _ in range(4)])


def test_number_field_moves_the_slider(explore: Page) -> None:
    assert changes_picture(explore, lambda: number(explore).fill("-2"))
    assert sigmas(explore)[0] == -2


def test_dragging_ends_on_the_last_value(explore: Page) -> None:
    box = slider(explore).bounding_box()
    assert box
    middle = box["y"] + box["height"] / 2
    explore.mouse.move(box["x"] + box["width"] / 2, middle)
    explore.mouse.down()
    for k in range(60):
        explore.mouse.move(box["x"] + box["width"] * (0.5 + k / 150), middle)
    explore.mouse.up()
    hand.rest(explore)
    dragged, value = picture(explore), sigmas(explore)[0]
    assert value > 1
    assert changes_picture(explore, lambda: slider(explore).fill("-1"))
    slider(explore).fill(str(value))
    assert hand.eventually(explore, lambda: picture(explore) == dragged)


def test_a_widget_has_at_most_one_question_under_way(explore: Page) -> None:
    hand.rest(explore)
    asked = questions.from_now(explore, "decode")
    for k in range(30):
        slider(explore).fill(str(k / 10))
    hand.rest(explore)
    assert 1 <= questions.most_at_once(asked()) <= 2  # the picture's, and the strips' when the hand rests


def test_choosing_a_digit_changes_the_picture(explore: Page) -> None:
    assert changes_picture(explore, lambda: explore.locator("#digit").get_by_text("8").click())
    assert changes_picture(explore, lambda: explore.keyboard.press("3"))
    expect(explore.locator('#digit input[value="3"]')).to_be_checked()


def test_typing_a_number_into_a_field_does_not_choose_a_digit(explore: Page) -> None:
    number(explore).press("2")
    expect(explore.locator('#digit input[value="0"]')).to_be_checked()


def test_shuffle_moves_every_slider_and_reset_brings_them_back(explore: Page) -> None:
    average = picture(explore)
    assert changes_picture(explore, lambda: explore.locator("#shuffle").click())
    assert sum(value != 0 for value in sigmas(explore)) >= len(sigmas(explore)) - 1  # a draw may round to nought
    explore.locator("#reset").click()
    assert hand.eventually(explore, lambda: picture(explore) == average)
    assert sigmas(explore) == [0] * len(sigmas(explore))


def test_a_locked_slider_is_left_alone_by_chance(explore: Page) -> None:
    slider(explore).fill("1.5")
    explore.locator("#sliders .lock").first.click()
    explore.locator("#shuffle").click()
    assert hand.eventually(explore, lambda: sigmas(explore)[1] != 0)
    assert sigmas(explore)[0] == 1.5


def test_double_click_resets_one_slider(explore: Page) -> None:
    slider(explore, 0).fill("2")
    slider(explore, 1).fill("-2")
    slider(explore, 0).dblclick()
    assert hand.eventually(explore, lambda: sigmas(explore)[:2] == [0, -2])


def test_strips_show_what_a_slider_does_and_follow_the_digit(explore: Page) -> None:
    strip = "#sliders .strip >> nth=0"
    explore.wait_for_selector("#sliders .strip[data-revision]")
    before = hand.pixels(explore, strip)
    assert len(before) == 9 * 28 * 28
    tiles = np.array(before).reshape(28, 9, 28)
    assert np.abs(tiles[:, 0] - tiles[:, 8]).mean() > 1
    explore.keyboard.press("5")
    assert hand.eventually(explore, lambda: hand.pixels(explore, strip) != before)


def test_24_more_are_alike_but_not_the_same_and_a_click_goes_on_from_one(explore: Page) -> None:
    explore.locator("#more").click()
    expect(explore.locator("#relatives button")).to_have_count(24)
    one, two = (hand.pixels(explore, f"#relatives canvas >> nth={k}") for k in (0, 1))
    assert one != two
    explore.locator("#relatives button").first.click()
    assert hand.eventually(explore, lambda: picture(explore) == one)


def test_a_drawing_is_found_again_on_the_sliders(page: Page) -> None:
    hand.draw(page, hand.digit(7))
    hand.wait_for_digit(page, 7)
    open_explore(page)
    expect(page.locator('#digit input[value="7"]')).to_be_checked()
    assert hand.eventually(page, lambda: shows(page, "#hand [data-digit='7'] canvas"))
    assert any(value != 0 for value in sigmas(page))


def test_a_digit_of_the_hand_is_taken_to_explore_and_the_drawing_back(page: Page) -> None:
    hand.draw(page, hand.digit(7))
    hand.wait_for_digit(page, 7)
    page.locator("#hand [data-digit='3']").click()
    expect(page.locator('#digit input[value="3"]')).to_be_checked()
    assert hand.eventually(page, lambda: shows(page, "#hand [data-digit='3'] canvas"))
    drawn = sigmas(page)
    page.locator("#reset").click()
    assert hand.eventually(page, lambda: sigmas(page) != drawn)
    page.locator("#home").click()
    assert hand.eventually(page, lambda: sigmas(page) == drawn)
    expect(page.locator('#digit input[value="7"]')).to_be_checked()


def test_a_link_opens_the_same_picture_elsewhere(explore: Page) -> None:
    explore.locator("#shuffle").click()
    explore.keyboard.press("6")
    hand.rest(explore)
    explore.locator("#share").click()
    expect(explore.locator(".take [role=status]")).to_contain_text("link")
    assert explore.context.browser
    with explore.context.browser.new_page() as elsewhere:
        elsewhere.goto(explore.url)
        elsewhere.wait_for_selector("#picture[data-revision]")
        shown = picture(explore)  # of more than the four decimals that a link has
        assert hand.eventually(elsewhere, lambda: np.abs(np.subtract(picture(elsewhere), shown)).max() <= 1)
        assert state(elsewhere) == state(explore)


@pytest.mark.answered_by("server", "browser", why="the tabs are not Gradio's")
def test_a_link_opens_where_the_tabs_come_late(page: Page, url: str) -> None:
    held = []

    def late(route: Route) -> None:
        held.append(route.request.url)
        page.wait_for_timeout(700)
        route.continue_()

    page.context.route("**/assets/Blocks-*.js", late)
    page.goto("about:blank")
    page.goto(f"{url}#digit=6&style={','.join(['0.5'] * 16)}")
    page.wait_for_selector("#picture[data-revision]")
    expect(page.locator("#header [role=status]:not(#server-word)")).to_have_text("")
    assert held


def test_a_broken_link_opens_the_page_as_usual(page: Page, url: str) -> None:
    for wrong in (
        "#digit=12&style=1,2",
        "#digit=3&style=a,b",
        "#style=",
        "#digit=3&style=1",
        "#digit=3&style=" + "1," * 5000,
    ):
        page.goto("about:blank")
        page.goto(url + wrong)
        page.wait_for_selector("#pad canvas[data-revision]")


OLD = "This is of the first generation: its z was translated into a style."


def test_a_link_of_the_first_generation_is_translated_and_says_so(page: Page, url: str) -> None:
    """What it told was a z, whose picture of that digit it leads to still."""
    z = [0.5] * 16
    page.goto(f"{url}#model=conv&digit=6&z={','.join(map(str, z))}")
    expect(page.locator("#header [role=status]:not(#server-word)")).to_have_text(OLD)
    page.wait_for_selector("#picture[data-revision]")
    model = vae_core.load_model("conv")
    told = json.loads(page.locator("#json").input_value())
    assert set(told) == {"model", "digit", "style"} and told["digit"] == 6
    assert told["style"] == pytest.approx(model.to_style(z, 6)[0].tolist(), abs=1e-3)
    expected = np.rint(255 * model.decode(z, 6)[0]).ravel()
    assert hand.eventually(page, lambda: np.abs(np.array(hand.pixels(page, "#picture")) - expected).max() <= 2)


def test_json_of_the_first_generation_is_translated_and_says_so(explore: Page) -> None:
    z = [1.0, -1.0] * 8
    explore.locator("#json").fill(json.dumps({"model": "conv", "digit": 2, "z": z}))
    expect(explore.locator(".take [role=status]")).to_have_text(OLD)
    expected = [min(3.0, max(-3.0, value)) for value in vae_core.load_model("conv").to_style(z, 2)[0]]
    shown = dict(
        zip((slider.get_attribute("id") for slider in explore.locator("[id^=z]").all()), sigmas(explore), strict=True)
    )
    assert [shown[f"z{k}"] for k in range(16)] == pytest.approx(expected, abs=0.011)


def test_json_round_trip(explore: Page) -> None:
    first = state(explore)
    assert changes_picture(explore, lambda: explore.locator("#shuffle").click())
    shuffled = explore.locator("#json").input_value()
    explore.locator("#json").fill(json.dumps(first))
    assert hand.eventually(explore, lambda: not any(sigmas(explore)))
    explore.locator("#json").fill(shuffled)
    assert hand.eventually(explore, lambda: any(sigmas(explore)))
    explore.locator("#json").fill('{"digit": 3}')
    expect(explore.locator(".take [role=status]")).to_contain_text("Expected")


def test_saved_png_is_the_picture_at_the_asked_scale(explore: Page) -> None:
    shown = np.array(picture(explore)).reshape(28, 28)
    for scale in (1, 16):
        explore.locator("#scale").fill(str(scale))
        with explore.expect_download() as download:
            explore.locator("#png").click()
        saved = np.asarray(Image.open(download.value.path()).convert("L"))
        assert saved.shape == (28 * scale, 28 * scale)
        assert (saved[::scale, ::scale] == shown).all()


def test_saved_sheet_holds_the_ten_digits_and_every_dimension(explore: Page) -> None:
    with explore.expect_download() as download:
        explore.locator("#sheet").click()
    sheet = Image.open(download.value.path())
    assert sheet.size == (28 * 10 * 4, 28 * (1 + len(state(explore)["style"])) * 4)
    assert np.asarray(sheet.convert("L")).max() > 200
