"""The Inside tab: one picture through the model, a step at a time and all at once."""

import math
import re
from pathlib import Path

import hand
import numpy as np
import pytest
import questions
from playwright.sync_api import Page, expect

ROOT = Path(__file__).parents[2]
SET = ":is(.katex, .block > math)"  # a formula, by KaTeX in the app and as MathML on the static site


@pytest.fixture
def inside(page: Page) -> Page:
    open_inside(page)
    return page


def open_inside(page: Page) -> None:
    page.get_by_role("tab", name="Inside").click()
    page.wait_for_selector("#inside-nats[data-revision]")


def value(page: Page, place: str) -> float:
    text = page.locator(place).get_attribute("data-value")
    assert text
    return float(text)


def values(page: Page, places: str, name: str = "value") -> list[float]:
    return page.locator(places).evaluate_all(f"(all) => all.map((one) => Number(one.dataset.{name}))")


def shown(page: Page, place: str) -> float:
    return float(page.locator(place).inner_text().replace("−", "-").replace("∞", "inf"))


def reconstruction(page: Page) -> list[int]:
    return hand.pixels(page, "#inside-reconstruction")


def number(text: str) -> float:
    return float(text.replace("−", "-"))


def test_the_step_from_z_to_the_style_is_shown_with_its_part_in_the_loss(inside: Page) -> None:
    inside.locator("#model-name").select_option("deep")
    expect(inside.locator("#inside-style em")).to_have_count(32)
    hand.rest(inside)
    cells = [number(text) for text in inside.locator("#inside-style em").all_inner_texts()]
    z = [number(text) for text in inside.locator("#inside-vector .code em").all_inner_texts()]
    assert len(cells) == len(z) == 32 and cells != z
    expect(inside.locator("#formula-style")).to_be_visible()
    said = inside.locator("[data-note=gain]").inner_text()
    bars, gain = (number(part) for part in said.rstrip(".").split("KL = ")[1].split(" − "))
    assert gain != 0
    assert bars == pytest.approx(float(inside.locator("#inside-kl").get_attribute("data-value") or "nan"), abs=0.01)
    total = float(inside.locator("#inside-kl-sum").get_attribute("data-value") or "nan")
    assert total == pytest.approx(bars - gain, abs=0.02)
    inside.locator("#model-name").select_option("blog")  # has no flow
    expect(inside.locator("#inside-style")).to_be_hidden()
    expect(inside.locator("[data-note=gain]")).to_be_hidden()


def set_scale(page: Page, scale: float) -> None:
    page.locator("#inside-scale").fill(str(scale))
    hand.rest(page)


def test_there_is_a_test_digit_to_see_before_anything_is_drawn(inside: Page) -> None:
    assert max(hand.pixels(inside, "#inside-x")) > 200
    assert max(reconstruction(inside)) > 200
    expect(inside.locator("#inside-drawing")).to_have_text("Draw one")


def test_the_drawing_follows_from_draw_and_test_digits_take_its_place(page: Page) -> None:
    hand.draw(page, hand.digit(7))
    hand.wait_for_digit(page, 7)
    open_inside(page)
    assert hand.eventually(page, lambda: hand.pixels(page, "#inside-x") == hand.pixels(page, "#seen"))
    expect(page.locator("#inside-probabilities .first b")).to_have_text("7")
    expect(page.locator("#inside-label")).to_have_value("7")
    page.get_by_role("button", name="Test digit, a 4").first.click()
    expect(page.locator("#inside-probabilities .first b")).to_have_text("4")
    expect(page.locator("#inside-label")).to_have_value("4")
    page.locator("#inside-drawing").click()
    expect(page.locator("#inside-probabilities .first b")).to_have_text("7")
    page.get_by_role("tab", name="Draw").click()
    page.locator("#clear").click()
    hand.draw(page, hand.digit(3))
    hand.wait_for_digit(page, 3)
    open_inside(page)
    expect(page.locator("#inside-probabilities .first b")).to_have_text("3")


def test_terms_shown_add_up_to_the_elbo_and_to_the_loss(inside: Page) -> None:
    for name in ("conv", "plain", "blog"):
        inside.locator("#model-name").select_option(name)
        expect(inside.locator("#inside")).to_have_attribute("data-dimensions", "10" if name == "blog" else "16")
        hand.rest(inside)
        kl = values(inside, "#inside-kl li")
        assert len(kl) == (10 if name == "blog" else 16)
        assert value(inside, "#inside-kl") == pytest.approx(sum(kl), abs=1e-6)
        total = value(inside, "#inside-kl-sum")
        assert (total == pytest.approx(sum(kl), abs=1e-6)) == (
            inside.locator("#inside").get_attribute("data-flow") == "false"
        )
        nats, elbo = value(inside, "#inside-nats"), value(inside, "#inside-elbo")
        assert elbo == pytest.approx(-nats - total, abs=0.01)
        entropy = 0.0 if name == "plain" else value(inside, "#inside-classification")
        assert value(inside, "#inside-loss") == pytest.approx(nats + total + 10 * entropy, abs=0.01)
        for place, real in (("#inside-nats-sum", nats), ("#inside-kl-sum", total), ("#inside-elbo", elbo)):
            assert shown(inside, place) == pytest.approx(real, abs=0.006)


