"""Two real app processes behind a real HAProxy, as `make cluster` starts them, on good days and bad ones."""

import contextlib
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import psutil
import pytest
from behind_haproxy import PATIENCE, Cluster, command_of, running, wait
from gradio_client import Client
from tiny import TESTS

from demo.tabs.train.settings import of_preset
from deploy.cluster import HERE
from deploy.haproxy import executable
from vae_core.checkpoint import save_model
from vae_core.model import ConditionalVAE

pytestmark = pytest.mark.skipif(executable() is None, reason="HAProxy is not installed here: apt-get install haproxy")
JSON = {"Content-Type": "application/json"}
DECODE = '{"style": [0.3, 0.1], "digit": 3, "model": "plane"}'
MINE = "m" * 32


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with running(tmp_path_factory.mktemp("cluster")) as made:
        yield made


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
