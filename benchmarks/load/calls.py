"""What a way adds to one live call, and how long whole pages take."""

import http.client
import json
import re
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import numpy as np

QUESTION = json.dumps({"style": [0.3] * 16, "digit": 3, "model": "conv"})
BATCH = 50  # calls one way before the other way has its turn
FILES = re.compile(r'(?:src|href)="\.?/?((?:assets|files)/[^"]+)"')
VISITORS = 64  # at once, at most


def added(direct: str, through: str, batches: int) -> tuple[float, float]:
    """p50 of a call in ms: straight to a process, and another way, in turn."""
    times: dict[str, list[float]] = {direct: [], through: []}
    connections = {address: connection(address) for address in times}
    for batch in range(batches + 1):
        for address, own in times.items():
            own += [call(connections[address]) for _ in range(BATCH)] if batch else []  # the first warms up
            if not batch:
                call(connections[address])
    first, second = (float(np.median(own)) for own in times.values())
    return first, second


def connection(address: str) -> http.client.HTTPConnection:
    place = urlsplit(address)
    return http.client.HTTPConnection(place.hostname or "", place.port, timeout=60)


def call(connected: http.client.HTTPConnection) -> float:
    """Milliseconds; raises RuntimeError for anything but an answer."""
    begun = time.perf_counter()
    connected.request("POST", "/live/decode", QUESTION, {"Content-Type": "application/json"})
    answer = connected.getresponse()
    told = answer.read()
    if answer.status != 200 or b'"pictures"' not in told:
        raise RuntimeError(f"a call was answered {answer.status}: {told[:200]!r}")
    return 1000 * (time.perf_counter() - begun)


def page_loads(address: str, a_minute: float, seconds: float) -> tuple[float, int]:
    """p95 in seconds of whole pages, the document and every file it names, that begin on a schedule; and how many
    failed. Each is timed from when it was due."""
    count = round(a_minute * seconds / 60)
    begun = time.perf_counter() + 0.1

    def visit(k: int) -> float:
        due = begun + k * 60 / a_minute
        time.sleep(max(0.0, due - time.perf_counter()))
        try:
            load(address)
        except (OSError, http.client.HTTPException, RuntimeError):
            return float("inf")
        return time.perf_counter() - due

    with ThreadPoolExecutor(VISITORS) as visitors:
        took = np.array(list(visitors.map(visit, range(count))))
    return float(np.percentile(took, 95)), int(np.isinf(took).sum())


def load(address: str) -> None:
    connected = connection(address)
    page = fetch(connected, "/").decode()
    for name in dict.fromkeys(FILES.findall(page)):
        fetch(connected, f"/{name}")
    connected.close()


def fetch(connected: http.client.HTTPConnection, path: str) -> bytes:
    connected.request("GET", path, headers={"Accept-Encoding": "br"})
    answer = connected.getresponse()
    content = answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{path} was answered {answer.status}")
    return content