def test_a_new_epsilon_changes_the_code_and_the_reconstruction_but_not_the_encoder(inside: Page) -> None:
    set_scale(inside, 3)
    before, drawn = values(inside, "#inside-gaussians figure", "z"), reconstruction(inside)
    means = values(inside, "#inside-gaussians figure", "mean")
    inside.locator("#inside-epsilon").click()
    assert hand.eventually(inside, lambda: reconstruction(inside) != drawn)
    assert values(inside, "#inside-gaussians figure", "z") != before
    assert values(inside, "#inside-gaussians figure", "mean") == means


def test_scale_nought_is_the_mean_whatever_the_epsilon(inside: Page) -> None:
    set_scale(inside, 0)
    means = values(inside, "#inside-gaussians figure", "mean")
    assert values(inside, "#inside-gaussians figure", "z") == means
    drawn = reconstruction(inside)
    inside.locator("#inside-epsilon").click()
    hand.rest(inside)
    assert reconstruction(inside) == drawn


def test_codes_are_the_sums_that_are_shown(inside: Page) -> None:
    set_scale(inside, 2)
    for row in inside.locator("#inside-z p").all():
        text = row.inner_text().replace("−", "-").split("\n")
        numbers = [float(part) for part in re.findall(r"-?\d+\.\d+", " ".join(text))]
        mean, std, noise, z = numbers
        assert z == pytest.approx(mean + std * noise, abs=0.03)


def test_z_nought_loses_the_hand(inside: Page) -> None:
    nats, drawn = value(inside, "#inside-nats"), reconstruction(inside)
    inside.locator("#inside-z-zero").check()
    assert hand.eventually(inside, lambda: value(inside, "#inside-nats") > nats + 20)
    assert set(values(inside, "#inside-vector .code span")) == {0.0}
    assert reconstruction(inside) != drawn
    expect(inside.locator("[data-breaks=z]")).to_contain_text("The hand is lost")
    inside.locator("#inside-z-zero").uncheck()
    assert hand.eventually(inside, lambda: reconstruction(inside) == drawn)
    expect(inside.locator("[data-breaks=z]")).to_be_hidden()


def test_sigma_nought_costs_infinitely_much(inside: Page) -> None:
    inside.locator("#inside-sigma-zero").check()
    expect(inside.locator("#inside-elbo")).to_have_text("−∞")
    expect(inside.locator("#inside-kl-sum")).to_have_text("∞")
    assert math.isinf(value(inside, "#inside-loss"))
    assert math.isfinite(value(inside, "#inside-nats"))
    assert values(inside, "#inside-gaussians figure", "z") == values(inside, "#inside-gaussians figure", "mean")


def test_another_digit_is_drawn_in_the_same_hand(inside: Page) -> None:
    codes, drawn = values(inside, "#inside-vector .code span"), reconstruction(inside)
    inside.locator("#inside-digit").get_by_text("7", exact=True).click()
    assert hand.eventually(inside, lambda: reconstruction(inside) != drawn)
    assert values(inside, "#inside-vector .digits span") == np.eye(10)[7].tolist()
    assert values(inside, "#inside-vector .code span") == codes
    expect(inside.locator("[data-breaks=digit]")).to_contain_text("The same z is drawn as a 7")
    expect(inside.locator("#inside-probabilities .first b")).to_have_text("2")  # the classifier is not asked


def test_one_hot_tells_the_likeliest_digit_alone(inside: Page) -> None:
    inside.locator("#model-name").select_option("blog")
    inside.get_by_role("button", name="Test digit, an 8").first.click()
    hand.rest(inside)
    likely = values(inside, "#inside-vector .digits span")
    assert 0 < max(likely) < 1
    inside.locator("#inside-digit").get_by_text("one-hot").click()
    hand.rest(inside)
    told = values(inside, "#inside-vector .digits span")
    assert sorted(told) == [0.0] * 9 + [1.0]
    assert np.argmax(told) == np.argmax(likely)


def test_plain_stands_beside_with_its_own_numbers(inside: Page) -> None:
    expect(inside.locator("#inside-plain-reconstruction")).to_be_hidden()
    inside.locator("#inside-plain").check()
    expect(inside.locator("[data-breaks=plain]")).to_contain_text("z must say which digit")
    assert max(hand.pixels(inside, "#inside-plain-reconstruction")) > 200
    assert hand.pixels(inside, "#inside-plain-reconstruction") != reconstruction(inside)
    inside.locator("#inside-plain").uncheck()
    expect(inside.locator("#inside-plain-reconstruction")).to_be_hidden()


