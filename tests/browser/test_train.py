"""The Train tab: a training from the first click to the model in every other tab, and all that may come between."""

import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import hand
import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import serve
from playwright.sync_api import Locator, Page, expect

from vae_core.data import MNIST_FILES
from vae_core.inference import load_model

pytestmark = pytest.mark.answered_by("server", "browser", why="models are trained by the app")

PATIENCE = 300_000  # ms for a training on a busy machine
WIDE = {"viewport": {"width": 1280, "height": 900}}
DARK = {**WIDE, "color_scheme": "dark"}
NARROW = {"viewport": {"width": 360, "height": 740}}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the app has its runs, and files that look like MNIST."""
    folder = tmp_path_factory.mktemp("train")
    raw = folder / "data" / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for name in MNIST_FILES:
        (raw / name).touch()
    return folder


@pytest.fixture(scope="module")
def url(folder: Path, answered_by: str) -> Iterator[str]:
    options = ["--data", str(folder / "data"), "--runs", str(folder / "runs")]
    with serve(*options, script="tests/browser/small_app.py", OMP_NUM_THREADS="1", RUNTIME=answered_by) as address:
        yield address


@pytest.fixture
def train(page: Page) -> Iterator[Page]:
    open_train(page)
    yield page
    end_what_runs(page)


def end_what_runs(page: Page) -> None:
    """Pressed without looking: a button that has just been hidden, by another page's doing, does no harm."""
    page.locator("#train-stop").dispatch_event("click")
    wait_for_state(page, "none|stopped|finished|dead|failed")
    page.locator("#train-let-go").dispatch_event("click")
    expect(page.locator("#train-let-go")).to_be_hidden()


def open_train(page: Page) -> None:
    page.get_by_role("tab", name="Train").click()
    page.wait_for_selector("#train-news:not([data-state=''])")


def state(page: Page) -> Locator:
    return page.locator("#train-news")


def wait_for_state(page: Page, pattern: str) -> None:
    expect(state(page)).to_have_attribute("data-state", re.compile(pattern), timeout=PATIENCE)


def begin(page: Page, preset: str = "blog", **settings: float) -> None:
    page.locator("#train-preset").select_option(preset)
    for name, value in settings.items():
        page.locator(f"#train-{name}").fill(str(value))
    expect(page.locator("#train-start")).to_be_enabled()
    before = page.locator("#train-name").get_attribute("data-run") or ""
    page.locator("#train-start").click()
    expect(page.locator("#train-name")).not_to_have_attribute("data-run", before, timeout=PATIENCE)
    wait_for_state(page, "running|finished")


def begin_long(page: Page) -> None:
    begin(page, "conv", epochs=200, width=4)


def rows(page: Page) -> int:
    return int(page.locator("#train-growth").get_attribute("data-rows") or 0)


def test_a_model_is_trained_before_ones_eyes_and_used_in_every_tab(train: Page, folder: Path) -> None:
    begin(train, epochs=3)
    wait_for_state(train, "finished")
    expect(state(train)).to_contain_text("Finished: 3 epochs")
    expect(train.locator("#train-growth")).to_have_attribute("data-rows", "3")
    drawn = train.locator("#train-growth canvas")
    assert drawn.evaluate("(canvas) => [canvas.width, canvas.height]") == [280, 84]
    assert np.ptp(hand.pixels(train, "#train-growth canvas")) > 50
    for curve in train.locator("#train-curves figure").all()[:4]:  # each term, training and test
        for line in ("of-train", "of-test"):
            points = curve.locator(f"polyline.{line}:not(.live)").get_attribute("points") or ""
            assert len(points.split()) == 3
    assert train.locator("#train-curves rect").count() == 10
    expect(train.locator("#train-accuracy")).to_contain_text("%")
    name = train.locator("#train-name").inner_text()
    train.locator("#train-use").click()
    expect(train.locator("#model-name")).to_have_value(name)
    train.get_by_role("tab", name="Draw").click()
    hand.draw(train, hand.digit(1))
    expect(train.locator("#reading")).to_have_attribute("data-digit", re.compile(r"\d"))
    train.get_by_role("tab", name="Explore").click()
    expect(train.locator("#sliders input[type=range]:visible").first).to_be_visible()


