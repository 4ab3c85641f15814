"""The Train tab on a machine that has neither MNIST nor a network."""

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.answered_by("server", "browser", why="models are trained by the app")


def test_without_data_the_download_is_offered_and_a_missing_network_told(page: Page) -> None:
    page.get_by_role("tab", name="Train").click()
    expect(page.locator("#train-mnist")).to_contain_text("MNIST is not on this machine yet")
    expect(page.locator("#train-start")).to_be_disabled()
    page.locator("#train-fetch").click()
    expect(page.locator("#train-mnist")).to_contain_text("there seems to be no network")
    expect(page.locator("#train-fetch")).to_be_enabled()
