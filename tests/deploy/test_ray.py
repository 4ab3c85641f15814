"""The app on Ray Serve: deploy/serve.yaml as it is but for its port, on this machine alone, with a token."""

import contextlib
import importlib.util
import json
import sys
import time
from collections.abc import Callable, Iterator

import httpx
import psutil
import pytest

from deploy.local_ray import Serving, serving

MISSING = "These tests need Ray: pip install -r requirements-dev.txt"
PATIENCE = 600  # seconds, on a busy machine
STARTS = 3  # Ray gives its own parts thirty seconds to begin, which a busy machine may need more than once
DECODE = {"style": [0.3] * 16, "digit": 3, "model": "conv"}
# What two replicas ask for, however little this machine has, or all else on it leaves.
ROOM = {"CPU": 2, "memory": 2_000_000_000, "object_store_memory": 100_000_000}
UNDISTURBED = {"RAY_OVERRIDE_RESOURCES": json.dumps(ROOM), "RAY_memory_monitor_refresh_ms": "0"}


@pytest.fixture(scope="module")
def ray(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    if importlib.util.find_spec("ray") is None:
        pytest.fail(MISSING)
    said = tmp_path_factory.mktemp("ray") / "output.txt"
    for _ in range(STARTS):
        with said.open("wb") as file, serving(sys.executable, file.fileno(), **UNDISTURBED) as begun:
            if is_ready(begun):
                yield begun
                return
    pytest.fail(f"serve run ended {STARTS} times; the last time it said:\n{said.read_text(errors='replace')[-4000:]}")


@pytest.fixture(scope="module")
def client(ray: Serving) -> Iterator[httpx.Client]:
    limits = httpx.Limits(max_keepalive_connections=0)
    with httpx.Client(base_url=ray.address, trust_env=False, timeout=60, limits=limits) as client:
        yield client


def is_ready(ray: Serving) -> bool:
    """Once it answers; False where it ended instead."""

    def is_answered() -> bool:
        with contextlib.suppress(httpx.TransportError):
            return httpx.get(f"{ray.address}/live/catalog", trust_env=False, timeout=30).status_code == 200
        return False

    wait(lambda: ray.process.poll() is not None or is_answered())
    return ray.process.poll() is None


def wait(until: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not until():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.2)


def command_of(process: psutil.Process) -> str:
    """Empty where it has ended meanwhile."""
    with contextlib.suppress(psutil.Error):
        return " ".join(process.cmdline())
    return ""


def replicas_of(ray: Serving) -> set[int]:
    return {process.pid for process in ray.processes() if "ServeReplica" in command_of(process)}


def test_pages_and_live_questions_are_answered_and_no_file_of_the_machine_is(client: httpx.Client) -> None:
    """The last shows that the app began as it does by itself: Gradio's own integration leaves that open."""
    page = client.get("/")
    assert page.status_code == 200 and "app-version" in page.text and "frame-ancestors" in str(page.headers)
    assert all("pictures" in client.post("/live/decode", json=DECODE).json() for _ in range(10))
    posted = {"data": [None, {"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}}]}
    assert "root:" not in client.post("/gradio_api/run/read", json=posted).text
    assert client.get("/gradio_api/file=/etc/passwd").status_code in (403, 404)
    assert client.get("/live/catalog", headers={"Host": "evil.example"}).status_code == 421


def test_what_steers_ray_listens_on_this_machine_alone(ray: Serving) -> None:
    """Beyond it only those do that answer what everybody may ask: replicas, and HAProxy's statistics."""
    door, listening = int(ray.address.rpartition(":")[2]), 0
    for process in ray.processes():
        answers = any(word in command_of(process) for word in ("ServeReplica", "haproxy"))
        with contextlib.suppress(psutil.NoSuchProcess):
            for connection in process.net_connections("tcp"):
                if connection.status == psutil.CONN_LISTEN and (not answers or connection.laddr.port == door):
                    listening += 1
                    assert connection.laddr.ip in ("127.0.0.1", "::1", "::ffff:127.0.0.1"), command_of(process)
    assert listening > 1


def test_a_replica_that_is_killed_is_made_anew(ray: Serving, client: httpx.Client) -> None:
    wait(lambda: len(replicas_of(ray)) >= 2)
    before = replicas_of(ray)
    killed = psutil.Process(min(before))
    killed.kill()
    answered = 0

    def again() -> bool:
        nonlocal answered
        with contextlib.suppress(httpx.TransportError):
            answered += client.post("/live/decode", json=DECODE).status_code == 200
        return answered >= 10 and len(replicas_of(ray) - before) >= 1

    wait(again)


def test_when_it_was_killed_nothing_that_it_started_lives_on(ray: Serving) -> None:
    """The last of these tests: it ends their Ray."""
    own = [process for process in ray.processes() if process.pid != ray.process.pid]
    assert own
    ray.process.kill()
    ray.end()
    assert not [process for process in own if process.is_running() and process.status() != psutil.STATUS_ZOMBIE]