def test_a_checkpoint_is_taken_away_and_brought_back(train: Page, tmp_path: Path) -> None:
    begin(train, epochs=1)
    wait_for_state(train, "finished")
    with train.expect_download() as download:
        train.locator("#train-take").click()
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    assert load_model(file).latent_dim == 10
    with train.expect_file_chooser() as chooser:
        train.locator("#train-bring").click()
    chooser.value.set_files(file)
    expect(train.locator("#model-name")).to_have_value(re.compile(r"loaded-[0-9a-f]{16}"))
    expect(train.locator("#train-brought")).to_contain_text("Every tab now shows loaded-")


def test_a_strange_file_is_refused_in_a_sentence(train: Page, tmp_path: Path) -> None:
    shown = train.locator("#model-name").input_value()
    (tmp_path / "a.safetensors").write_bytes(b"\x80\x04nonsense" * 100)
    train.locator(".train-bring input").set_input_files(tmp_path / "a.safetensors")
    expect(train.locator("#train-brought")).to_contain_text("not a whole safetensors file")
    (tmp_path / "b.safetensors").write_bytes(bytes(12_000_001))
    train.locator(".train-bring input").set_input_files(tmp_path / "b.safetensors")
    expect(train.locator("#train-brought")).to_contain_text("at most 12 MB")
    assert train.locator("#model-name").input_value() == shown


def test_stop_leave_come_back_go_on_and_start_over(train: Page) -> None:
    begin_long(train)
    expect(train.locator("#train-growth")).not_to_have_attribute("data-rows", "0", timeout=PATIENCE)
    name = train.locator("#train-name").inner_text()
    train.reload()
    open_train(train)
    expect(train.locator("#train-name")).to_have_text(name)
    expect(train.locator("#train-epochs")).to_have_value("200")
    expect(state(train)).to_contain_text("Running: ")
    train.locator("#train-stop").click()
    wait_for_state(train, "stopped")
    expect(state(train)).to_contain_text(f"kept as {name}")
    train.locator("#train-go-on").click()
    wait_for_state(train, "running")
    before = rows(train)
    expect(train.locator("#train-growth")).not_to_have_attribute("data-rows", str(before), timeout=PATIENCE)
    assert rows(train) > before
    train.locator("#train-again").click()
    expect(train.locator("#train-name")).not_to_have_text(name, timeout=PATIENCE)
    wait_for_state(train, "running")


def test_others_are_told_whose_turn_it_is_and_watch(train: Page, url: str) -> None:
    begin_long(train)
    assert train.context.browser
    with train.context.browser.new_page() as other:
        other.goto(url)
        open_train(other)
        expect(state(other)).to_contain_text("Somebody else’s training is running")
        expect(other.locator("#train-start")).to_be_disabled()
        for button in ("stop", "again", "go-on"):
            expect(other.locator(f"#train-{button}")).to_be_hidden()
        expect(other.locator("#train-growth")).to_have_attribute("data-rows", re.compile("[1-9]"), timeout=PATIENCE)
        before = rows(other)
        expect(other.locator("#train-growth")).not_to_have_attribute("data-rows", str(before), timeout=PATIENCE)
        other.get_by_role("tab", name="Draw").click()  # and the rest of the page is theirs as ever
        hand.draw(other, hand.digit(7))
        hand.wait_for_digit(other, 7)
        open_train(other)
        train.locator("#train-stop").click()
        wait_for_state(other, "stopped")
        expect(state(other)).to_contain_text("waits for whoever started it for up to 24 more hours")
        expect(other.locator("#train-start")).to_be_disabled()
        for button in ("go-on", "let-go"):
            expect(other.locator(f"#train-{button}")).to_be_hidden()
        train.locator("#train-let-go").click()
        expect(other.locator("#train-start")).to_be_enabled()
        expect(other.locator("#train-go-on")).to_be_visible()
        wait_for_state(train, "stopped")


