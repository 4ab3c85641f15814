"""Two processes on one machine train one model, and stop and go on as one."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from tiny import TESTS

from vae_core import __main__ as command_line
from vae_core.checkpoint import load_weights, read_checkpoint
from vae_core.data import Digits
from vae_core.training import command as train_command

LIMIT = 900  # seconds for two processes to start, train and end
SMALL = [f"--set={name}" for name in ("width=8", "depth=1", "latent_dim=2", "classifier_width=8", "batch_size=80")]


def start(*arguments: str, stop: int = 0, signal: str = "SIGINT") -> subprocess.CompletedProcess[str]:
    """Train in two processes; the first of them gets a signal after `stop` steps, if any, or sends torchrun one."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = ["--master-addr=127.0.0.1", f"--master-port={probe.getsockname()[1]}"]
    small_run = [str(TESTS / "small_run.py"), signal, str(stop), "train", *arguments]
    program = ["-m", "torch.distributed.run", "--nproc-per-node=2", *address, *small_run]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "GLOO_SOCKET_IFNAME": "lo"}
    return subprocess.run(
        [sys.executable, *program], env=environment, capture_output=True, text=True, timeout=LIMIT, check=False
    )


def history(path: Path) -> list[dict[str, float]]:
    return load_weights(path)[2]["history"]


@pytest.fixture
def one_process(mnist_sample: Digits, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command line in this process takes the sample for MNIST, as the others do."""
    monkeypatch.setattr(train_command, "load_mnist", lambda root, train: mnist_sample)


@pytest.fixture
def conv(tmp_path: Path) -> list[str]:
    return ["conv", "--epochs", "2", "--device", "cpu", *SMALL, "--log-dir", str(tmp_path / "logs")]


def test_two_processes_reach_the_loss_of_one(tmp_path: Path, one_process: None) -> None:
    """The published recipe has no batch statistics, so that two halves of a batch teach what the whole does; only
    the noise of the codes differs, by less than a hundredth of the loss."""
    arguments = ["blog", "--epochs", "3", "--device", "cpu", "--set=batch_size=40", "--out"]
    assert command_line.main(["train", *arguments, str(tmp_path / "one")]) == 0
    ended = start(*arguments, str(tmp_path / "two"))
    assert ended.returncode == 0, ended.stderr
    for one, two in zip(history(tmp_path / "one"), history(tmp_path / "two"), strict=True):
        assert two["loss"] == pytest.approx(one["loss"], rel=0.01)
        assert two["test_elbo"] == pytest.approx(one["test_elbo"], rel=0.01)
    a, b = (load_weights(tmp_path / name)[0].state_dict() for name in ("one", "two"))
    distance = sum((a[key] - b[key]).square().sum() for key in a).sqrt()
    size = sum(value.square().sum() for value in a.values()).sqrt()
    assert 0 < distance / size < 0.05


def test_two_processes_stop_together_and_go_on_as_if_they_had_not(
    tmp_path: Path, conv: list[str], one_process: None, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ctrl-C reaches one of them alone, in the second epoch."""
    whole = start(*conv, "--out", str(tmp_path / "whole"))
    assert whole.returncode == 0, whole.stderr
    assert whole.stdout.count("epoch 1/2") == whole.stdout.count("epoch 2/2") == 1  # one of the two speaks
    lines = (tmp_path / "logs" / "metrics.jsonl").read_text().splitlines()
    assert [json.loads(line)["epoch"] for line in lines] == [1, 2]

    stopped = start(*conv, "--out", str(tmp_path / "broken"), stop=7)
    assert stopped.returncode != 0
    assert stopped.stderr.count("the same command with --resume goes on") == 1
    resumed = start(*conv, "--resume", "--out", str(tmp_path / "broken"))
    assert resumed.returncode == 0, resumed.stderr
    a, b = (load_weights(tmp_path / name)[0].state_dict() for name in ("whole", "broken"))
    assert all(torch.equal(a[key], b[key]) for key in a)
    assert history(tmp_path / "whole")[1]["loss"] == pytest.approx(history(tmp_path / "broken")[1]["loss"], rel=1e-5)
    assert command_line.main(["train", *conv, "--resume", "--out", str(tmp_path / "broken")]) == 1
    assert "processes was 2, not 1" in capsys.readouterr().err


@pytest.mark.skipif(os.name != "posix", reason="no such signals here")
def test_torchrun_that_is_told_to_end_leaves_the_epoch_in_training_saved(tmp_path: Path, conv: list[str]) -> None:
    """A machine that is shut down tells torchrun, which tells the processes."""
    conv[2] = "500"
    ended = start(*conv, "--out", str(tmp_path / "model"), stop=7, signal="parent SIGTERM")
    assert ended.returncode != 0
    assert ended.stderr.count("the same command with --resume goes on") == 1, ended.stderr
    header = read_checkpoint(tmp_path / "model.state.safetensors").header
    assert 5 * header["epoch"] + header["step"] >= 7
