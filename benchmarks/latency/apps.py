"""The three apps that are compared, and how one is started and stopped."""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
START_LIMIT = 300  # seconds
POLL = 0.05  # seconds


@dataclass(frozen=True)
class App:
    name: str
    command: tuple[str, ...]  # of Python, the port follows
    usable: str  # selector of what must be in its page
    root: Path = ROOT  # the checkout it is in
    query: str = ""  # of the page's address


PAD = "#pad canvas[data-revision]"
OURS = App("this app", ("app.py",), PAD, query="?runtime=server")
BROWSER = App("in the browser", ("app.py",), PAD, query="?runtime=browser")
USUAL = App("usual idiom", ("-m", "benchmarks.latency.usual_idiom"), "#pad canvas")
BARE = App("bare Gradio", ("-m", "benchmarks.latency.bare_app"), "#text p")


@contextmanager
def serve(app: App) -> Iterator[str]:
    """Start an app on a free port; gives its address as soon as it answers, and ends it afterwards."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, *app.command, "--port", str(port)]
    environment = os.environ | {"GRADIO_ANALYTICS_ENABLED": "False"}
    process = subprocess.Popen(command, cwd=app.root, env=environment, stdout=subprocess.DEVNULL)
    try:
        address = f"http://127.0.0.1:{port}/"
        wait_for(address, process)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=30)


def wait_for(address: str, process: subprocess.Popen) -> None:
    began = time.monotonic()
    while time.monotonic() < began + START_LIMIT:
        if process.poll() is not None:
            raise RuntimeError(f"an app ended with exit code {process.returncode} before it answered")
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except (urllib.error.URLError, OSError):
            time.sleep(POLL)
    raise RuntimeError(f"an app did not answer within {START_LIMIT} s")


@contextmanager
def beside_training(data: str) -> Iterator[None]:
    """A training as the app starts it, under way all the while."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "vae_core", "train", "conv", "--data", os.path.abspath(data)]
        command += ["--out", f"{folder}/model.safetensors", "--log-dir", folder, "--background", "--threads", "1"]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
        try:
            while not Path(folder, "live.json").exists():
                if process.poll() is not None:
                    raise RuntimeError(f"the training ended with exit code {process.returncode} before it began")
                time.sleep(POLL)
            yield
        finally:
            process.kill()  # nothing of it is kept
            process.wait()
