"""The command line: what each command does, and one sentence for what goes wrong."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image, ImageFont
from tiny import TESTS, TINY, roughen

from vae_core import __main__ as command_line
from vae_core import inference as inference_module
from vae_core import lock
from vae_core.checkpoint import load_weights, read_checkpoint, save_model, update_card
from vae_core.config import ModelConfig
from vae_core.data import Digits
from vae_core.drawing import non_digits
from vae_core.evaluation import evaluate as evaluation_module
from vae_core.evaluation import judge as judge_module
from vae_core.evaluation import strange_pictures
from vae_core.evaluation.hand_judge import HandJudge, load_hand_judge, save_hand_judge
from vae_core.evaluation.judge import Judge, save_judge
from vae_core.inference import load_model
from vae_core.model import build_model
from vae_core.training import command as train_command
from vae_core.training import run_log
from vae_core.training.trainer import Trainer

Run = Callable[..., tuple[int, str, str]]
SMALL = [f"--set={name}" for name in ("width=8", "depth=1", "latent_dim=2", "classifier_width=8", "batch_size=80")]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], mnist_sample: Digits, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command on the sample; its exit code, what it printed and what it complained of."""
    monkeypatch.setattr(command_line, "writers_or_none", lambda root, train, lost: None)
    for module in (command_line, train_command, strange_pictures):
        monkeypatch.setattr(module, "load_mnist", lambda root, train: mnist_sample)
    monkeypatch.setattr(evaluation_module, "GENERATED", 50)

    def run(*arguments: object) -> tuple[int, str, str]:
        code = command_line.main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


@pytest.fixture
def refuse(run: Run) -> Callable[..., None]:
    """Run a command that ends in one sentence."""

    def refuse(match: str, *arguments: object) -> None:
        code, out, err = run(*arguments)
        assert (code, out) == (1, "")
        lines = [line for line in err.splitlines() if "images/s" not in line and line.strip()]
        assert len(lines) == 1 and lines[0].startswith("error: "), err
        assert match in lines[0]

    return refuse


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "tiny.safetensors"
    save_model(path, roughen(build_model(TINY)), "tiny", {"seed": 0})
    return path


@pytest.fixture
def judge(tmp_path: Path) -> Path:
    save_judge(tmp_path / "judge.safetensors", Judge().eval(), 0, 0, 0.1)
    return tmp_path / "judge.safetensors"


@pytest.fixture
def strokes(tmp_path: Path) -> Path:
    """A file of 60 made-up pen digits by 30 writers."""
    rng = np.random.default_rng(0)
    np.savez(
        tmp_path / "pen.npz",
        points=rng.random((240, 2)).astype(np.float16),
        stroke_offsets=np.arange(0, 241, 4),
        digit_offsets=np.arange(61),
        labels=np.arange(60) % 10,
        writers=np.array([f"made:{i // 2}" for i in range(60)]),
    )
    return tmp_path / "pen.npz"


@pytest.fixture
def signs(tmp_path: Path) -> Path:
    """A file of 12 made-up signs."""
    np.savez(
        tmp_path / "signs.npz",
        points=np.random.default_rng(0).random((48, 2)).astype(np.float16),
        stroke_offsets=np.arange(0, 49, 4),
        sign_offsets=np.arange(13),
        labels=np.array(["Latin/character03"] * 12),
    )
    return tmp_path / "signs.npz"


def weights(path: Path) -> dict[str, torch.Tensor]:
    return dict(load_weights(path)[0].state_dict())


def same(a: Path, b: Path) -> bool:
    return all(torch.equal(x, y) for x, y in zip(weights(a).values(), weights(b).values(), strict=True))


def pixels_of(path: Path) -> NDArray[np.uint8]:
    with Image.open(path) as picture:
        return np.asarray(picture)


