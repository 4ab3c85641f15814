"""What is asked: one app process, several behind HAProxy, or Ray Serve, each started here and ended afterwards."""

import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import psutil

from deploy.cluster import HERE, READY, free_ports, running
from deploy.local_ray import serving

ROOT = Path(__file__).resolve().parents[2]
START_LIMIT = 300.0  # seconds
# Nobody who is measured is to be refused for asking from one address.
ANY_RATE = ("--rate", "0")
LIMITS = {"ADDRESS_LIMIT": "1000000", "CONNECTIONS": "100000"}


@dataclass(frozen=True)
class Running:
    """Its address, without a slash at the end, and its processes, HAProxy's or Ray's own included."""

    address: str
    processes: Callable[[], list[psutil.Process]]
    direct: str = ""  # the address of a process behind it, where that can be asked itself

    def memory(self) -> int:
        """Bytes that its processes have to themselves."""
        total = 0
        for process in self.processes():
            with suppress(psutil.Error):
                total += process.memory_full_info().uss
        return total


@contextmanager
def one_process() -> Iterator[Running]:
    (port,) = free_ports(1)
    with tempfile.TemporaryDirectory() as folder:
        command = [
            sys.executable,
            "app.py",
            "--port",
            str(port),
            "--runs",
            f"{folder}/runs",
            "--data",
            f"{folder}/data",
            *ANY_RATE,
        ]
        with started(command, f"http://{HERE}:{port}", dict(os.environ)) as place:
            yield replace(place, direct=place.address)


@contextmanager
def behind_haproxy(count: int) -> Iterator[Running]:
    (port,) = free_ports(1)
    with tempfile.TemporaryDirectory() as folder:
        arguments = ["--runs", f"{folder}/runs", "--data", f"{folder}/data", *ANY_RATE]
        with running(f"{HERE}:{port}", count, arguments, **LIMITS) as cluster:
            own = [*cluster.apps, cluster.haproxy]
            direct = f"http://{HERE}:{cluster.ports[0]}"
            yield Running(f"http://{HERE}:{port}", lambda: family([child.process.pid for child in own]), direct)


@contextmanager
def on_ray(python: str) -> Iterator[Running]:
    """Ray Serve as deploy/serve.yaml has it, by a Python that has Ray."""
    with serving(python) as ray:
        wait_for(ray.address + READY, ray.process)
        yield Running(ray.address, ray.processes)


@contextmanager
def started(command: list[str], address: str, environment: dict[str, str]) -> Iterator[Running]:
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    try:
        wait_for(address + READY, process)
        yield Running(address, lambda: family([process.pid]))
    finally:
        process.terminate()
        process.wait(timeout=90)


def wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_LIMIT
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"what is measured ended with {process.returncode} before it answered")
        with suppress(urllib.error.URLError, OSError), direct.open(address, timeout=5):
            return
        time.sleep(0.1)
    raise RuntimeError(f"what is measured did not answer within {START_LIMIT:g} s")


def family(pids: list[int]) -> list[psutil.Process]:
    """Processes and all that they started."""
    found: list[psutil.Process] = []
    for pid in pids:
        with suppress(psutil.Error):
            process = psutil.Process(pid)
            found += [process, *process.children(recursive=True)]
    return found


Place = Callable[[], AbstractContextManager[Running]]


def places(ray: str | None) -> dict[str, Place]:
    """By name; Ray Serve where a Python that has it is given."""
    found: dict[str, Place] = {
        "one process": one_process,
        "one behind HAProxy": partial(behind_haproxy, 1),
        "two behind HAProxy": partial(behind_haproxy, 2),
    }
    return found | ({"Ray Serve": partial(on_ray, ray)} if ray else {})
