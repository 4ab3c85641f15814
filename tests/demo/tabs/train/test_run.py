"""The run that everybody sees: real training processes on the small sample, stopped, killed, orphaned and replaced."""

import errno
import gzip
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tiny import TESTS

from demo.door.answers import Asked, politely
from demo.door.shelves import page_of
from demo.tabs.train import process
from demo.tabs.train import run as run_module
from demo.tabs.train.news import time_left
from demo.tabs.train.process import complaint
from demo.tabs.train.run import RESERVED, UNDER_WAY, Run, training_is_off
from demo.tabs.train.settings import Settings, from_page, of_preset
from demo.tabs.train.train import status, train_questions
from vae_core.data import MNIST_FILES
from vae_core.inference import load_model
from vae_core.training.run_log import STOP

MINE, THEIRS = "m" * 32, "t" * 32
SHORT = replace(of_preset("blog"), epochs=3)  # 4 steps an epoch on the sample
LONG = replace(of_preset("conv"), epochs=200, width=4)
QUICK = settings(max_examples=100, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
PATIENCE = 300  # seconds, on a busy machine
ANYBODY = ("", None, 0)


def polite(run: Run) -> dict[str, Asked]:
    """What a page may ask of the run, by name, as the routes answer it."""
    return {question.__name__: politely(question) for question in train_questions(run)}


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Choose what the training processes do; at first nothing but to train on the sample."""

    def choose(name: str = "SIGKILL", step: int = 0) -> None:
        monkeypatch.setattr(process, "COMMAND", (sys.executable, str(TESTS / "small_run.py"), name, str(step)))

    choose()
    return choose


@pytest.fixture
def run(tmp_path: Path, command: Callable[..., None]) -> Any:
    raw = tmp_path / "data" / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for name in MNIST_FILES:
        (raw / name).touch()
    run = Run(tmp_path / "runs", tmp_path / "data")
    yield run
    if run.state() in UNDER_WAY:
        run.stop(MINE if run.belongs_to(MINE) else THEIRS)
        wait(lambda: run.state() not in UNDER_WAY)


def wait(until: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not until():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def model_file(run: Run, name: str) -> Path:
    file = run.shelves.find(name)
    assert file
    return file


def end(run: Run) -> str:
    wait(lambda: run.state() not in UNDER_WAY)
    return run.state()


def news(run: Run, token: str = MINE) -> str:
    return status(run, token, None, 0)["news"]


def test_nothing_was_trained_at_first(run: Run) -> None:
    answer = status(run, *ANYBODY)
    assert (answer["state"], answer["mine"], answer["ready"], answer["epochs"]) == ("none", False, False, [])
    assert answer["news"] == "Nothing was trained here yet."


def test_a_run_ends_in_a_model_a_report_an_epoch_and_a_row_an_epoch(run: Run) -> None:
    run.start(SHORT, MINE)
    assert end(run) == "finished"
    answer = status(run, MINE, None, 0)
    assert [report["epoch"] for report in answer["epochs"]] == [1, 2, 3]
    assert len(answer["rows"]) == pytest.approx(3 * 10 * 784 * 4 / 3, abs=4)
    terms = ("loss", "reconstruction", "kl", "classification")
    for report in answer["epochs"]:
        assert all(isinstance(report[kind + term], float) for kind in ("", "test_") for term in terms)
        assert len(report["kl_per_dimension"]) == 10
        assert sum(report["kl_per_dimension"]) == pytest.approx(report["test_kl"])
    assert answer["ready"] and answer["name"] == "blog-1"
    assert load_model(model_file(run, "blog-1")).card["epochs_done"] == 3
    assert answer["news"].startswith("Finished: 3 epochs") and answer["news"].endswith("kept as blog-1.")


def test_settings_reach_the_training(run: Run) -> None:
    chosen = Settings("blog", 3, 2.0, 5.0, "bernoulli", 16, 0.002, 1, 0.5)
    run.start(chosen, MINE)
    assert end(run) == "finished"
    model = load_model(model_file(run, "blog-1"))
    card = model.card
    assert model.latent_dim == 3
    assert card["data"]["mnist"] == 200
    assert {name: card["train"][name] for name in ("beta", "classification_weight", "learning_rate")} == {
        "beta": 2.0, "classification_weight": 5.0, "learning_rate": 0.002,
    }  # fmt: skip


def test_the_page_is_sent_only_the_epochs_it_lacks(run: Run) -> None:
    run.start(SHORT, MINE)
    end(run)
    known = run.about()["id"]
    assert [report["epoch"] for report in status(run, MINE, known, 2)["epochs"]] == [3]
    assert status(run, MINE, known, 3)["rows"] == ""
    for strange in (-1, 1.5, "2", None, True, 10**9):
        assert json.dumps(status(run, MINE, known, strange))
    assert status(run, MINE, "another", 2)["first"] == 0


def test_live_terms_speed_and_time_left_are_told_while_it_runs(run: Run) -> None:
    run.start(LONG, MINE)
    wait(lambda: run.live().get("seconds_left"))
    live = run.live()
    assert live["images_per_second"] > 0 and live["epochs"] == 200
    assert all(isinstance(live[term], float) for term in ("loss", "reconstruction", "kl", "classification"))
    assert "of 200 epochs, about" in news(run)


def test_stop_keeps_everything_and_go_on_finishes(run: Run) -> None:
    run.start(replace(LONG, epochs=4), MINE)
    wait(lambda: run.live().get("epoch"))
    run.stop(MINE)
    assert end(run) in ("stopped", "finished")
    if run.state() == "stopped":
        assert "Stopped in epoch" in news(run) and "kept as conv-1" in news(run)
        run.go_on(MINE)
        assert end(run) == "finished"
    assert [report["epoch"] for report in status(run, MINE, None, 0)["epochs"]] == [1, 2, 3, 4]
    assert load_model(model_file(run, "conv-1")).card["epochs_done"] == 4


def test_a_killed_process_is_reported_keeps_its_last_checkpoint_and_goes_on(
    run: Run, command: Callable[..., None]
) -> None:
    command("SIGKILL", 6)  # in the second epoch
    run.start(SHORT, MINE)
    assert end(run) == "dead"
    assert news(run).startswith(
        "The training process ended unexpectedly in epoch 2 of 3. The model of epoch 1 is kept as blog-1. It waits for"
    )
    assert load_model(model_file(run, "blog-1")).card["epochs_done"] == 1
    command()
    run.go_on(MINE)
    assert end(run) == "finished"
    assert [report["epoch"] for report in status(run, MINE, None, 0)["epochs"]] == [1, 2, 3]


def test_a_process_killed_in_its_first_epoch_starts_from_the_beginning(run: Run, command: Callable[..., None]) -> None:
    command("SIGKILL", 2)
    run.start(SHORT, MINE)
    assert end(run) == "dead"
    assert news(run).endswith("No epoch was finished yet.")
    command()
    run.go_on(MINE)
    assert end(run) == "finished"


def test_an_error_is_told_in_the_words_of_the_training_without_its_folders(run: Run) -> None:
    run.start(replace(SHORT, data_share=0.1), MINE)  # 40 digits, and batches of 100
    assert end(run) == "failed"
    assert "expected a batch of 1 to 40 digits" in news(run)
    assert str(run.folder.parent) not in json.dumps(status(run, MINE, None, 0))


def test_others_may_watch_but_not_touch_until_it_ends(run: Run) -> None:
    run.start(LONG, MINE)
    for act in (lambda: run.stop(THEIRS), lambda: run.start(SHORT, THEIRS), lambda: run.go_on(THEIRS)):
        with pytest.raises(ValueError, match="somebody else's training is running"):
            act()
    assert run.state() == "running"
    assert status(run, THEIRS, None, 0)["mine"] is False
    assert news(run, THEIRS).startswith("Somebody else’s training is running: ")
    wait(lambda: status(run, THEIRS, None, 0)["ready"])
    run.stop(MINE)
    assert end(run) == "stopped"
    for act in (run.go_on, run.let_go, lambda token: run.start(SHORT, token)):
        with pytest.raises(ValueError, match="was interrupted and waits for them for up to 24 more hours"):
            act(THEIRS)
    assert status(run, THEIRS, None, 0)["reserved"]
    run.let_go(MINE)
    assert not status(run, THEIRS, None, 0)["reserved"]
    run.start(SHORT, THEIRS)
    assert status(run, THEIRS, None, 0)["mine"] is True
    assert end(run) == "finished"
    assert run.shelves.names() == ["blog-1", "conv-1"]


def test_starting_over_stops_the_own_run_first_and_keeps_its_model(run: Run) -> None:
    run.start(LONG, MINE)
    wait(lambda: run.shelves.find("conv-1"))
    run.start(SHORT, MINE)
    assert run.about()["name"] == "blog-1"
    assert end(run) == "finished"
    assert load_model(model_file(run, "conv-1")).latent_dim == 16


def test_a_run_outlives_the_server_that_started_it_and_the_next_one_finds_it(run: Run, tmp_path: Path) -> None:
    program = f"""
import os, signal, sys
sys.path[:0] = {[str(TESTS), str(TESTS.parent)]!r}
from dataclasses import replace
from pathlib import Path
from demo.door.shelves import page_of
from demo.tabs.train import process
from demo.tabs.train.run import Run
from demo.tabs.train.settings import of_preset
process.COMMAND = {process.COMMAND!r}
run = Run(Path({str(tmp_path / "runs")!r}), Path({str(tmp_path / "data")!r}))
run.start(replace(of_preset("conv"), epochs=200, width=4), {MINE!r})
os.kill(os.getpid(), signal.SIGKILL)
"""
    server = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert server.returncode == -signal.SIGKILL, server.stderr
    assert run.state() == "running"
    assert run.belongs_to(MINE)
    done = run.live().get("epoch", 0)
    wait(lambda: run.live().get("epoch", 0) > done)
    run.stop(MINE)
    assert end(run) == "stopped"


def test_what_is_not_there_cannot_be_stopped_or_go_on(run: Run) -> None:
    with pytest.raises(ValueError, match="no training is running"):
        run.stop(MINE)
    with pytest.raises(ValueError, match="no stopped training"):
        run.go_on(MINE)


def test_without_data_nothing_starts(run: Run) -> None:
    next((run.data / "MNIST" / "raw").iterdir()).unlink()
    with pytest.raises(ValueError, match="MNIST is not on this machine yet"):
        run.start(SHORT, MINE)


@pytest.mark.parametrize("token", [None, "", "short", 7, "x" * 101, ["m" * 32], {"a": 1}])
def test_a_token_that_is_none_owns_nothing(run: Run, token: Any) -> None:
    assert not run.belongs_to(token)
    with pytest.raises(ValueError, match="expected a token"):
        run.start(SHORT, token)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("preset", "huge"), ("preset", ["blog"]), ("preset", None), ("latent_dim", 0), ("latent_dim", 33),
        ("latent_dim", 2.0), ("latent_dim", True), ("beta", float("nan")), ("beta", -1), ("beta", "1"),
        ("classification_weight", float("inf")), ("likelihood", "poisson"), ("width", 513), ("width", 10**30),
        ("learning_rate", 0), ("learning_rate", 1), ("epochs", 0), ("epochs", 201), ("data_share", 0),
        ("data_share", 1.01), ("batch_size", 5),
    ],
)  # fmt: skip
def test_settings_out_of_bounds_get_a_sentence(run: Run, name: str, value: Any) -> None:
    functions = polite(run)
    answer = functions["start_training"]({"token": MINE, "settings": {**vars(SHORT), name: value}})
    assert set(answer) == {"error"} and 10 < len(answer["error"]) < 300 and answer["error"].endswith(".")
    assert run.state() == "none"


def test_every_preset_is_within_the_bounds() -> None:
    for name in ("blog", "conv", "plane", "plain", "deep"):
        assert from_page(vars(of_preset(name))) == of_preset(name)


@pytest.mark.parametrize("asked", [None, [], "x", 7, {}, {"token": MINE}, {"settings": {}}, {"settings": []}])
def test_questions_of_any_shape_get_a_sentence_or_an_answer(run: Run, asked: Any) -> None:
    for function in polite(run).values():
        if function.__name__ != "fetch_digits":
            answer = function(asked)
            assert set(answer) == {"error"} and "Traceback" not in answer["error"]


def test_a_run_that_was_told_to_end_before_its_first_step_was_stopped_and_did_not_fail(run: Run) -> None:
    interrupted(run)
    (run.folder / "live.json").unlink()
    assert run.state() == "dead"
    (run.folder / STOP).touch()
    assert run.state() == "stopped"
    assert news(run).startswith("Stopped in epoch 1 of 3. No epoch was finished yet.")


@pytest.mark.parametrize("damage", ["", "{", "[]", "null", '{"id": 3}'])
def test_damaged_files_of_a_run_do_not_break_the_page(run: Run, damage: str) -> None:
    for name in ("run.json", "live.json", "metrics.jsonl", "progress.npy"):
        (run.folder / name).write_text(damage)
    assert json.dumps(status(run, *ANYBODY))


def interrupted(run: Run, age: float = 0.0) -> None:
    """A run of MINE that stopped so many seconds ago, as its files tell it."""
    about = {"id": "a", "name": "blog-1", "owner": page_of(MINE), "shelf": page_of(MINE)[:32], "settings": vars(SHORT)}
    for name, text in (
        ("run.json", json.dumps(about)),
        ("live.json", '{"state": "stopped"}'),
        ("state.safetensors", ""),
    ):
        (run.folder / name).write_text(text)
        os.utime(run.folder / name, (time.time() - age,) * 2)


def test_an_interrupted_run_waits_a_day_for_its_page_and_no_longer(run: Run) -> None:
    interrupted(run, age=RESERVED - 3600)
    assert run.reserved() == pytest.approx(3600, abs=60)
    assert news(run).endswith("It waits for you for up to 1 more hour, unless it is let go.")
    assert news(run, THEIRS).endswith("It waits for whoever started it for up to 1 more hour, unless it is let go.")
    interrupted(run, age=RESERVED + 1)
    assert run.reserved() == 0
    run.let_go(MINE)  # says nothing new


def test_whoever_started_the_app_may_stop_any_run_and_let_it_go_but_not_wipe_it(run: Run) -> None:
    key = run.owner.key()
    run.start(LONG, MINE)
    wait(lambda: run.live().get("epoch"))
    told = status(run, key, None, 0)
    assert (told["owner"], told["mine"], status(run, THEIRS, None, 0)["owner"]) == (True, False, False)
    assert key not in json.dumps(told)
    with pytest.raises(ValueError, match="somebody else's training"):
        run.start(SHORT, key)
    run.stop(key)
    assert end(run) == "stopped"
    with pytest.raises(ValueError, match="waits for them"):
        run.start(SHORT, key)
    run.go_on(key)
    assert run.belongs_to(MINE) and not run.belongs_to(key)
    run.stop(key)
    assert end(run) == "stopped"
    run.let_go(key)
    assert run.reserved() == 0


@pytest.mark.parametrize(
    ("number", "words"),
    [(errno.ENOSPC, "disk is full"), (errno.EROFS, "may not write"), (errno.EIO, "could not read or write")],
)
def test_trouble_with_the_disk_gets_one_sentence(
    run: Run, monkeypatch: pytest.MonkeyPatch, number: int, words: str
) -> None:
    def fail(*arguments: Any, **options: Any) -> None:
        raise OSError(number, os.strerror(number), str(run.folder / "run.json"))

    for name in ("write_json", "launch"):
        monkeypatch.setattr(run_module, name, fail)
    functions = polite(run)
    answer = functions["start_training"]({"token": MINE, "settings": vars(SHORT)})["error"]
    assert words in answer and answer.startswith("The server") and str(run.folder.parent) not in answer


def test_folders_that_cannot_be_made_or_locked_get_one_sentence(run: Run, tmp_path: Path) -> None:
    (tmp_path / "runs" / "turn.lock").mkdir()
    functions = polite(run)
    for name in ("start_training", "go_on_training", "let_go_training"):
        answer = functions[name]({"token": MINE, "settings": vars(SHORT)})["error"]
        assert answer.startswith("The server") and str(tmp_path) not in answer
    (tmp_path / "runs" / "turn.lock").rmdir()


NAMES = st.text("abc é.-", min_size=1, max_size=12).filter(lambda name: name.strip(". ") == name)


@QUICK
@given(folders=st.lists(NAMES, min_size=1, max_size=3), words=st.sampled_from(["{} is damaged", "'{}' is not there"]))
def test_no_folder_of_the_machine_is_told(tmp_path: Path, folders: list[str], words: str) -> None:
    root = Path("/", *folders)
    output = tmp_path / "output.txt"
    output.write_text(f"Traceback\nCUDA error: out of memory\nerror: {words.format(root / 'file.bin')}\n")
    assert complaint(output, root) == words.format("file.bin")
    output.write_text("CUDA error: out of memory\n")
    assert complaint(output) == ""
    output.write_text(f"error: [Errno 28] No space left on device: '{root / 'file.bin'}'\n")
    assert complaint(output) == "the server's disk is full"


@pytest.mark.parametrize(
    ("environment", "off"),
    [
        ({}, False), ({"NO_TRAINING": "1"}, True), ({"NO_TRAINING": ""}, False), ({"SPACE_ID": "a/b"}, True),
        ({"SPACE_ID": "a/b", "NO_TRAINING": "0"}, False), ({"NO_TRAINING": "true"}, True), ({"SPACE_ID": ""}, False),
    ],
)  # fmt: skip
def test_a_space_trains_nothing_unless_it_is_told_to(environment: dict[str, str], off: bool) -> None:
    assert training_is_off(environment) is off


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (3, "about 5 seconds"),
        (44, "about 45 seconds"),
        (70, "about 1 minute"),
        (170, "about 3 minutes"),
        (9000, "about 2 hours"),
    ],
)
def test_time_left_is_told_as_a_person_would(seconds: float, words: str) -> None:
    assert time_left(seconds) == f"{words} left"


# MNIST, where it is not on disk.


@pytest.fixture
def bare(tmp_path: Path) -> Run:
    return Run(tmp_path / "runs", tmp_path / "data")


def test_download_without_network_says_so(bare: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")  # nobody listens there
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    bare.mnist.fetch()
    wait(lambda: bare.mnist.status()["share"] is None)
    assert bare.mnist.status() == {
        "there": False, "share": None,
        "error": "MNIST could not be downloaded: there seems to be no network. Try again when there is.",
    }  # fmt: skip


def test_an_archive_that_is_cut_is_named_and_the_download_offered(bare: Run) -> None:
    bare.data.mkdir()
    (bare.data / "t10k-labels-idx1-ubyte.gz").write_bytes(gzip.compress(b"labels")[:-4])
    told = {"there": False, "share": None, "error": "t10k-labels-idx1-ubyte.gz is cut or damaged."}
    assert bare.mnist.status() == told


def test_download_is_told_as_a_share_of_its_bytes(bare: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command is a stand-in that brings half of the bytes and waits to be told to end."""
    program = f"""
import sys, time
sys.path.insert(0, {str(TESTS.parent)!r})
from pathlib import Path
from vae_core.lock import alone
data = Path(sys.argv[3])
with alone(data / "mnist.lock", ""):
    (data / "MNIST" / "raw").mkdir(parents=True)
    (data / "MNIST" / "raw" / "train-images-idx3-ubyte.gz").write_bytes(bytes(5_797_361))
    while not (data / "end").exists():
        time.sleep(0.05)
"""
    monkeypatch.setattr(process, "COMMAND", (sys.executable, "-c", program))
    bare.mnist.fetch()
    wait(lambda: bare.mnist.status()["share"] == pytest.approx(0.5))
    bare.mnist.fetch()  # a second page asks too
    assert not bare.mnist.there
    (bare.data / "end").touch()
    wait(lambda: bare.mnist.status()["share"] is None)
