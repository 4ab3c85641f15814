"""A person at a page of two processes behind HAProxy, who notices nothing of it as they are killed and begun anew."""

import re
import signal
from collections.abc import Callable, Iterator
from itertools import cycle

import hand
import pytest
from behind_haproxy import Cluster, running, wait
from playwright.sync_api import Page, expect

from deploy.haproxy import executable

pytestmark = [
    pytest.mark.answered_by("server", why="the test says itself who answers"),
    pytest.mark.skipif(executable() is None, reason="HAProxy is not installed here: apt-get install haproxy"),
]
TRAINING = 300_000  # ms for a training on a busy machine


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with running(tmp_path_factory.mktemp("cluster"), RUNTIME="server") as made:
        yield made


@pytest.fixture(scope="module")
def url(cluster: Cluster) -> str:
    return f"{cluster.address}/"


def draw(page: Page, value: int, halfway: Callable[[], object]) -> None:
    """With the mouse; `halfway` happens while the pen is down in the first stroke."""
    for k, stroke in enumerate(hand.on_pad(page, hand.digit(value))):
        page.mouse.move(*stroke[0])
        page.mouse.down()
        for j, point in enumerate(stroke):
            page.mouse.move(*point)
            if (k, j) == (0, len(stroke) // 2):
                halfway()
        page.mouse.up()


def slide(page: Page, key: str) -> None:
    """One step of Explore's first slider, until its picture is there."""
    before = page.locator("#picture").get_attribute("data-revision") or ""
    page.locator("#sliders input[type=range]:visible").first.press(key)
    expect(page.locator("#picture")).not_to_have_attribute("data-revision", before)


def test_who_draws_and_slides_notices_nothing_of_processes_that_are_killed_and_begun_anew(
    page: Page, cluster: Cluster
) -> None:
    """No answer is an error, which would be one of the browser's console, too, and fail the test. The process that is
    killed is still on its way back when the other's turn comes."""
    draw(page, 3, halfway=cluster.apps()[-1].kill)
    hand.wait_for_digit(page, 3)
    page.get_by_role("tab", name="Explore").click()
    page.wait_for_selector("#picture[data-revision]")
    cluster.process.send_signal(signal.SIGUSR2)
    keys = cycle(("ArrowRight", "ArrowLeft"))

    def was_begun_anew() -> bool:
        slide(page, next(keys))
        page.wait_for_timeout(hand.PAUSE)  # a hand, and not a load that would hold up the start
        return cluster.said("was started anew") == 2

    wait(was_begun_anew)
    assert cluster.said("is started again") == 1
    page.get_by_role("tab", name="Draw").click()
    hand.wait_for_digit(page, 3)
    page.locator("#clear").click()
    draw(page, 7, halfway=lambda: None)
    hand.wait_for_digit(page, 7)
    expect(page.locator("#server-word")).to_be_empty()


def test_a_training_is_begun_watched_and_stopped_by_whichever_process(page: Page) -> None:
    news = page.locator("#train-news")
    page.get_by_role("tab", name="Train").click()
    expect(news).to_have_attribute("data-state", "none")
    page.locator("#train-preset").select_option("blog")
    page.locator("#train-epochs").fill("200")
    page.locator("#train-start").click()
    expect(news).to_have_attribute("data-state", "running", timeout=TRAINING)
    expect(page.locator("#train-growth")).to_have_attribute("data-rows", re.compile("[1-9]"), timeout=TRAINING)
    page.locator("#train-stop").click()
    expect(news).to_have_attribute("data-state", "stopped", timeout=TRAINING)
