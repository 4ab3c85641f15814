"""Two real app processes behind a real HAProxy, as `make cluster` starts them, for the tests of them."""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import psutil
from tiny import TESTS

from deploy.cluster import HERE, free_ports
from vae_core.data import MNIST_FILES

PATIENCE = 300  # seconds, on a busy machine


class Cluster:
    """The command as a process of its own; `output` is all that it and its processes say."""

    def __init__(self, folder: Path, **environment: str) -> None:
        (port,) = free_ports(1)
        self.address, self.output = f"http://{HERE}:{port}", folder / "output.txt"
        raw = folder / "data" / "MNIST" / "raw"
        raw.mkdir(parents=True)
        for name in MNIST_FILES:
            (raw / name).touch()
        options = ["--port", str(port), "--runs", str(folder / "runs"), "--data", str(folder / "data")]
        with self.output.open("wb") as file:
            self.process = subprocess.Popen(
                [sys.executable, str(TESTS / "deploy" / "small_cluster.py"), *options],
                cwd=TESTS.parent,
                env=os.environ | environment,
                stdout=file,
                stderr=subprocess.STDOUT,
            )
        self.client = httpx.Client(
            base_url=self.address, trust_env=False, timeout=PATIENCE, limits=httpx.Limits(max_keepalive_connections=0)
        )

    def said(self, words: str) -> int:
        return self.output.read_text(encoding="utf-8").count(words)

    def children(self, word: str) -> list[psutil.Process]:
        own = psutil.Process(self.process.pid).children()
        return [child for child in own if any(word in part for part in command_of(child))]

    def apps(self) -> list[psutil.Process]:
        return self.children("small_app.py")

    def ask(self, name: str, question: object = None, **headers: str) -> httpx.Response:
        """Of whichever process: no cookie is kept."""
        self.client.cookies.clear()
        return self.client.post(f"/live/{name}", json={} if question is None else question, headers=headers)

    def get(self, path: str, **headers: str) -> httpx.Response:
        self.client.cookies.clear()
        return self.client.get(path, headers=headers)


def command_of(process: psutil.Process) -> list[str]:
    """Empty where it has ended."""
    with contextlib.suppress(psutil.Error):
        return process.cmdline()
    return []


@contextlib.contextmanager
def running(folder: Path, **environment: str) -> Iterator[Cluster]:
    """One that answers; it ends with the block."""
    made = Cluster(folder, **environment)
    try:
        wait(lambda: made.said("Running at") or made.process.poll() is not None)
        assert made.process.poll() is None, made.output.read_text()
        yield made
    finally:
        made.process.terminate()
        made.process.wait(PATIENCE)


def wait(until: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not until():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)
