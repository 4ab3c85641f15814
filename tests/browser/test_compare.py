"""The Compare tab: two models on the same drawing, the same steps, the same digit and the same chance."""

import re

import hand
import pytest
import questions
from playwright.sync_api import Page, expect

SIDES = ("left", "right")
CANVASES = ("reconstruction", "picture", "map")


@pytest.fixture
def compare(page: Page) -> Page:
    open_compare(page)
    return page


def open_compare(page: Page) -> None:
    page.get_by_role("tab", name="Compare").click()
    for side in SIDES:
        page.wait_for_selector(f"#compare-{side}-map[data-revision]")


def pixels(page: Page, side: str, which: str) -> list[int]:
    return hand.pixels(page, f"#compare-{side}-{which}")


def tile(page: Page, side: str, which: str, k: int) -> list[int]:
    return hand.pixels(page, f"#compare-{side}-{which} button:nth-child({k + 1}) canvas")


def alike(left: list[int], right: list[int]) -> bool:
    """The same picture, but for the rounding of other pictures decoded with it; and not a blank one."""
    return max(left) > 0 and max(abs(a - b) for a, b in zip(left, right, strict=True)) <= 2


def reads(page: Page, side: str, digit: int | str) -> None:
    expect(page.locator(f"#compare-{side}-reading")).to_have_attribute("data-digit", str(digit))


def choose(page: Page, side: str, model: str) -> None:
    page.locator(f"#compare-{side}-model").select_option(model)
    expect(page.locator(f"#compare-{side}")).to_have_attribute("data-model", model)


def test_two_models_show_the_same_test_digit_from_the_start(compare: Page) -> None:
    expect(compare.locator("#compare-left-model")).to_have_value("conv")
    expect(compare.locator("#compare-right-model")).to_have_value("blog")
    for side in SIDES:
        reads(compare, side, 2)
        assert all(max(pixels(compare, side, which)) > 100 for which in CANVASES)
        expect(compare.locator(f"#compare-{side} figcaption").first).to_contain_text(
            re.compile(r"\d+\.\d % of the ink")
        )
    assert pixels(compare, "left", "reconstruction") != pixels(compare, "right", "reconstruction")


def test_another_test_digit_is_read_by_both(compare: Page) -> None:
    compare.get_by_role("button", name="Compare on a test digit, a 7").first.click()
    for side in SIDES:
        reads(compare, side, 7)
        pressed = compare.locator(f"#compare-{side}-hand [aria-pressed=true]")
        expect(pressed).to_have_attribute("aria-label", re.compile("^7 "))


def test_what_was_drawn_is_compared(page: Page) -> None:
    hand.draw(page, hand.digit(4))
    hand.wait_for_digit(page, 4)
    open_compare(page)
    for side in SIDES:
        reads(page, side, 4)
    assert hand.pixels(page, "#compare-drawing") == hand.pixels(page, "#seen")
    assert pixels(page, "left", "reconstruction") == hand.pixels(page, "#reconstruction")


def test_a_step_moves_both_pictures_and_home_takes_it_back(compare: Page) -> None:
    def pictures() -> list[list[int]]:
        return [pixels(compare, side, "picture") for side in SIDES]

    before = pictures()
    for slider in ("first", "second"):
        start = pictures()
        compare.locator(f"#compare-{slider}").fill("2")
        assert hand.eventually(compare, lambda s=start: all(a != b for a, b in zip(s, pictures(), strict=True)))
    compare.locator("#compare-home").click()
    assert hand.eventually(compare, lambda: pictures() == before)
    expect(compare.locator("#compare-first")).to_have_value("0")


def test_a_digit_chosen_on_one_side_is_drawn_on_both(compare: Page) -> None:
    compare.locator("#compare-right-hand button").nth(5).click()
    for side in SIDES:
        five = lambda s=side: pixels(compare, s, "picture") == tile(compare, s, "hand", 5)  # noqa: E731
        assert hand.eventually(compare, five)


def test_going_on_from_a_sample_starts_both_at_the_same_numbers(compare: Page) -> None:
    compare.locator("#compare-left-samples button").nth(3).click()
    for side in SIDES:
        same = lambda s=side: pixels(compare, s, "picture") == tile(compare, s, "samples", 3)  # noqa: E731
        assert hand.eventually(compare, same)
        expect(compare.locator(f"#compare-{side}-samples button").nth(3)).to_have_attribute("aria-pressed", "true")


def test_one_model_on_both_sides_shows_one_picture(compare: Page) -> None:
    choose(compare, "right", "conv")
    for which in CANVASES:
        assert hand.eventually(
            compare, lambda w=which: alike(pixels(compare, "left", w), pixels(compare, "right", w))
        ), which
    assert hand.eventually(
        compare, lambda: alike(tile(compare, "left", "samples", 7), tile(compare, "right", "samples", 7))
    )
    before = tile(compare, "left", "samples", 7)
    compare.locator("#compare-others").click()
    assert hand.eventually(compare, lambda: tile(compare, "left", "samples", 7) != before)


