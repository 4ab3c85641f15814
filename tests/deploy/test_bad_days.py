"""Bad days of one process: a clock that is set back, a training without memory, a folder that somebody removed."""

import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tiny import TESTS

from demo.tabs.train import process
from demo.tabs.train.run import RESERVED, UNDER_WAY, Run, write_json
from demo.tabs.train.settings import of_preset
from demo.tabs.train.train import status
from vae_core.data import MNIST_FILES
from vae_core.lock import held
from vae_core.training.command import lock_of

MINE, THEIRS = "m" * 32, "t" * 32
LONG = replace(of_preset("conv"), epochs=200, width=4)
PATIENCE = 300  # seconds, on a busy machine
YEAR = 365 * 86_400


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    monkeypatch.setattr(process, "COMMAND", (sys.executable, str(TESTS / "small_run.py"), "SIGKILL", "0"))
    raw = tmp_path / "data" / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for name in MNIST_FILES:
        (raw / name).touch()
    made = Run(tmp_path / "runs", tmp_path / "data")
    yield made
    if made.state() in UNDER_WAY:
        made.stop(MINE)
        wait(lambda: made.state() not in UNDER_WAY)


def wait(until: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not until():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


@pytest.mark.parametrize("back", [3600, RESERVED + 1, YEAR])
def test_a_clock_that_was_set_back_keeps_nobody_from_training_for_longer_than_a_day(run: Run, back: float) -> None:
    """Files of before lie ahead of the clock."""
    write_json(run.folder / "run.json", {"id": "1", "name": "conv-1", "owner": "o", "settings": vars(LONG)})
    (run.folder / "state.safetensors").touch()
    ahead = time.time() + back
    for file in run.folder.iterdir():
        os.utime(file, (ahead, ahead))
    assert run.state() == "dead"
    assert run.reserved() == pytest.approx(max(0, RESERVED - back), abs=60)
    assert "hours" in status(run, THEIRS, None, 0)["news"] or back > RESERVED


@pytest.mark.skipif(sys.platform != "linux", reason="memory is taken from a running process")
def test_a_training_that_gets_no_more_memory_is_reported_and_goes_on_from_its_last_epoch(run: Run) -> None:
    import resource

    run.start(LONG, MINE)
    wait(lambda: run.live().get("epoch", 0) >= 1)
    (training,) = run._started
    resource.prlimit(training.pid, resource.RLIMIT_AS, (1, resource.RLIM_INFINITY))
    wait(lambda: run.state() not in UNDER_WAY)
    told = status(run, MINE, None, 0)
    assert told["state"] in ("dead", "failed") and told["ready"]
    assert "is kept as conv-1" in told["news"] and str(run.folder) not in told["news"]
    done = len(told["epochs"])
    run.go_on(MINE)
    wait(lambda: run.live().get("epoch", 0) > done)
    run.stop(MINE)
    wait(lambda: run.state() == "stopped")


def test_a_folder_of_runs_that_somebody_removed_ends_its_training_and_is_there_for_the_next(run: Run) -> None:
    run.start(LONG, MINE)
    wait(lambda: run.live().get("epoch", 0) >= 1)
    (training,) = run._started
    lock = lock_of(run.folder / "state.safetensors")
    assert held(lock)
    removed = run.folder.parent.with_name("removed")
    os.replace(run.folder.parent, removed)
    assert status(run, MINE, None, 0)["state"] == "none"
    assert training.wait(PATIENCE) != 0
    shutil.rmtree(removed)
    run.start(LONG, THEIRS)
    wait(lambda: run.live().get("step"))
    assert run.belongs_to(THEIRS)
    run.stop(THEIRS)
    wait(lambda: run.state() == "stopped")