@pytest.mark.parametrize(
    "command",
    [
        "",
        "train",
        "prior",
        "classifier",
        "judge",
        "hand-judge",
        "evaluate",
        "generate",
        "data",
        "strangeness",
        "models",
    ],
)
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        command_line.main([*command.split(), "--help"])
    assert f"python -m vae_core {command}".strip() in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize("arguments", [[], ["paint"], ["train"], ["train", "conv"], ["train", "huge", "--out", "a"]])
def test_command_that_is_none_is_explained_and_ends_with_two(arguments: list[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        command_line.main(arguments)


@pytest.mark.parametrize(
    "arguments",
    [
        ["train", "conv", "--out", "a", "--seed", "-1"],
        ["train", "conv", "--out", "a", "--seed", "99999999999999999999"],
        ["train", "conv", "--out", "a", "--threads", "0"],
        ["judge", "--out", "a", "--epochs", "0"],
        ["hand-judge", "--out", "a", "--seed", "-1"],
        ["evaluate", "conv", "--samples", "0"],
        ["evaluate", "conv", "--likelihood-digits", "1"],
        ["generate", "--out", "a.png", "--rows", "0"],
        ["generate", "--out", "a.png", "--scale", "-1"],
        ["generate", "--out", "a.png", "--rows", "many"],
    ],
)
def test_number_out_of_range_is_named(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        command_line.main(arguments)
    assert f"argument {arguments[-2]}: " in capsys.readouterr().err


# Training.


def test_training_writes_a_model_a_line_an_epoch_and_a_log(run: Run, tmp_path: Path, strokes: Path) -> None:
    out, logs = tmp_path / "new" / "mine.safetensors", tmp_path / "logs"
    code, printed, shown = run(
        "train", "conv", "--out", out, "--epochs", 2, "--strokes", strokes, "--log-dir", logs, "--device", "cpu", *SMALL
    )
    assert code == 0
    lines = printed.strip().splitlines()
    assert [line.split()[1] for line in lines] == ["1/2", "2/2"]
    assert all("test accuracy" in line and "ELBO" in line and "images/s" in line for line in lines)
    assert "reconstruction" in shown and "KL" in shown
    model = load_model(out)
    assert (model.name, model.latent_dim) == ("conv", 2)
    assert model.card["epochs_done"] == 2
    assert model.card["data"]["pen_pictures"] > 100
    assert model.card["command"].startswith("python -m vae_core train conv")
    records = [json.loads(line) for line in (logs / "metrics.jsonl").read_text().splitlines()]
    assert [record["epoch"] for record in records] == [1, 2]
    with Image.open(logs / "progress.png") as picture:
        assert picture.size == (10 * 28 * 2, 2 * 28 * 2)  # a row of ten digits an epoch
    assert sorted(os.listdir(out.parent)) == ["mine.safetensors", "mine.state.safetensors"]


def test_published_recipe_and_model_without_digits_train_too(run: Run, tmp_path: Path) -> None:
    for preset in ("blog", "plain"):
        out, logs = tmp_path / f"{preset}.safetensors", tmp_path / preset
        settings = SMALL if preset == "plain" else ["--set=batch_size=80"]
        code, printed, _ = run("train", preset, "--out", out, "--epochs", 1, "--log-dir", logs, *settings)
        assert code == 0
        assert ("test accuracy" in printed) is (preset == "blog")
        assert load_model(out).name == preset
        assert (logs / "progress.png").exists()


def test_seed_decides_the_weights(run: Run, tmp_path: Path) -> None:
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        run("train", "conv", "--out", tmp_path / name, "--epochs", 1, "--seed", seed, *SMALL)
    assert same(tmp_path / "a", tmp_path / "b")
    assert not same(tmp_path / "a", tmp_path / "c")


def interrupt(monkeypatch: pytest.MonkeyPatch, last: int, number: int = signal.SIGINT) -> None:
    """Ctrl-C is pressed, or another signal comes, in training step `last`, counted from 1."""
    train_step, done = Trainer._train_step, [0]

    def counted(trainer: Trainer, batch: Any) -> Any:
        done[0] += 1
        if done[0] == last:
            signal.raise_signal(number)
        return train_step(trainer, batch)

    monkeypatch.setattr(Trainer, "_train_step", counted)


@pytest.mark.parametrize("last", [1, 5, 8])
def test_interrupt_saves_says_how_to_go_on_and_loses_nothing(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, last: int
) -> None:
    def command(out: str) -> list[object]:
        return ["train", "conv", "--out", tmp_path / out, "--epochs", 2, *SMALL]

    handler = signal.getsignal(signal.SIGINT)
    assert run(*command("whole"))[0] == 0
    with monkeypatch.context() as patch:
        interrupt(patch, last)
        code, _, err = run(*command("broken"))
    assert code == 130
    assert f"stopped and saved to {tmp_path / 'broken.state.safetensors'}: the same command with --resume" in err
    assert signal.getsignal(signal.SIGINT) is handler
    assert run(*command("broken"), "--resume")[0] == 0
    assert same(tmp_path / "whole", tmp_path / "broken")


@pytest.mark.skipif(os.name != "posix", reason="no such signals here")
@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_whatever_ends_a_training_in_an_ordinary_way_saves_the_epoch_it_is_in(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    number = getattr(signal, name)
    handler, command = signal.getsignal(number), ["train", "conv", "--out", tmp_path / "a", "--epochs", 2, *SMALL]
    with monkeypatch.context() as patch:
        interrupt(patch, 7, number)
        code, _, err = run(*command)
    assert code == 130 and "the same command with --resume" in err
    assert signal.getsignal(number) is handler
    header = read_checkpoint(tmp_path / "a.state.safetensors").header
    assert (header["epoch"], header["step"]) == (1, 2)
    assert run(*command, "--resume")[0] == 0


@pytest.mark.skipif(os.name != "posix", reason="no such signals here")
def test_nohup_trains_on_when_the_terminal_closes(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        interrupt(monkeypatch, 2, signal.SIGHUP)
        assert run("train", "conv", "--out", tmp_path / "a", "--epochs", 1, *SMALL)[0] == 0
    finally:
        signal.signal(signal.SIGHUP, before)


def test_interrupt_outside_training_ends_quietly(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background starts without it
    monkeypatch.setattr(command_line, "available_models", lambda: signal.raise_signal(signal.SIGINT))
    try:
        assert run("models") == (130, "", "")
    finally:
        signal.signal(signal.SIGINT, before)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no such signal here")
def test_killed_run_goes_on_to_the_weights_of_an_unbroken_one(run: Run, tmp_path: Path) -> None:
    def command(out: str) -> list[str]:
        return ["train", "conv", "--out", str(tmp_path / out), "--epochs", "3", *SMALL]

    assert run(*command("whole"))[0] == 0
    killed = subprocess.run(
        [sys.executable, str(TESTS / "small_run.py"), "SIGKILL", "8", *command("broken")],
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert load_model(tmp_path / "broken").card["epochs_done"] == 1  # the last whole epoch
    assert not same(tmp_path / "whole", tmp_path / "broken")
    assert run(*command("broken"), "--resume")[0] == 0
    assert same(tmp_path / "whole", tmp_path / "broken")


def test_two_trainings_of_one_run_are_refused(
    refuse: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock, "PATIENCE", 0.1)
    with lock.alone(tmp_path / "a.state.lock", "never", patience=1):
        refuse("another training is writing to", "train", "conv", "--out", tmp_path / "a", *SMALL)


def test_state_of_a_run_is_kept_where_it_is_asked(run: Run, tmp_path: Path) -> None:
    out, state = tmp_path / "models" / "a.safetensors", tmp_path / "run" / "state.safetensors"
    assert run("train", "conv", "--out", out, "--state", state, "--epochs", 1, *SMALL)[0] == 0
    assert (os.listdir(out.parent), os.listdir(state.parent)) == (["a.safetensors"], ["state.safetensors"])


def test_share_of_the_data_is_what_is_trained_on(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "a"
    assert run("train", "conv", "--out", out, "--epochs", 1, *SMALL, "--set", "data_share=0.25")[0] == 0
    assert load_model(out).card["data"]["mnist"] == 100


def test_a_file_named_stop_in_the_log_stops_the_run_and_is_taken_away(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_log, "PERIOD", 0.0)
    command = ["train", "conv", "--out", tmp_path / "a", "--log-dir", tmp_path, "--epochs", 2, *SMALL]
    (tmp_path / "stop").touch()
    assert run(*command)[0] == 130
    assert json.loads((tmp_path / "live.json").read_text())["state"] == "stopped"
    assert not (tmp_path / "stop").exists()
    assert run(*command, "--resume")[0] == 0
    live = json.loads((tmp_path / "live.json").read_text())
    assert (live["state"], live["epoch"], live["epochs"]) == ("finished", 2, 2)


@pytest.mark.parametrize("name", ["metrics.jsonl", "progress.npy"])
@pytest.mark.parametrize("damage", [None, b"{"])
def test_log_that_a_killed_run_left_incomplete_is_mended(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, damage: bytes | None
) -> None:
    command = ["train", "conv", "--out", tmp_path / "a", "--log-dir", tmp_path, "--epochs", 2, *SMALL]
    with monkeypatch.context() as patch:
        interrupt(patch, 6)  # in the second epoch
        assert run(*command)[0] == 130
    first = np.load(tmp_path / "progress.npy")
    if damage is None:
        (tmp_path / name).unlink()
    else:
        (tmp_path / name).write_bytes(damage)
    assert run(*command, "--resume")[0] == 0
    lines = (tmp_path / "metrics.jsonl").read_text().splitlines()
    assert [json.loads(line)["epoch"] for line in lines] == [1, 2]
    rows = np.load(tmp_path / "progress.npy")
    assert rows.shape == (2, 10, 28, 28)
    if name == "metrics.jsonl":
        assert (rows[0] == first[0]).all()


@pytest.mark.skipif(not hasattr(os, "nice"), reason="not known to this system")
def test_training_in_the_background_yields_to_everything_else() -> None:
    program = "from vae_core.training.command import yield_to_others as y; import os; y(); "
    program += "print(os.nice(0))"
    result = subprocess.run([sys.executable, "-c", program], cwd=TESTS.parent, capture_output=True, text=True)
    assert result.stdout == "19\n", result.stderr


def test_background_yields_and_shows_no_bar(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    yielded: list[bool] = []
    monkeypatch.setattr(train_command, "yield_to_others", lambda: yielded.append(True))
    command = ["train", "conv", "--out", tmp_path / "a", "--epochs", 1, *SMALL]
    code, out, err = run(*command, "--background")
    assert (code, err, yielded) == (0, "", [True])
    assert out.startswith("epoch 1/1")


def test_run_that_is_there_is_not_overwritten(run: Run, refuse: Callable[..., None], tmp_path: Path) -> None:
    command = ["train", "conv", "--out", tmp_path / "a", "--epochs", 1, *SMALL]
    assert run(*command)[0] == 0
    before = (tmp_path / "a").read_bytes()
    refuse("add --resume to go on with that run, or remove it", *command)
    assert (tmp_path / "a").read_bytes() == before


def test_going_on_with_other_settings_or_nothing_is_refused(
    run: Run, refuse: Callable[..., None], tmp_path: Path
) -> None:
    command = ["train", "conv", "--out", tmp_path / "a", "--epochs", 1, *SMALL]
    refuse("No such file", *command, "--resume")
    assert run(*command)[0] == 0
    refuse("train.beta was 1.0, not 2.0", *command, "--resume", "--set", "beta=2")
    refuse("seed was 0, not 5", *command, "--resume", "--seed", 5)


def test_loss_that_is_no_number_ends_in_a_sentence_and_keeps_the_last_good_weights(
    run: Run, refuse: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse(
        "no longer a number in epoch 1", "train", "conv", "--out", tmp_path / "a", *SMALL, "--set", "learning_rate=1e30"
    )
    assert os.listdir(tmp_path) == []
    train_step = Trainer._train_step

    def poisoned(trainer: Trainer, batch: Any) -> Any:
        if trainer.epoch == 1:
            next(trainer.model.parameters()).data.fill_(float("nan"))
        return train_step(trainer, batch)

    monkeypatch.setattr(Trainer, "_train_step", poisoned)
    code, _, err = run("train", "conv", "--out", tmp_path / "b", "--epochs", 3, *SMALL)
    assert code == 1
    assert "error: the loss is no longer a number in epoch 2: the weights of epoch 1 are kept" in err
    assert all(torch.isfinite(value).all() for value in weights(tmp_path / "b").values())


@pytest.mark.parametrize(
    ("setting", "match"),
    [
        ("colour=3", "expected --set NAME=VALUE"),
        ("beta", "expected --set NAME=VALUE"),
        ("=3", "expected --set NAME=VALUE"),
        ("__class__=3", "expected --set NAME=VALUE"),
        ("latent_dim=three", "latent_dim must be a whole number, got 'three'"),
        ("latent_dim=0", "latent_dim must be 1 to 256"),
        ("augment=maybe", "augment must be true or false"),
        ("beta=nan", "beta must be a finite number"),
        ("conditional=False", "expected critic_weight 0"),
        ("batch_size=5000", "expected a batch of 1 to 400 digits"),
    ],
)
def test_setting_that_is_none_is_named(refuse: Callable[..., None], tmp_path: Path, setting: str, match: str) -> None:
    refuse(match, "train", "conv", "--out", tmp_path / "a", *SMALL, "--set", setting)


def test_settings_are_read_as_the_type_they_have() -> None:
    preset = train_command.PRESETS["conv"]
    changed = train_command.change(preset, ["latent_dim=3", "beta=2", "augment=False", "schedule=constant"])
    assert changed.model == ModelConfig(**{**vars(preset.model), "latent_dim": 3})
    assert (changed.train.beta, changed.train.augment, changed.train.schedule) == (2.0, False, "constant")
    assert train_command.PRESETS["conv"] is preset


def test_places_that_cannot_be_written_are_refused_before_training(refuse: Callable[..., None], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    refuse("expected --out as the file to write", "train", "conv", "--out", tmp_path, *SMALL)
    refuse("file", "train", "conv", "--out", tmp_path / "file" / "a", *SMALL)


@pytest.mark.parametrize("device", ["tpu", "cuda:99", "", "meta"])
def test_device_that_is_not_there_is_refused(refuse: Callable[..., None], tmp_path: Path, device: str) -> None:
    refuse(
        "expected --device auto or what this machine has", "train", "conv", "--out", tmp_path / "a", "--device", device
    )


def test_missing_data_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: Any) -> None:
    import torchvision.datasets

    def download(self: Any) -> None:
        raise RuntimeError("no network")

    monkeypatch.setattr(torchvision.datasets.MNIST, "download", download)
    assert command_line.main(["train", "conv", "--data", str(tmp_path / "d"), "--out", str(tmp_path / "a")]) == 1
    err = capsys.readouterr().err
    assert err.startswith("error: MNIST is not there") and err.count("\n") == 1
    assert "put the four files" in err


def test_data_are_brought_on_demand(run: Run, tmp_path: Path) -> None:
    assert run("data", "--data", tmp_path / "d") == (0, "MNIST: 400 training and 400 test digits\n", "")


def test_training_goes_on_from_a_checkpoint_and_says_which(
    run: Run, refuse: Callable[..., None], tmp_path: Path
) -> None:
    small = ["--set=couplings=0", *SMALL]
    assert run("train", "conv", "--out", tmp_path / "a", "--epochs", 1, *small)[0] == 0
    command = ["train", "conv", "--out", tmp_path / "b", "--epochs", 1, "--start", tmp_path / "a", *SMALL]
    assert run(*command)[0] == 0
    told, began = load_model(tmp_path / "b").card, load_model(tmp_path / "a").card
    assert told["start"]["command"] == began["command"]
    assert "--start FILE" in told["command"] and "--set width=8" in told["command"]
    assert load_model(tmp_path / "b").config.couplings == 8
    refuse("is of another model", *command[:3], tmp_path / "c", *command[4:], "--set=depth=2")


# The other commands.


def test_prior_is_fitted_to_weights_that_stay_as_they_are(run: Run, saved: Path, tmp_path: Path) -> None:
    update_card(saved, figures=[], shape=None, command="python")
    for out in ("a", "b"):
        assert run("prior", saved, "--out", tmp_path / out, "--couplings", 2, "--epochs", 2)[0] == 0
    assert same(tmp_path / "a", tmp_path / "b")
    before, after = weights(saved), weights(tmp_path / "a")
    assert all(torch.equal(value, after[name]) for name, value in before.items())
    model = load_model(tmp_path / "a")
    assert model.config.couplings == 2
    assert model.card["command"] == "python" and "figures" not in model.card  # those were of another prior
    assert model.card["prior"]["command"].endswith("--couplings 2 --epochs 2 --seed 0")
    assert len(model.card["prior"]["sha256"]) == 64


def test_judge_is_trained_and_says_how_well_it_reads(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judge_module, "BATCH", 40)
    code, out, _ = run("judge", "--out", tmp_path / "judge", "--epochs", 1)
    assert code == 0
    assert out.startswith("judge: ") and out.endswith("% of 400 test digits\n")
    assert (tmp_path / "judge").exists()


@pytest.mark.parametrize(("options", "unseen"), [([], 20), (["--held-out"], 2)])
def test_judge_of_hands_is_trained_and_says_how_well_it_tells_writers_apart(
    run: Run,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    mnist_sample: Digits,
    options: list[str],
    unseen: int,
) -> None:
    writers = mnist_sample.labels.argsort(stable=True).argsort() % 20  # two of each digit
    monkeypatch.setattr(command_line, "load_writers", lambda root, train: writers)
    code, out, err = run("hand-judge", "--out", tmp_path / "judge", "--epochs", 1, *options)
    assert code == 0
    assert out.startswith("judge of hands: area under the curve ") and out.endswith(f" on {unseen} unseen writers\n")
    assert err.startswith("epoch 1/1") and ("area" in err) == bool(options)
    load_hand_judge(tmp_path / "judge")


def test_evaluation_with_writers_tells_of_hands(
    run: Run, saved: Path, judge: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mnist_sample: Digits
) -> None:
    ink = mnist_sample.images.float().mean((1, 2)).argsort().argsort() // 100
    monkeypatch.setattr(command_line, "writers_or_none", lambda root, train, lost: ink)
    save_hand_judge(tmp_path / "hands", HandJudge(), 0, 0, 4, 0.5)
    code, out, _ = run(
        "evaluate",
        saved,
        "--judge",
        judge,
        "--hand-judge",
        tmp_path / "hands",
        "--samples",
        2,
        "--likelihood-digits",
        5,
    )
    assert code == 0
    assert out.count("| hand kept, ") == 3 and "of 4 writers" in out


def test_training_that_presses_on_hands_says_where_it_lacks_writers(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def none(root: str, train: bool, lost: str) -> None:
        asked.append((train, lost))

    monkeypatch.setattr(train_command, "writers_or_none", none)
    small = [*SMALL, "--set=critic_weight=0", "--epochs", 1]
    assert run("train", "conv", "--out", tmp_path / "a", *small)[0] == 0
    assert asked == []
    assert run("train", "conv", "--out", tmp_path / "b", "--set=hand_weight=1", *small)[0] == 0
    assert asked == [(True, "nothing presses the model to keep a hand")]


def test_evaluation_prints_a_table_and_writes_json(
    run: Run, saved: Path, judge: Path, strokes: Path, tmp_path: Path
) -> None:
    code, out, _ = run(
        "evaluate", saved, "--judge", judge, "--strokes", strokes, "--json", tmp_path / "new" / "figures.json",
        "--samples", 2, "--likelihood-digits", 10, "--update-card",
    )  # fmt: skip
    assert code == 0

    def no_constant(name: str) -> None:
        raise AssertionError(f"{name} is no JSON")

    report = json.loads((tmp_path / "new" / "figures.json").read_text(), parse_constant=no_constant)
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in out.strip().splitlines()]
    assert rows[0] == ["figure", "value", "95 % interval", "protocol"]
    assert [row[0] for row in rows[2:]] == [figure["name"] for figure in report["figures"]]
    assert len(rows) == 2 + 14
    assert all(all(row) and len(row) == 4 for row in rows)
    assert load_model(saved).card["figures"] == report["figures"]


def test_missing_model_or_judge_or_strokes_is_one_sentence(
    refuse: Callable[..., None], saved: Path, judge: Path, tmp_path: Path
) -> None:
    refuse("no model 'nobody': expected one of", "evaluate", "nobody")
    refuse("none cannot be read: No such file", "evaluate", saved, "--judge", tmp_path / "none")
    refuse("does not hold a judge", "evaluate", saved, "--judge", saved)
    refuse("not a file of pen strokes", "evaluate", saved, "--judge", judge, "--strokes", saved)


def test_generated_sheet_has_a_style_a_row_and_a_digit_a_column(run: Run, saved: Path, tmp_path: Path) -> None:
    out = tmp_path / "new" / "sheet.png"
    assert run("generate", saved, "--out", out, "--rows", 3, "--seed", 4, "--scale", 1) == (0, "", "")
    pixels = pixels_of(out).reshape(3, 28, 10, 28).swapaxes(1, 2)
    z = np.random.default_rng(4).standard_normal((3, 2)).astype(np.float32)
    model = load_model(saved)
    for row in range(3):
        expected = np.rint(255 * model.decode(z[row], np.arange(10)))
        assert np.abs(pixels[row] - expected).max() <= 1


def test_one_digit_is_generated_in_many_styles(run: Run, saved: Path, tmp_path: Path) -> None:
    run("generate", saved, "--out", tmp_path / "a.png", "--rows", 2, "--digit", 3, "--scale", 1)
    run("generate", saved, "--out", tmp_path / "b.png", "--rows", 2, "--digit", 3, "--scale", 1)
    pixels = pixels_of(tmp_path / "a.png").reshape(2, 28, 10, 28).swapaxes(1, 2).reshape(20, -1)
    assert len(np.unique(pixels, axis=0)) == 20
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


def test_model_without_digits_generates_too(run: Run, tmp_path: Path) -> None:
    config = ModelConfig(latent_dim=2, width=8, depth=1, conditional=False)
    save_model(tmp_path / "plain", roughen(build_model(config)), "plain", {})
    assert run("generate", tmp_path / "plain", "--out", tmp_path / "a.png", "--rows", 1, "--scale", 1)[0] == 0
    pixels = pixels_of(tmp_path / "a.png").reshape(28, 10, 28).swapaxes(0, 1).reshape(10, -1)
    assert len(np.unique(pixels, axis=0)) == 10


def test_what_cannot_be_generated_is_one_sentence(refuse: Callable[..., None], saved: Path, tmp_path: Path) -> None:
    refuse("expected digits from 0 to 9", "generate", saved, "--out", tmp_path / "a.png", "--digit", 10)
    refuse("finite", "generate", saved, "--out", tmp_path / "a.png", "--temperature", "nan")
    refuse("extension", "generate", saved, "--out", tmp_path / "a.txt")
    refuse("file", "generate", saved, "--out", tmp_path)


def few_sources(monkeypatch: pytest.MonkeyPatch) -> None:
    """One small font, and few digits aside."""
    monkeypatch.setattr(non_digits, "find_fonts", lambda folder: [ImageFont.load_default(size=20)])
    monkeypatch.setattr(strange_pictures, "ASIDE", 50)


def test_classifier_is_trained_alone_and_its_card_tells_how(
    run: Run, saved: Path, strokes: Path, signs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    few_sources(monkeypatch)
    update_card(saved, figures=[], command="python")
    files, length = ("--strokes", strokes, "--signs", signs), ("--epochs", 2, "--seed", 1, "--count", 12)
    code, out, err = run("classifier", saved, *files, "--out", tmp_path / "new" / "a", *length)
    assert (code, out) == (0, ""), err
    assert "epoch 2/2" in err and "pen" in err
    before, after = weights(saved), weights(tmp_path / "new" / "a")
    kept = {name for name, value in before.items() if torch.equal(value, after[name])}
    assert kept == {name for name in before if not name.startswith("classifier.")}
    card = load_model(tmp_path / "new" / "a").card
    assert card["command"] == "python" and "figures" not in card  # those were of another classifier
    assert card["classifier"]["command"].endswith("--epochs 2 --seed 1 --count 12")
    assert [report["epoch"] for report in card["classifier"]["history"]] == [1, 2]
    assert len(card["classifier"]["sha256"]) == 64


def test_what_no_classifier_can_be_trained_on_is_one_sentence(
    refuse: Callable[..., None], strokes: Path, signs: Path, tmp_path: Path
) -> None:
    save_model(tmp_path / "plain", build_model(ModelConfig(latent_dim=2, conditional=False)), "plain", {})
    files = ("--strokes", strokes, "--signs", signs)
    refuse("without digits", "classifier", tmp_path / "plain", *files, "--out", tmp_path / "a")
    assert not (tmp_path / "a").exists()


def test_strangeness_is_fitted_to_any_checkpoint(
    run: Run, saved: Path, strokes: Path, signs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    few_sources(monkeypatch)
    before = weights(saved)
    assert load_model(saved).strangeness is None
    code, out, err = run("strangeness", saved, "--strokes", strokes, "--signs", signs, "--count", 30)
    assert (code, out) == (0, ""), err
    assert load_model(saved).strangeness is not None
    assert all(torch.equal(before[name], value) for name, value in weights(saved).items())


def test_what_strangeness_cannot_be_fitted_on_is_one_sentence(
    refuse: Callable[..., None], saved: Path, strokes: Path, signs: Path, tmp_path: Path
) -> None:
    save_model(tmp_path / "plain", build_model(ModelConfig(latent_dim=2, conditional=False)), "plain", {})
    files = ("--strokes", strokes, "--signs", signs, "--fonts", tmp_path)
    refuse("fonts", "strangeness", saved, *files)
    (tmp_path / "a.ttf").touch()
    refuse("no classifier", "strangeness", tmp_path / "plain", *files)
    refuse("pen strokes", "strangeness", saved, "--strokes", signs, "--signs", signs, "--fonts", tmp_path)


def test_shipped_models_are_listed(run: Run, saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inference_module, "SHIPPED", saved.parent)
    for name in ("conv", "blog"):
        (saved.parent / f"{name}.safetensors").write_bytes(saved.read_bytes())
    assert run("models") == (0, "blog\nconv\n", "")


def test_package_is_a_command() -> None:
    result = subprocess.run(
        [sys.executable, "-m", "vae_core", "generate", "nobody", "--out", "a.png"],
        cwd=TESTS.parent,
        capture_output=True,
        text=True,
    )
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.startswith("error: no model 'nobody'") and result.stderr.count("\n") == 1
