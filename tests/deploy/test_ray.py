"""The app on Ray Serve, where Ray is installed: deploy/serve.yaml as it is, on this machine alone, with a token."""

import contextlib
import importlib.util
import subprocess
import sys
import time
from collections.abc import Iterator

import httpx
import psutil
import pytest

from deploy.local_ray import ADDRESS, serving

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("ray") is None, reason="Ray is not installed here: pip install -r deploy/requirements.txt"
)
PATIENCE = 600  # seconds, on a busy machine
CLIENT = httpx.Client(base_url=ADDRESS, trust_env=False, timeout=30, limits=httpx.Limits(max_keepalive_connections=0))
DECODE = {"style": [0.3] * 16, "digit": 3, "model": "conv"}


@pytest.fixture(scope="module")
def ray() -> Iterator[subprocess.Popen[bytes]]:
    with serving(sys.executable) as process:
        wait(lambda: is_answered(process))
        yield process


def is_answered(process: subprocess.Popen[bytes]) -> bool:
    assert process.poll() is None, "serve run ended"
    try:
        return CLIENT.get("/live/catalog").status_code == 200
    except httpx.TransportError:
        return False


def wait(until) -> None:
    deadline = time.monotonic() + PATIENCE
    while not until():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.2)


def family(process: subprocess.Popen[bytes]) -> list[psutil.Process]:
    own = psutil.Process(process.pid)
    return [own, *own.children(recursive=True)]


def command_of(process: psutil.Process) -> str:
    """Empty where it has ended meanwhile."""
    with contextlib.suppress(psutil.Error):
        return " ".join(process.cmdline())
    return ""


def replicas_of(ray: subprocess.Popen[bytes]) -> set[int]:
    return {process.pid for process in family(ray) if "ServeReplica" in command_of(process)}


def test_pages_and_live_questions_are_answered_and_no_file_of_the_machine_is(ray: subprocess.Popen[bytes]) -> None:
    """The last shows that the app began as it does by itself: Gradio's own integration leaves that open."""
    page = CLIENT.get("/")
    assert page.status_code == 200 and "app-version" in page.text and "frame-ancestors" in str(page.headers)
    assert all("pictures" in CLIENT.post("/live/decode", json=DECODE).json() for _ in range(10))
    posted = {"data": [None, {"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}}]}
    assert "root:" not in CLIENT.post("/gradio_api/run/read", json=posted).text
    assert CLIENT.get("/gradio_api/file=/etc/passwd").status_code in (403, 404)
    assert CLIENT.get("/live/catalog", headers={"Host": "evil.example"}).status_code == 421


def test_what_steers_ray_listens_on_this_machine_alone(ray: subprocess.Popen[bytes]) -> None:
    """Beyond it only those do that answer what everybody may ask: replicas, and HAProxy's statistics."""
    for process in family(ray):
        answers = any(word in command_of(process) for word in ("ServeReplica", "haproxy"))
        for connection in process.net_connections("tcp"):
            if connection.status == psutil.CONN_LISTEN and (not answers or connection.laddr.port == 8000):
                assert connection.laddr.ip in ("127.0.0.1", "::1", "::ffff:127.0.0.1"), process.cmdline()


def test_a_replica_that_is_killed_is_made_anew(ray: subprocess.Popen[bytes]) -> None:
    before = replicas_of(ray)
    killed = psutil.Process(min(before))
    killed.kill()
    answered = 0

    def again() -> bool:
        nonlocal answered
        with contextlib.suppress(httpx.TransportError):
            answered += CLIENT.post("/live/decode", json=DECODE).status_code == 200
        now = replicas_of(ray) - {killed.pid}
        return answered >= 10 and len(now) >= len(before)

    wait(again)
