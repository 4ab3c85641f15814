"""The Morph tab: two ends, the way between them by slider, strip and play, and what may be taken away."""

import hand
import numpy as np
import pytest
from PIL import Image, ImageSequence
from playwright.sync_api import Locator, Page, expect

PICTURES = 11  # of the strip
SCALE = 8  # of what is saved


@pytest.fixture
def morph(page: Page) -> Page:
    open_morph(page)
    return page


def open_morph(page: Page) -> None:
    page.get_by_role("tab", name="Morph").click()
    page.wait_for_selector("#morph-strip[data-revision]")


def picture(page: Page, canvas: str = "#morph-picture") -> np.ndarray:
    return np.array(hand.pixels(page, canvas), dtype=int).reshape(28, -1)


def strip(page: Page) -> np.ndarray:
    """The pictures of the strip, (11, 28, 28)."""
    return picture(page, "#morph-strip").reshape(28, PICTURES, 28).swapaxes(0, 1)


def alike(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether two pictures are the same but for rounding."""
    return bool(np.abs(one - other).max() <= 3)


def card(page: Page, end: str) -> Locator:
    return page.get_by_role("region", name=end, exact=True)


def source(page: Page, end: str, name: str) -> Locator:
    return card(page, end).get_by_role("button", name=name, exact=True)


def choose_digit(page: Page, end: str, digit: int) -> None:
    card(page, end).locator(".morph-digit").get_by_text(str(digit), exact=True).click()
    expect(page.locator(f"#morph-{end.lower()}")).to_have_attribute("data-digit", str(digit))


def vary(page: Page, what: str) -> np.ndarray:
    """The strip when that varies."""
    before = strip(page)
    page.locator("#morph-vary").get_by_text(what).click()
    assert hand.eventually(page, lambda: (strip(page) != before).any())
    return strip(page)


def slide(page: Page, share: float) -> None:
    page.locator("#morph-slider").fill(str(share))


def test_something_is_seen_before_anything_is_drawn(morph: Page) -> None:
    pictures = strip(morph)
    assert pictures.max() > 200
    assert np.abs(pictures[0] - pictures[-1]).max() > 100
    start, end = (morph.locator(name).get_attribute("data-digit") for name in ("#morph-start", "#morph-end"))
    assert start != end
    assert alike(pictures[0], picture(morph, "#morph-start"))
    assert alike(pictures[-1], picture(morph, "#morph-end"))
    assert alike(picture(morph), pictures[PICTURES // 2])


def test_a_morph_starts_from_the_drawing(page: Page) -> None:
    hand.draw(page, hand.digit(7))
    hand.wait_for_digit(page, 7)
    open_morph(page)
    expect(page.locator("#morph-start")).to_have_attribute("data-digit", "7")
    expect(source(page, "Start", "My drawing")).to_have_attribute("aria-pressed", "true")
    assert alike(picture(page, "#morph-start"), picture(page, "#hand [data-digit='7'] canvas"))
    choose_digit(page, "Start", 3)
    assert hand.eventually(
        page, lambda: alike(picture(page, "#morph-start"), picture(page, "#hand [data-digit='3'] canvas"))
    )


def test_a_morph_starts_from_what_is_explored_and_follows_it(morph: Page) -> None:
    morph.get_by_role("tab", name="Explore").click()
    morph.wait_for_selector("#picture[data-revision]")
    morph.locator("#shuffle").click()
    morph.keyboard.press("6")
    morph.get_by_role("tab", name="Morph").click()
    expect(morph.locator("#morph-start")).to_have_attribute("data-digit", "6")
    assert hand.eventually(morph, lambda: alike(picture(morph, "#morph-start"), picture(morph, "#picture")))
    expect(source(morph, "Start", "From Explore")).to_have_attribute("aria-pressed", "true")


def test_an_end_that_is_to_be_drawn_opens_the_pad_and_waits_for_it(morph: Page) -> None:
    source(morph, "End", "Draw one").click()
    hand.draw(morph, hand.digit(4))
    hand.wait_for_digit(morph, 4)
    morph.get_by_role("tab", name="Morph").click()
    expect(morph.locator("#morph-end")).to_have_attribute("data-digit", "4")
    expect(source(morph, "End", "My drawing")).to_have_attribute("aria-pressed", "true")
    assert alike(picture(morph, "#morph-end"), picture(morph, "#hand [data-digit='4'] canvas"))


def test_a_test_digit_is_chosen_by_its_picture(morph: Page) -> None:
    source(morph, "Start", "Test digit").click()
    for digit in (2, 5):
        card(morph, "Start").get_by_role("button", name=f"Test digit, a {digit}").last.click()
        expect(morph.locator("#morph-start")).to_have_attribute("data-digit", str(digit))
    seen = picture(morph, ".morph-end .tiles canvas >> nth=15")
    assert hand.eventually(morph, lambda: np.abs(picture(morph, "#morph-start") - seen).mean() < 15)


def test_chance_gives_another_end_each_time(morph: Page) -> None:
    ends = []
    for _ in range(3):
        before = picture(morph, "#morph-end")
        source(morph, "End", "Random").click()
        assert hand.eventually(morph, lambda before=before: (picture(morph, "#morph-end") != before).any())
        ends.append(picture(morph, "#morph-end").tobytes())
    assert len(set(ends)) == 3


def test_the_slider_goes_from_end_to_end_by_hand_and_by_key_with_the_network_cut(morph: Page) -> None:
    pictures = strip(morph)
    morph.context.set_offline(True)
    for share, k in ((0, 0), (0.3, 3), (1, 10)):
        slide(morph, share)
        assert alike(picture(morph), pictures[k])
    morph.locator("#morph-slider").focus()
    before = picture(morph)
    for _ in range(20):
        morph.keyboard.press("ArrowLeft")
    expect(morph.locator("#morph-slider")).to_have_value("0.8")
    expect(morph.locator("#morph-slider")).to_have_attribute("aria-valuetext", "80 percent of the way")
    assert alike(picture(morph), pictures[8]) and (picture(morph) != before).any()
    morph.context.set_offline(False)


def test_a_click_on_the_strip_goes_there(morph: Page) -> None:
    box = morph.locator("#morph-strip").bounding_box()
    assert box
    for k in (2, 10, 0):
        place = {"x": box["width"] * (k + 0.5) / PICTURES, "y": box["height"] / 2}
        morph.locator("#morph-strip").click(position=place)
        expect(morph.locator("#morph-slider")).to_have_value(f"{k / 10:g}")
        assert alike(picture(morph), strip(morph)[k])


def test_play_goes_there_and_back_and_stops(morph: Page) -> None:
    slider, play = morph.locator("#morph-slider"), morph.locator("#morph-play")
    slide(morph, 0.9)
    revision = "Number(document.querySelector('#morph-picture').dataset.revision)"
    painted = morph.evaluate(revision)
    play.click()
    expect(play).to_have_text("Pause")
    assert hand.eventually(morph, lambda: slider.input_value() == "1" or float(slider.input_value()) < 0.85)
    assert hand.eventually(morph, lambda: float(slider.input_value()) < 0.5)
    assert hand.eventually(morph, lambda: morph.evaluate(revision) - painted > 10)
    play.click()
    expect(play).to_have_text("Play")
    stopped = slider.input_value()
    morph.wait_for_timeout(300)
    assert slider.input_value() == stopped


def test_play_stops_when_the_tab_is_left_or_the_slider_taken(morph: Page) -> None:
    play = morph.locator("#morph-play")
    play.click()
    slide(morph, 0.2)
    expect(play).to_have_text("Play")
    expect(morph.locator("#morph-slider")).to_have_value("0.2")
    play.click()
    morph.get_by_role("tab", name="Draw").click()
    expect(play).to_have_text("Play")


def test_style_digit_and_both_lead_to_different_places(page: Page) -> None:
    hand.draw(page, hand.digit(7))
    hand.wait_for_digit(page, 7)
    open_morph(page)
    choose_digit(page, "End", 2)
    both = strip(page)
    style, digit = vary(page, "Style"), vary(page, "Digit")
    assert alike(style[0], both[0]) and alike(digit[0], both[0])
    assert alike(both[-1], picture(page, "#morph-end"))
    assert alike(digit[-1], picture(page, "#hand [data-digit='2'] canvas"))
    assert not alike(style[-1], both[-1]) and not alike(digit[-1], both[-1]) and not alike(style[-1], digit[-1])


def test_a_picture_of_the_way_is_taken_to_explore(morph: Page) -> None:
    choose_digit(morph, "End", 5)
    slide(morph, 1)
    shown = picture(morph)
    morph.locator("#morph-explore").click()
    expect(morph.locator('#digit input[value="5"]')).to_be_checked()
    assert hand.eventually(morph, lambda: alike(picture(morph, "#picture"), shown))


def test_the_saved_gif_goes_from_end_to_end(page: Page) -> None:
    hand.draw(page, hand.digit(7))
    hand.wait_for_digit(page, 7)
    open_morph(page)
    choose_digit(page, "End", 3)
    with page.expect_download() as download:
        page.locator("#morph-gif").click()
    assert download.value.suggested_filename == "morph-7-to-3.gif"
    with Image.open(download.value.path()) as gif:
        frames = [np.asarray(frame.convert("L"), dtype=int)[::SCALE, ::SCALE] for frame in ImageSequence.Iterator(gif)]
        assert gif.size == (28 * SCALE, 28 * SCALE)
    assert 20 <= len(frames) <= 100
    assert alike(frames[0], picture(page, "#morph-start"))
    end = picture(page, "#morph-end")
    assert any(alike(frame, end) for frame in frames[len(frames) // 3 : 2 * len(frames) // 3 + 1])


def test_the_saved_strip_is_the_strip(morph: Page) -> None:
    choose_digit(morph, "Start", 4)
    choose_digit(morph, "End", 6)  # else chance may have put a 4 there too, and style alone is no other way
    vary(morph, "Style")
    hand.rest(morph)
    with morph.expect_download() as download:
        morph.locator("#morph-png").click()
    assert download.value.suggested_filename == "morph-4-style.png"
    saved = np.asarray(Image.open(download.value.path()).convert("L"), dtype=int)
    assert saved.shape == (28 * SCALE, 28 * PICTURES * SCALE)
    assert (saved[::SCALE, ::SCALE] == picture(morph, "#morph-strip")).all()


def test_another_model_morphs_the_same_ends(page: Page) -> None:
    hand.draw(page, hand.digit(7))
    hand.wait_for_digit(page, 7)
    open_morph(page)
    card(page, "End").get_by_role("button", name="Test digit, a 2").first.click()
    expect(page.locator("#morph-end")).to_have_attribute("data-digit", "2")
    before = strip(page)
    page.locator("#model-name").select_option("plane")
    assert hand.eventually(page, lambda: (strip(page) != before).any())
    expect(page.locator("#morph-start")).to_have_attribute("data-digit", "7")
    expect(page.locator("#morph-end")).to_have_attribute("data-digit", "2")
    assert hand.eventually(page, lambda: alike(strip(page)[0], picture(page, "#hand [data-digit='7'] canvas")))


def test_a_model_without_digits_morphs_style_alone(morph: Page) -> None:
    before = strip(morph)
    morph.locator("#model-name").select_option("plain")
    assert hand.eventually(morph, lambda: (strip(morph) != before).any())
    expect(morph.locator("#morph-vary")).to_be_hidden()
    expect(morph.locator(".morph-digit:visible")).to_have_count(0)
    assert np.abs(strip(morph)[0] - strip(morph)[-1]).max() > 100
    with morph.expect_download() as download:
        morph.locator("#morph-gif").click()
    assert download.value.suggested_filename == "morph.gif"


@pytest.mark.answered_by("server", why="without a server the others go on: test_offline.py")
def test_a_dead_server_is_told_in_a_sentence_and_the_way_stays(morph: Page) -> None:
    before = strip(morph)
    morph.route("**/live/**", lambda route: route.fulfill(body="null", content_type="application/json"))
    source(morph, "End", "Random").click()
    expect(morph.locator("#morph-message")).to_contain_text("does not answer")
    slide(morph, 0.1)
    assert alike(picture(morph), before[1])
    morph.unroute("**/live/**")
    source(morph, "End", "Random").click()
    expect(morph.locator("#morph-message")).to_have_text("")
