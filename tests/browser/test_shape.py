"""Explore's second bank of sliders: what the digit looks like."""

import hand
import numpy as np
import pytest
from playwright.sync_api import Page, expect

from vae_core.drawing.morphometrics import MEASURES, measure


@pytest.fixture
def explore(page: Page) -> Page:
    hand.draw(page, hand.digit(3))
    hand.wait_for_digit(page, 3)
    page.get_by_role("tab", name="Explore").click()
    expect(page.locator("#shape-slant + output")).to_contain_text("°")
    return page


def seen(page: Page) -> dict[str, float]:
    """What is measured in the picture itself."""
    picture = np.array(hand.pixels(page, "#picture")).reshape(28, 28) / 255
    return dict(zip(MEASURES, measure(picture)[0], strict=True))


def shown(page: Page, name: str) -> float:
    return float(page.locator(f"#shape-{name}").input_value())


def test_sliders_stand_at_what_the_picture_measures(explore: Page) -> None:
    measured = seen(explore)
    assert shown(explore, "slant") == pytest.approx(measured["slant"], abs=6)
    assert shown(explore, "thickness") == pytest.approx(measured["thickness"], abs=0.5)


@pytest.mark.parametrize(("name", "change", "tolerance"), [("slant", 15, 8), ("thickness", 0.8, 0.5)])
def test_a_slider_changes_what_it_names(explore: Page, name: str, change: float, tolerance: float) -> None:
    before = seen(explore)[name]
    slider = explore.locator(f"#shape-{name}")
    asked = shown(explore, name) + change
    slider.fill(str(round(asked, 1)))
    assert hand.eventually(explore, lambda: abs(seen(explore)[name] - before - change) < tolerance)
    expect(explore.locator('#digit input[value="3"]')).to_be_checked()


def test_taken_back_by_double_click_it_is_the_same_picture(explore: Page) -> None:
    before, style = hand.pixels(explore, "#picture"), explore.locator("#json").input_value()
    slider = explore.locator("#shape-slant")
    slider.fill("20")
    assert hand.eventually(explore, lambda: explore.locator("#json").input_value() != style)
    slider.dblclick()
    expect(explore.locator("#json")).to_have_value(style)
    assert hand.eventually(explore, lambda: np.abs(np.subtract(hand.pixels(explore, "#picture"), before)).max() <= 2)


def test_another_digit_brings_its_own_measures_and_a_model_without_them_none(explore: Page) -> None:
    width = shown(explore, "width")
    explore.keyboard.press("1")
    assert hand.eventually(explore, lambda: shown(explore, "width") < width - 3)
    explore.locator("#model-name").select_option("plain")
    expect(explore.locator("#shape")).to_be_hidden()
    explore.locator("#model-name").select_option("conv")
    expect(explore.locator("#shape")).to_be_visible()


def test_dimensions_are_named_after_what_they_change(explore: Page) -> None:
    assert "slant" in explore.locator("#sliders .name").all_inner_texts()