def test_cross_entropy_is_of_the_digit_a_person_says_it_is(inside: Page) -> None:
    before = value(inside, "#inside-classification")
    inside.locator("#inside-label").select_option("6")
    assert hand.eventually(inside, lambda: value(inside, "#inside-classification") > before + 3)


def test_a_model_without_classifier_shows_none(inside: Page) -> None:
    inside.locator("#model-name").select_option("plain")
    expect(inside.locator("#inside-probabilities")).to_be_hidden()
    expect(inside.locator("#inside-classification")).to_be_hidden()
    expect(inside.locator("#inside-vector .digits")).to_have_count(0)
    expect(inside.locator("#inside").get_by_text("This model has none")).to_be_visible()
    expect(inside.locator("#inside-without")).to_be_hidden()


def test_walk_goes_step_by_step_by_keyboard(inside: Page) -> None:
    inside.locator("#inside-walk").focus()
    inside.keyboard.press("Enter")
    steps = inside.locator("#inside .step")
    expect(steps.nth(0)).to_have_class(re.compile("current"))
    expect(inside.locator("#inside-back")).to_be_disabled()
    expect(inside.locator("#inside-next")).to_be_focused()
    for k in range(1, 6):
        inside.keyboard.press("Enter" if k < 3 else "ArrowRight")
        expect(steps.nth(k)).to_have_class(re.compile("current"))
        expect(inside.locator("#inside-place")).to_have_text(f"Step {k + 1} of 6")
        expect(inside.locator("#inside .current")).to_have_count(1)
    expect(inside.locator("#inside-next")).to_be_disabled()
    inside.keyboard.press("ArrowLeft")
    expect(steps.nth(4)).to_have_class(re.compile("current"))
    inside.keyboard.press("Escape")
    expect(inside.locator("#inside .current")).to_have_count(0)
    expect(inside.locator("#inside-walk")).to_be_focused()


def test_arrow_keys_move_the_slider_and_not_the_walk(inside: Page) -> None:
    inside.locator("#inside-walk").click()
    inside.locator("#inside-scale").focus()
    inside.keyboard.press("ArrowRight")
    expect(inside.locator("#inside-place")).to_have_text("Step 1 of 6")
    expect(inside.locator("output[for=inside-scale]")).to_have_text("1.01")


def test_formulas_are_set_and_read_by_screen_readers(inside: Page) -> None:
    likelihoods = {"conv": ("bernoulli", "gaussian"), "blog": ("gaussian", "bernoulli")}
    for name, (own, other) in likelihoods.items():
        inside.locator("#model-name").select_option(name)
        expect(inside.locator(f"[data-formula={own}] {SET}")).to_be_visible()
        expect(inside.locator(f"[data-formula={other}] {SET}")).to_be_hidden()
    for name in ("encoder", "sample", "classifier", "decoder", "kl", "classification", "elbo", "loss"):
        expect(inside.locator(f"[data-formula={name}] {SET}")).to_be_visible()
        expect(inside.locator(f"[data-formula={name}] math")).to_have_count(1)
    expect(inside.locator("#inside .katex-error")).to_have_count(0)


def test_source_shown_is_what_the_files_say(inside: Page) -> None:
    shown = inside.locator("#inside .source:visible")
    assert shown.count() >= 10
    for k in range(shown.count()):
        shown.nth(k).locator("summary").click()
        name, line = shown.nth(k).locator("summary").inner_text().split(":")
        text = shown.nth(k).locator("pre").inner_text().strip().splitlines()
        file = (ROOT / name).read_text().splitlines()[int(line) - 1 :]
        assert [piece.strip() for piece in text] == [piece.strip() for piece in file[: len(text)]]


def test_pointing_at_a_pixel_tells_its_numbers(inside: Page) -> None:
    inside.locator("#inside-nats").scroll_into_view_if_needed()
    inside.locator("#inside-nats").hover()
    expect(inside.locator(".pixel")).to_have_text(re.compile(r"row 15, column 15: x \d.\d\d, x̂ \d.\d\d, \d+.\d\d nats"))


def test_sliding_has_one_question_under_way_and_ends_on_the_last_value(inside: Page) -> None:
    hand.rest(inside)
    asked = questions.from_now(inside, "dissect")
    for k in range(30):
        inside.locator("#inside-scale").fill(str(k / 10))
    hand.rest(inside)
    assert questions.most_at_once(asked()) == 1
    last = asked()[-1]["told"]
    assert last["scale"] == 2.9
    assert len(last["epsilon"]) == 16


def test_hidden_it_asks_nothing(page: Page) -> None:
    open_inside(page)
    page.get_by_role("tab", name="Draw").click()
    hand.rest(page)
    asked = questions.from_now(page)
    hand.draw(page, hand.digit(3))
    hand.wait_for_digit(page, 3)
    names = {question["name"] for question in asked()}
    assert "read" in names
    assert "dissect" not in names
