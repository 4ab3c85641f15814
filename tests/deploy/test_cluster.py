"""Two real app processes behind a real HAProxy, as `make cluster` starts them, on good days and bad ones."""

import contextlib
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import psutil
import pytest
from gradio_client import Client
from tiny import TESTS

from demo.tabs.train.settings import of_preset
from deploy.cluster import HERE, free_ports
from deploy.haproxy import executable
from vae_core.checkpoint import save_model
from vae_core.data import MNIST_FILES
from vae_core.model import ConditionalVAE

pytestmark = pytest.mark.skipif(executable() is None, reason="HAProxy is not installed here: apt-get install haproxy")
PATIENCE = 300  # seconds, on a busy machine
JSON = {"Content-Type": "application/json"}
DECODE = '{"style": [0.3, 0.1], "digit": 3, "model": "plane"}'
MINE = "m" * 32


class Cluster:
    """The command as a process of its own; `output` is all that it and its processes say."""

    def __init__(self, folder: Path) -> None:
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


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    made = Cluster(tmp_path_factory.mktemp("cluster"))
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


@contextlib.contextmanager
def people(cluster: Cluster) -> Iterator[list[int]]:
    """Live questions, one after another from each of two; gives what was answered so far, 0 where nothing came."""
    statuses: list[int] = []
    over = threading.Event()

    def ask() -> None:
        with httpx.Client(trust_env=False, timeout=PATIENCE) as client:
            while not over.is_set():
                try:
                    answer = client.post(f"{cluster.address}/live/decode", content=DECODE, headers=JSON)
                    statuses.append(answer.status_code if "pictures" in answer.text else -answer.status_code)
                except httpx.TransportError:
                    statuses.append(0)
                time.sleep(0.03)

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        wait(lambda: len(statuses) > 8)
        yield statuses
        after = len(statuses) + 8
        wait(lambda: len(statuses) > after)
    finally:
        over.set()
        for thread in threads:
            thread.join()


def token_of(cluster: Cluster) -> str:
    page = cluster.get("/").text
    return page.split("app-token", 1)[1].split("content=", 1)[1].strip('\\"')[:32]


def test_a_token_that_one_process_gave_is_good_in_every_other(cluster: Cluster) -> None:
    token, holders = token_of(cluster), set[str]()

    def both_were_asked() -> bool:
        answer = cluster.ask("stop_training", {"token": MINE}, **{"X-App-Token": token})
        assert answer.json() == {"error": "No training is running."}
        holders.add(answer.headers["Set-Cookie"].split(";")[0])
        return len(holders) == 2

    wait(both_were_asked)


def test_a_model_that_a_page_brings_is_there_in_every_process(
    cluster: Cluster, network: ConditionalVAE, tmp_path: Path
) -> None:
    save_model(tmp_path / "mine.safetensors", network, "mine", {})
    headers = {"X-App-Token": token_of(cluster), "X-Page-Token": MINE, "Content-Type": "application/octet-stream"}
    brought = cluster.client.post(
        "/live/checkpoint", content=(tmp_path / "mine.safetensors").read_bytes(), headers=headers
    ).json()
    for _ in range(8):
        assert brought["name"] in cluster.get("/live/catalog", **{"X-Page-Token": MINE}).json()["names"]
        asked = cluster.ask("decode", {"style": [0, 0], "digit": 1, "model": brought["name"]})
        assert "pictures" in asked.json(), asked.text


def test_a_program_calls_endpoints_and_gets_its_files(cluster: Cluster) -> None:
    client = Client(cluster.address, verbose=False, httpx_kwargs={"trust_env": False})
    for seed in range(3):
        _, sheet = client.predict(digit=7, seed=seed, count=2, api_name="/generate")
        assert Path(sheet).read_bytes().startswith(b"\x89PNG")


