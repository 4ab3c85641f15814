"""What surrounds the app never stops it: real starts of app.py where everything around it is hostile, and what each of
them leaves behind."""

import contextlib
import http.server
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from gradio_client import Client
from tiny import TESTS

from demo.command import main
from demo.door.models import Models
from demo.door.surroundings import PAST_PROXIES, TEMPORARY, environment, own_folder
from demo.tabs.train.closed import Closed
from demo.tabs.train.run import Run
from demo.tabs.train.settings import of_preset
from vae_core.data import MNIST_FILES
from vae_core.training.run_log import STOP

PATIENCE = 300  # seconds, on a busy machine
DIRECT = httpx.Client(trust_env=False, timeout=PATIENCE)
JSON = {"Content-Type": "application/json"}
NOWHERE = "/proc/none"  # where nobody, not even root, makes a folder
TOKEN = "m" * 32


class Refusing(http.server.BaseHTTPRequestHandler):
    """A proxy that lets nothing through."""

    asked: list[str]

    def answer(self) -> None:
        self.asked.append(self.requestline)
        self.send_error(403)

    do_GET = do_HEAD = do_POST = do_CONNECT = answer

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def proxy() -> Iterator[tuple[str, list[str]]]:
    """Its address, and what it was asked."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Refusing) as server:
        Refusing.asked = []
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", Refusing.asked
        server.shutdown()


class App:
    """app.py as a process of its own; `output` is all that it says."""

    def __init__(self, folder: Path, *options: str, host: str = "127.0.0.1", script: str = "app.py", **variables: str):
        self.output = folder / "output.txt"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.address = f"http://{f'[{host}]' if ':' in host else host}:{port}/"
        with self.output.open("wb") as file:
            self.process = subprocess.Popen(
                [sys.executable, script, "--host", host, "--port", str(port), *options],
                cwd=TESTS.parent,
                env={**os.environ, "OMP_NUM_THREADS": "1", **variables},
                stdout=file,
                stderr=subprocess.STDOUT,
            )

    def said(self) -> str:
        return self.output.read_text(encoding="utf-8")

    def wait_until_it_answers(self) -> None:
        def answers() -> bool:
            assert self.process.poll() is None, self.said()
            with contextlib.suppress(httpx.TransportError):
                return DIRECT.get(f"{self.address}live/catalog").status_code == 200
            return False

        wait(answers)

    def ask(self, name: str, question: str = "{}") -> dict:
        return DIRECT.post(f"{self.address}live/{name}", content=question, headers=JSON).json()


@contextlib.contextmanager
def serve(folder: Path, *options: str, host: str = "127.0.0.1", script: str = "app.py", **variables: str):
    app = App(folder, *options, host=host, script=script, **variables)
    try:
        app.wait_until_it_answers()
        yield app
    finally:
        app.process.kill()
        app.process.wait()


def wait(until) -> None:
    deadline = time.monotonic() + PATIENCE
    while not until():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory, proxy: tuple[str, list[str]]) -> Iterator[App]:
    """An app for which nothing around it is right: proxies of three kinds, no home, no caches, a temporary folder where
    Gradio's own is no folder, a file in the place of its runs, a checkpoint cut short; and it listens by IPv6."""
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "tmp").mkdir()
    for name in ("runs", "tmp/gradio", "cut.safetensors"):
        (folder / name).write_bytes(b"x" * 100)
    variables = dict.fromkeys(("HOME", "HF_HOME", "XDG_CACHE_HOME", "MPLCONFIGDIR", "TORCH_HOME", TEMPORARY), NOWHERE)
    variables |= {"http_proxy": proxy[0], "HTTPS_PROXY": "nonsense://proxy", "ALL_PROXY": "socks5h://127.0.0.1:9"}
    variables |= {"no_proxy": "example.org", "TMPDIR": str(folder / "tmp")}
    with serve(
        folder, "--runs", str(folder / "runs"), "--model", str(folder / "cut.safetensors"), host="::1", **variables
    ) as app:
        yield app


