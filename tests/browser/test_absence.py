"""The server fails, hangs, goes away and comes back: what is shown stays true, and nobody has to ask again."""

from collections.abc import Iterator
from pathlib import Path

import hand
import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

pytestmark = pytest.mark.answered_by("server", why="without a server the others go on: test_offline.py")

HUNG = 40_000  # ms, longer than any question may take


@pytest.fixture
def troubled(context: BrowserContext, url: str) -> Iterator[Page]:
    """The app, loaded, its clock in the test's hand. What the browser says of failed requests is no problem here."""
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.clock.install()
    page.goto(url)
    page.wait_for_selector("#pad canvas[data-revision]")
    yield page
    assert errors == []


def has_no_reading(page: Page, sentence: str) -> None:
    expect(page.locator("#verdict")).to_contain_text(sentence)
    expect(page.locator("#reading")).to_have_attribute("data-digit", "")
    expect(page.locator("#reading")).to_have_attribute("data-probabilities", "")
    expect(page.locator("#hand button").first).to_be_disabled()
    assert max(hand.pixels(page, "#seen")) == 0


def test_a_reading_goes_when_the_next_one_fails_and_a_sentence_says_why(troubled: Page, tmp_path: Path) -> None:
    page = troubled
    hand.draw(page, hand.digit(4))
    hand.wait_for_digit(page, 4)
    broken = {"status": 500, "json": {"error": "The server could not answer this."}}
    page.route("**/live/read", lambda route: route.fulfill(**broken))
    page.locator("#examples button").nth(8).click()
    has_no_reading(page, "could not answer this")
    page.unroute("**/live/read")
    page.locator("#undo").click()
    hand.wait_for_digit(page, 4)
    (tmp_path / "photo.png").write_bytes(b"this is no picture" * 100)
    page.get_by_role("button", name="Use a photo").click()
    page.locator("#photo input[type=file]").set_input_files(tmp_path / "photo.png")
    has_no_reading(page, "Expected a picture")


def test_a_server_that_hangs_is_told_of_and_asked_again(troubled: Page) -> None:
    page = troubled
    hand.draw(page, hand.digit(4))
    hand.wait_for_digit(page, 4)
    held: list[Route] = []
    page.route("**/live/**", lambda route: held.append(route))
    page.locator("#examples button").nth(8).click()
    has_no_reading(page, "slow to answer")
    page.clock.fast_forward(HUNG)
    has_no_reading(page, "does not answer")
    expect(page.locator("#server-word")).not_to_be_empty()
    page.unroute("**/live/**")
    page.clock.fast_forward(HUNG)  # the look for it hangs too, and is begun again
    hand.wait_for_digit(page, 8)
    expect(page.locator("#server-word")).to_be_empty()
    assert held


def test_a_busy_server_is_asked_again_and_what_is_newest_is_read(troubled: Page) -> None:
    page = troubled
    hand.draw(page, hand.digit(4))
    hand.wait_for_digit(page, 4)
    refused: list[Route] = []

    def refuse(route: Route) -> None:
        refused.append(route)
        busy = {"error": "The server is busy: try again in a moment."}
        route.fulfill(status=(429, 503)[len(refused) % 2], headers={"Retry-After": "1"}, json=busy)

    page.route("**/live/read", refuse)
    page.locator("#examples button").nth(8).click()
    has_no_reading(page, "The server is busy")  # as it stays so
    page.locator("#examples button").nth(7).click()
    page.unroute("**/live/read")
    hand.wait_for_digit(page, 7)
    expect(page.locator("#server-word")).to_be_empty()
    assert len(refused) > 1


def test_a_server_that_comes_back_is_found_and_all_that_waits_is_asked(troubled: Page) -> None:
    page = troubled
    hand.rest(page)
    page.route("**/*", lambda route: route.abort())
    hand.draw(page, hand.digit(4))
    has_no_reading(page, "does not answer")
    page.locator("#model-name").select_option("plane")
    for name in ("Explore", "Morph", "Inside", "Scorecard"):  # opened for the first time
        page.get_by_role("tab", name=name).click()
        expect(page.locator("#server-word")).to_contain_text("The server does not answer")
    page.unroute("**/*")
    expect(page.locator("#server-word")).to_be_empty()
    expect(page.locator("#model-name")).to_have_value("plane")
    expect(page.locator("#scorecard")).to_have_attribute("data-model", "plane")
    expect(page.locator("#header [role=status]").first).to_be_empty()
    for name, canvas in (("Explore", "#picture"), ("Morph", "#morph-picture"), ("Inside", "#inside-reconstruction")):
        page.get_by_role("tab", name=name).click()
        page.wait_for_selector(f"{canvas}[data-revision]")
    expect(page.locator("#inside .katex").first).to_be_visible()
    expect(page.locator("#inside [data-formula]").filter(has_text="$")).to_have_count(0)  # as it was sent
    page.get_by_role("tab", name="Draw").click()
    hand.wait_for_digit(page, 4)
    expect(page.locator("#verdict")).not_to_contain_text("server")