def test_a_model_without_digits_says_so(compare: Page) -> None:
    choose(compare, "right", "plain")
    expect(compare.locator("#compare-right")).to_contain_text("It knows no digits")
    expect(compare.locator("#compare-right-hand")).to_be_hidden()
    expect(compare.locator("#compare-left-hand")).to_be_visible()
    assert hand.eventually(compare, lambda: max(pixels(compare, "right", "picture")) > 100)


@pytest.mark.parametrize("model", ["plane", "deep"])
def test_models_with_other_numbers_of_latent_values_can_be_compared(compare: Page, model: str) -> None:
    before = pixels(compare, "right", "map")
    choose(compare, "right", model)
    assert hand.eventually(compare, lambda: pixels(compare, "right", "map") != before)
    expect(compare.locator("#compare-right [role=status]")).to_have_text("")


def test_a_click_on_a_map_goes_there(compare: Page) -> None:
    compare.locator("#compare-left-map").scroll_into_view_if_needed()
    dots = [dot(compare, side) for side in SIDES]
    compare.locator("#compare-left-map").click(position={"x": 40, "y": 40})
    assert hand.eventually(compare, lambda: all(dot(compare, s) != d for s, d in zip(SIDES, dots, strict=True)))
    assert compare.locator("#compare-first").input_value() != "0"


def dot(page: Page, side: str) -> str | None:
    return page.locator(f"#compare-{side} .map i").get_attribute("style")


def test_a_column_has_one_question_under_way_however_fast_the_slider_moves(compare: Page) -> None:
    hand.rest(compare)
    asked = questions.from_now(compare)
    compare.evaluate("""async () => {
        const slider = document.querySelector('#compare-first');
        for (let k = 0; k < 40; k++) {
            slider.value = k / 20;
            slider.dispatchEvent(new Event('input'));
            await new Promise((done) => setTimeout(done, 5));
        }
    }""")
    hand.rest(compare)
    assert len(asked()) >= 2
    assert 1 <= questions.most_at_once(asked()) <= 2
    last = pixels(compare, "left", "picture")
    compare.locator("#compare-first").fill("0")
    assert hand.eventually(compare, lambda: pixels(compare, "left", "picture") != last)
    compare.locator("#compare-first").fill("1.95")  # where the drag ended
    assert hand.eventually(compare, lambda: pixels(compare, "left", "picture") == last)


@pytest.mark.answered_by("server", why="only requests are worth putting together")
def test_a_step_asks_for_both_models_pictures_at_once(compare: Page) -> None:
    with compare.expect_request("**/live/**") as request:
        compare.locator("#compare-first").fill("1")
    assert request.value.url.endswith("live/decode_each")
    assert [question["model"] for question in request.value.post_data_json["questions"]] == ["conv", "blog"]


def test_on_a_slow_network_all_that_is_shown_is_of_the_last_drawing(compare: Page) -> None:
    compare.evaluate("""async () => {
        const [soon, ask] = [(ms) => new Promise((done) => setTimeout(done, ms)), window.fetch];
        window.fetch = async (...request) => (await soon(300), ask(...request));
        const examples = document.querySelectorAll("#compare-examples button");
        examples[7].click();
        await soon(220); // the first is being read
        examples[3].click();
    }""")
    for side in SIDES:
        reads(compare, side, 3)
    hand.rest(compare)
    for side in SIDES:
        assert alike(pixels(compare, side, "picture"), tile(compare, side, "hand", 3))


@pytest.mark.answered_by("server", why="without a server the others go on: test_offline.py")
def test_a_dead_server_is_told_in_both_columns_and_forgotten_when_it_lives(compare: Page) -> None:
    compare.route("**/live/**", lambda route: route.fulfill(status=200, body="null", content_type="application/json"))
    compare.locator("#compare-first").fill("1")
    for side in SIDES:
        expect(compare.locator(f"#compare-{side} [role=status]")).to_contain_text("does not answer")
    compare.unroute("**/live/**")
    compare.locator("#compare-first").fill("2")
    for side in SIDES:
        expect(compare.locator(f"#compare-{side} [role=status]")).to_have_text("")


@pytest.mark.parametrize("options", [{"viewport": {"width": 360, "height": 740}}], ids=["phone"])
def test_on_a_phone_the_sliders_stay_in_sight(compare: Page) -> None:
    compare.locator("#compare-right-samples").scroll_into_view_if_needed()
    expect(compare.locator("#compare-first")).to_be_in_viewport()