def test_it_answers_and_tells_each_trouble_in_a_sentence_of_one_line(hostile: App) -> None:
    assert hostile.ask("read", '{"strokes": [[[0, 0], [0, 100]]]}')["digit"] in range(10)
    lines = hostile.said().splitlines()
    assert "Traceback" not in hostile.said()
    for words in ("runs cannot be written", "cut is left out", "conv comes first", f"{TEMPORARY}={NOWHERE}", "Running"):
        assert sum(words in line for line in lines) == 1, lines
    assert len(lines) == 5


def test_what_cannot_be_written_costs_the_training_only_and_the_page_is_told_why(hostile: App) -> None:
    assert "Train" in DIRECT.get(hostile.address).text
    for name in ("training", "start_training", "fetch_digits"):
        error = hostile.ask(name)["error"]
        assert error.startswith("Nothing can be trained or brought here: ") and error.endswith(".")
    file = {"Content-Type": "application/octet-stream"}
    brought = DIRECT.post(f"{hostile.address}live/checkpoint", content=b"x", headers=file).json()
    assert brought["error"].startswith("Nothing can be trained or brought here")


def test_endpoints_and_uploads_have_a_private_folder(hostile: App, tmp_path: Path) -> None:
    (folder,) = hostile.output.parent.glob("tmp/vae-demo-*")
    assert folder.stat().st_mode & 0o777 == 0o700
    client = Client(hostile.address, verbose=False, download_files=False, httpx_kwargs={"trust_env": False})
    _, sheet = client.predict(digit=7, style=[0] * 16, api_name="/generate")
    assert Path(sheet["path"]).is_relative_to(folder)
    sent = DIRECT.post(f"{hostile.address}gradio_api/upload", files={"files": ("a.png", b"x" * 3_000_000)})
    assert Path(sent.json()[0]).is_relative_to(folder)


def test_the_app_asks_itself_nothing_through_a_proxy(hostile: App, proxy: tuple[str, list[str]]) -> None:
    """A tool's call by MCP is one that the app puts to itself."""
    call = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "tools/call",
        "params": {"name": "generate", "arguments": {"digit": 3}},
    }
    headers = {"Accept": "application/json, text/event-stream"}
    answer = DIRECT.post(f"{hostile.address}gradio_api/mcp/", json=call, headers=headers)
    assert "image/png" in answer.text and '"isError":true' not in answer.text, answer.text
    assert proxy[1] == []


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="no such signal here")
def test_a_terminal_that_closes_ends_it_in_order_and_its_folder_goes(hostile: App) -> None:
    """The last of these tests: it ends their app."""
    hostile.process.send_signal(signal.SIGHUP)
    assert hostile.process.wait(PATIENCE) == 128 + signal.SIGTERM
    assert not list(hostile.output.parent.glob("tmp/vae-demo-*"))
    assert "Traceback" not in hostile.said()


@pytest.mark.parametrize("name", ["http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy", "https_proxy"])
@pytest.mark.parametrize(
    "value", ["", "socks5://127.0.0.1:9", "socks4://127.0.0.1:9", "nonsense", "://", "127.0.0.1:9"]
)
def test_no_proxy_of_any_kind_is_asked(
    monkeypatch: pytest.MonkeyPatch, proxy: tuple[str, list[str]], name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    monkeypatch.setenv("no_proxy", "example.org")
    monkeypatch.setenv("NO_PROXY", "example.org")
    with environment(**PAST_PROXIES) as found:
        with httpx.Client() as client:
            assert client.get(proxy[0]).status_code == 403  # asked itself, not for another
        with pytest.raises(urllib.error.HTTPError, match="403"):
            urllib.request.urlopen(proxy[0])
    assert (found["no_proxy"], os.environ["no_proxy"]) == ("example.org", "example.org")
    assert all(asked == "GET / HTTP/1.1" for asked in proxy[1])
    proxy[1].clear()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--host", "none.such.invalid"], "cannot listen at none.such.invalid, port "),
        (["--host", "http://localhost"], "cannot listen at http://localhost, port "),
        (["--host", "x" * 70], "cannot listen at x"),
        (["--host", "8.8.8.8"], "cannot listen at 8.8.8.8, port "),
        (["--port", "99999"], "cannot listen at port 99999: expected 0 to 65535"),
        (["--port", "TAKEN"], "Address already in use"),
    ],
)
def test_where_it_cannot_listen_it_ends_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, options: list[str], words: str
) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")  # put back as it was afterwards
    with socket.create_server(("127.0.0.1", 0)) as taken:
        options = [str(taken.getsockname()[1]) if option == "TAKEN" else option for option in options]
        monkeypatch.setattr(sys, "argv", ["app.py", "--no-training", *options])
        with pytest.raises(SystemExit) as ended:
            main()
    said = str(ended.value)
    assert said.startswith("app.py: ") and words in said and "\n" not in said


