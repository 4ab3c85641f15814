"""The Scorecard tab: figures, plots and pictures of the model that is chosen."""

import re

import hand
import pytest
from playwright.sync_api import Locator, Page, expect

SAMPLES = "#scorecard-samples canvas"


@pytest.fixture
def scorecard(page: Page) -> Page:
    page.get_by_role("tab", name="Scorecard").click()
    expect(page.locator("#scorecard")).to_have_attribute("data-model", "conv")
    return page


def show(page: Page, model: str) -> None:
    page.locator("#model-name").select_option(model)
    expect(page.locator("#scorecard")).to_have_attribute("data-model", model)


def row(page: Page, figure: str) -> Locator:
    return page.locator(f'#scorecard tr[data-figure="{figure}"]')


def test_figures_are_told_with_their_interval_and_how_they_were_measured(scorecard: Page) -> None:
    expect(row(scorecard, "accuracy")).to_contain_text("Test digits read right")
    expect(row(scorecard, "accuracy")).to_contain_text(re.compile(r"99\.\d\d %"))
    expect(row(scorecard, "accuracy").locator("td small")).to_have_text(re.compile(r"99\.\d\d to 99\.\d\d %"))
    protocol = scorecard.locator("#scorecard dd").filter(has_text="MNIST test, 10000 digits")
    expect(protocol).to_be_hidden()
    scorecard.locator("#scorecard summary").first.click()
    expect(protocol).to_be_visible()


def test_figures_and_pictures_are_those_of_the_model_chosen(scorecard: Page) -> None:
    accuracy, samples = row(scorecard, "accuracy").inner_text(), hand.pixels(scorecard, SAMPLES)
    show(scorecard, "blog")
    expect(row(scorecard, "accuracy")).to_contain_text("95.93 %")
    assert row(scorecard, "accuracy").inner_text() != accuracy
    assert hand.pixels(scorecard, SAMPLES) != samples


def test_samples_have_a_row_for_each_digit(scorecard: Page) -> None:
    size = scorecard.locator(SAMPLES).evaluate("(canvas) => [canvas.width, canvas.height]")
    assert size == [12 * 28, 10 * 28]
    ink = (
        "(c) => c.getContext('2d').getImageData(0, 0, c.width, c.height).data.filter((v, k) => k % 4 === 0 && v > 200)"
    )
    assert scorecard.locator(SAMPLES).evaluate(f"(canvas) => ({ink})(canvas).length") > 4000


def test_the_confusion_matrix_is_a_table_that_counts_every_test_digit(scorecard: Page) -> None:
    cells = scorecard.locator("#scorecard-confusion tbody td")
    expect(cells).to_have_count(100)
    counts = [int(text) for text in cells.all_inner_texts()]
    assert sum(counts) == 10_000
    assert min(counts[::11]) > 800


def test_plots_say_in_words_what_they_show(scorecard: Page) -> None:
    for name, words in (("reliability", "Sure of it, and right: "), ("kl", "Nats of each latent value: z")):
        plot = scorecard.locator(f"#scorecard-{name} [role=img]")
        expect(plot).to_have_attribute("aria-label", re.compile(f"^{words}"))
        expect(plot.locator("svg")).to_be_visible()
    expect(scorecard.locator("#scorecard-kl rect")).to_have_count(16)


def test_the_worst_mistakes_are_shown_with_what_was_read(scorecard: Page) -> None:
    mistakes = scorecard.locator("#scorecard-worst li")
    expect(mistakes).to_have_count(24)
    texts = [text.split() for text in mistakes.all_inner_texts()]
    assert all(digit != read for digit, _, read, *_ in texts)
    sure = [int(text[3]) for text in texts]
    assert sure == sorted(sure, reverse=True)
    assert max(hand.pixels(scorecard, "#scorecard-worst li:first-child canvas")) > 200


def test_a_model_without_digits_shows_what_it_has(scorecard: Page) -> None:
    show(scorecard, "plain")
    for name in ("confusion", "reliability", "worst"):
        expect(scorecard.locator(f"#scorecard-{name}")).to_be_hidden()
    expect(scorecard.locator("#scorecard-kl")).to_be_visible()
    expect(row(scorecard, "log p(x)")).to_be_visible()
    show(scorecard, "conv")
    expect(scorecard.locator("#scorecard-confusion")).to_be_visible()


@pytest.mark.answered_by("server", why="what the server tells is changed on its way")
def test_a_model_that_was_not_measured_gets_a_sentence_and_a_command(scorecard: Page) -> None:
    answer = '{"message": "This model was not measured yet.", "command": "python -m vae_core evaluate X"}'
    scorecard.route(
        "**/live/scorecard?*",
        lambda route: route.fulfill(status=200, body=answer, content_type="application/json"),
    )
    scorecard.get_by_role("tab", name="Draw").click()
    scorecard.get_by_role("tab", name="Scorecard").click()
    expect(scorecard.locator("#scorecard [role=status]")).to_have_text("This model was not measured yet.")
    expect(scorecard.locator("#scorecard code").first).to_have_text("python -m vae_core evaluate X")
    expect(scorecard.locator("#scorecard-kl")).to_be_hidden()
    scorecard.unroute("**/live/scorecard?*")
    scorecard.get_by_role("tab", name="Draw").click()
    scorecard.get_by_role("tab", name="Scorecard").click()
    expect(scorecard.locator("#scorecard-kl")).to_be_visible()
    expect(scorecard.locator("#scorecard [role=status]")).to_be_hidden()