def test_the_owners_link_stops_anybodys_training_and_leaves_the_address(train: Page, url: str, folder: Path) -> None:
    begin_long(train)
    assert train.context.browser
    with train.context.browser.new_page() as owner:
        owner.goto(f"{url}#owner={(folder / 'runs' / 'owner.key').read_text()}")
        expect(owner.locator("#train-message")).to_have_text("From this browser you may stop any training here.")
        assert owner.url == url
        expect(state(owner)).to_contain_text("Somebody else’s training is running")
        owner.locator("#train-stop").click()
        wait_for_state(train, "stopped")
        owner.locator("#train-let-go").click()
        expect(owner.locator("#train-start")).to_be_enabled()


def test_a_link_with_another_key_changes_nothing(train: Page, url: str) -> None:
    before = train.evaluate("localStorage['training-token']")
    train.evaluate(f"location.hash = 'owner={'x' * 32}'")
    expect(train.locator("#train-message")).to_contain_text("not this server’s")
    assert train.evaluate("[location.hash, localStorage['training-token']]") == ["", before]


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="finds the process through /proc")
def test_a_dead_training_process_is_reported_and_its_model_kept(train: Page, folder: Path) -> None:
    begin_long(train)
    expect(train.locator("#train-growth")).to_have_attribute("data-rows", re.compile("[1-9]"), timeout=PATIENCE)
    os.kill(trainer(folder), signal.SIGKILL)
    wait_for_state(train, "dead")
    expect(state(train)).to_contain_text(
        re.compile(r"ended unexpectedly in epoch \d+ of 200\. The model of epoch \d+ is kept")
    )
    expect(train.locator("#train-go-on")).to_be_visible()
    expect(train.locator("#train-use")).to_be_visible()
    train.locator("#train-go-on").click()
    wait_for_state(train, "running")


def trainer(folder: Path) -> int:
    """The process id of the training in that folder."""
    for process in Path("/proc").glob("[0-9]*"):
        words = (process / "cmdline").read_bytes().decode().split("\0") if (process / "cmdline").exists() else []
        if "train" in words and str(folder / "runs" / "demo") in words:
            return int(process.name)
    raise AssertionError("no training process")


def test_settings_that_the_server_refuses_are_told(train: Page) -> None:
    train.evaluate("document.querySelector('.train-settings').noValidate = true")
    train.locator("#train-latent_dim").fill("40")
    train.locator("#train-start").click()
    expect(train.locator("#train-message")).to_contain_text("Expected latent_dim as a whole number from 1 to 32")


def test_a_preset_sets_every_knob(train: Page) -> None:
    train.locator("#train-preset").select_option("plane")
    expect(train.locator("#train-latent_dim")).to_have_value("2")
    expect(train.locator("#train-likelihood")).to_have_value("bernoulli")
    train.locator("#train-preset").select_option("blog")
    expect(train.locator("#train-latent_dim")).to_have_value("10")
    expect(train.locator("#train-likelihood")).to_have_value("gaussian")


@pytest.mark.parametrize("options", [WIDE, DARK, NARROW], ids=["light", "dark", "narrow"])
def test_the_tab_is_accessible_and_nothing_is_cut_off(train: Page) -> None:
    begin(train, epochs=1)
    wait_for_state(train, "finished")
    violations = Axe().run(train).response["violations"]
    serious = [v for v in violations if v["impact"] in ("serious", "critical")]
    assert serious == [], [(v["id"], [node["html"][:200] for node in v["nodes"]]) for v in serious]
    assert train.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