# The folder of its own.


def test_a_folder_that_was_chosen_is_used_as_it_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(TEMPORARY, str(tmp_path / "chosen"))
    with own_folder():
        assert os.environ[TEMPORARY] == str(tmp_path / "chosen")
    assert (tmp_path / "chosen").is_dir()


def test_without_any_folder_for_temporary_files_it_still_starts(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv(TEMPORARY, raising=False)
    monkeypatch.setattr(tempfile, "tempdir", NOWHERE)
    with own_folder():
        assert os.environ[TEMPORARY] == os.devnull
    assert capsys.readouterr().err.startswith("There is no folder for temporary files")


def test_models_in_a_folder_that_cannot_be_written_can_be_chosen(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "mine.safetensors").write_bytes(b"x")
    closed = Closed(tmp_path, OSError(30, "Read-only file system"))
    assert "mine" in Models("conv", closed.shelves).names()
    assert closed.told.count(str(tmp_path)) == 1
    for question in closed.questions():
        with pytest.raises(ValueError, match="folder for it cannot be written") as raised:
            question({})
        assert str(tmp_path) not in str(raised.value)


@pytest.mark.parametrize("place", ["runs", "runs/demo", "runs/models"])
def test_a_file_in_a_folders_place_is_told_at_once(tmp_path: Path, place: str) -> None:
    (tmp_path / place).parent.mkdir(exist_ok=True)
    (tmp_path / place).touch()
    for runs in (tmp_path / "runs", Path(NOWHERE)):
        with pytest.raises(OSError, match="runs|none"):
            Run(runs, tmp_path / "data")


@pytest.mark.skipif(os.name == "posix" and os.getuid() == 0, reason="root writes everywhere")
def test_a_folder_that_only_others_write_is_told_at_once(tmp_path: Path) -> None:
    Run(tmp_path / "runs", tmp_path / "data")
    (tmp_path / "runs" / "models").chmod(0o500)
    with pytest.raises(PermissionError):
        Run(tmp_path / "runs", tmp_path / "data")


# What it started ends with it.


def test_an_app_that_is_told_to_end_ends_its_training_which_is_saved_and_goes_on(tmp_path: Path) -> None:
    raw = tmp_path / "data" / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for name in MNIST_FILES:
        (raw / name).touch()
    options = ("--data", str(tmp_path / "data"), "--runs", str(tmp_path / "runs"))
    with serve(tmp_path, *options, script="tests/browser/small_app.py") as app:
        page = DIRECT.get(app.address).text
        given = page.split("app-token", 1)[1].split("content=", 1)[1].strip('\\"')[:32]
        settings = vars(replace(of_preset("conv"), epochs=200, width=4))
        asked = {"token": TOKEN, "settings": settings}
        started = DIRECT.post(f"{app.address}live/start_training", json=asked, headers={"X-App-Token": given})
        assert started.json() == {}, started.text
        run = Run(tmp_path / "runs", tmp_path / "data")
        wait(lambda: run.live().get("step"))
        app.process.send_signal(signal.SIGTERM)
        assert app.process.wait(PATIENCE) == 128 + signal.SIGTERM
        assert (run.state(), run.reserved() > 0) == ("stopped", True)
        assert (run.folder / "state.safetensors").exists() and not (run.folder / STOP).exists()
        assert "Traceback" not in app.said()
