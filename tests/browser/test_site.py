"""The static site, from a path of a plain host of files: every tab works, also when the network is cut."""

import shutil
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path

import hand
import pytest
from files_host import host_of_files
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.answered_by("server", why="the tests say themselves who answers")

PREFIX = "somewhere/demo"


@pytest.fixture(scope="module")
def folder(site_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site below a path of its host."""
    root = tmp_path_factory.mktemp("host")
    shutil.copytree(site_folder, root / PREFIX)
    return root


@pytest.fixture
def host(folder: Path) -> Iterator[ThreadingHTTPServer]:
    with host_of_files(folder) as server:
        yield server


@pytest.fixture
def url(host: ThreadingHTTPServer) -> str:
    return f"http://127.0.0.1:{host.server_port}/{PREFIX}/"


def test_the_page_works_from_files_alone_and_says_what_is_not_there(page: Page, folder: Path) -> None:
    names = [str(path) for path in folder.rglob("*")]
    assert not any("gradio" in name or "tabs/train" in name for name in names)
    assert page.get_by_role("tab", name="Train").count() == 0
    expect(page.locator("#photo")).to_contain_text("python app.py")
    assert hand.eventually(page, lambda: page.locator(".inside math").count() > 10)
    page.get_by_role("tab", name="Explore").click()
    page.wait_for_selector("#picture[data-revision]")
    before = hand.pixels(page, "#picture")
    page.keyboard.press("7")
    assert hand.eventually(page, lambda: hand.pixels(page, "#picture") != before)
    first = page.locator("#sliders input[type=number]").filter(visible=True).first
    first.fill("2")
    expect(page.locator("#sliders input[type=range]").filter(visible=True).first).to_have_js_property("value", "2")
    page.get_by_role("tab", name="Write").click()
    page.wait_for_selector("#write-sheet svg[data-revision]")
    page.locator("#write-text").fill("314")
    expect(page.locator("#write-sheet svg")).to_have_attribute("aria-label", "314")
    expect(page.locator("#write-sheet svg g path")).to_have_count(3)


def test_after_a_visit_every_tab_works_without_a_network(page: Page, host: ThreadingHTTPServer) -> None:
    hand.wait_until_kept(page)
    host.shutdown()
    host.server_close()
    page.context.set_offline(True)
    page.reload()
    page.wait_for_selector("#pad canvas[data-revision]")
    hand.open_each_tab(page)


def test_two_demos_of_one_host_have_a_shelf_each(page: Page, folder: Path, url: str) -> None:
    hand.draw(page, hand.digit(3))
    hand.wait_for_digit(page, 3)
    page.locator("#keep").click()
    expect(page.locator("#shelf .place canvas")).to_have_count(1)
    (folder / "another").symlink_to(folder / PREFIX, target_is_directory=True)
    for address, empty in ((url.replace(PREFIX, "another"), 10), (url, 9)):
        other = page.context.new_page()
        other.goto(address)
        other.wait_for_selector("#pad canvas[data-revision]")
        expect(other.locator("#shelf .place .empty")).to_have_count(empty)