def test_a_training_is_seen_and_stopped_through_any_process(cluster: Cluster) -> None:
    settings = vars(replace(of_preset("conv"), epochs=200, width=4))
    token = {"X-App-Token": token_of(cluster)}
    assert cluster.ask("start_training", {"token": MINE, "settings": settings}, **token).json() == {}

    def seen() -> list[dict]:
        return [cluster.ask("training", {"token": MINE, "run": None, "have": 0}).json() for _ in range(6)]

    def states() -> set[str]:
        return {told["state"] for told in seen()}

    wait(lambda: states() == {"running"})
    assert len({told["run"] for told in seen()}) == 1
    assert cluster.ask("stop_training", {"token": MINE}, **token).json() == {}
    wait(lambda: states() == {"stopped"})


def test_a_process_that_is_killed_in_mid_request_costs_no_live_question_and_comes_back(cluster: Cluster) -> None:
    with people(cluster) as statuses:
        cluster.apps()[0].kill()
        wait(lambda: cluster.said("is started again") == 1 and len(cluster.apps()) == 2)
    assert set(statuses) == {200}


def test_a_process_that_is_stopped_costs_no_live_question(cluster: Cluster) -> None:
    wait(lambda: both_answer(cluster))
    stopped = cluster.apps()[0]
    with people(cluster) as statuses:
        stopped.suspend()
        asked = len(statuses) + 30
        wait(lambda: len(statuses) > asked)
        stopped.resume()
    assert set(statuses) == {200}


def both_answer(cluster: Cluster) -> bool:
    """Whether every process answers by itself, past HAProxy."""
    commands = [command for app in cluster.apps() if (command := command_of(app))]
    ports = [command[command.index("--port") + 1] for command in commands]
    with contextlib.suppress(httpx.TransportError):
        return len(ports) == 2 and all(
            httpx.get(f"http://{HERE}:{port}/live/catalog", trust_env=False, timeout=5).status_code == 200
            for port in ports
        )
    return False


def test_haproxy_may_be_given_its_configuration_anew_and_come_back_when_it_was_killed(cluster: Cluster) -> None:
    (haproxy,) = cluster.children("haproxy.cfg")
    with people(cluster) as statuses:
        workers = {worker.pid for worker in haproxy.children()}
        haproxy.send_signal(signal.SIGUSR2)
        wait(lambda: haproxy.children() and not workers & {worker.pid for worker in haproxy.children()})
    assert statuses.count(200) == len(statuses)
    for worker in haproxy.children():
        worker.kill()
    haproxy.kill()
    wait(lambda: cluster.said("HAProxy ended") == 1)
    wait(lambda: is_answered(cluster))


def is_answered(cluster: Cluster) -> bool:
    with contextlib.suppress(httpx.TransportError):
        return cluster.get("/").status_code == 200
    return False


def test_starting_one_process_after_another_anew_costs_no_live_question(cluster: Cluster) -> None:
    wait(lambda: both_answer(cluster))
    before = {app.pid for app in cluster.apps()}
    with people(cluster) as statuses:
        cluster.process.send_signal(signal.SIGUSR2)
        wait(lambda: cluster.said("was started anew") == 2)
    assert set(statuses) == {200}
    assert not before & {app.pid for app in cluster.apps()} and len(cluster.apps()) == 2


def test_told_to_end_it_ends_all_that_it_started(cluster: Cluster) -> None:
    """The last of these tests: it ends their cluster."""
    started = psutil.Process(cluster.process.pid).children(recursive=True)
    cluster.process.terminate()
    assert cluster.process.wait(PATIENCE) == 128 + signal.SIGTERM
    assert not [process for process in started if process.is_running()]
    assert "Traceback" not in cluster.output.read_text(encoding="utf-8")


def test_a_port_that_is_taken_ends_it_in_a_sentence(tmp_path: Path) -> None:
    with socket.create_server((HERE, 0)) as taken:
        port = str(taken.getsockname()[1])
        command = [sys.executable, "-m", "deploy.cluster", "--processes", "1", "--port", port, "--no-training"]
        ended = subprocess.run(command, cwd=TESTS.parent, capture_output=True, text=True, timeout=PATIENCE)
    assert ended.returncode == 1
    assert ended.stderr.splitlines()[-1].startswith("cluster: cannot listen at")
