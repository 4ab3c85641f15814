"""What the load benchmark counts: real people by locust at servers whose slowness is known."""

import http.server
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest

from benchmarks.load.figures import DRAWS, LOOKS, SLIDES, Figures, most_served, served

SECONDS = 2.0


@contextmanager
def server(seconds: float = 0.0, status: int = 200) -> Iterator[str]:
    """One that takes so long over each question, whatever else it does."""

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            time.sleep(seconds)
            body = json.dumps({}).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET

        def log_message(self, format: str, *args: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as made:
        made.daemon_threads = True
        threading.Thread(target=made.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{made.server_port}"
        made.shutdown()


def test_a_slow_server_hides_no_move_and_each_waits_from_when_it_was_due() -> None:
    with server(seconds=0.5) as address:
        run = served(address, people=3, seconds=SECONDS, warm=1.0)
    assert len(run.waited) == pytest.approx(SECONDS * (DRAWS + SLIDES + LOOKS), abs=3)
    assert run.errors == 0 and run.waited.min() >= 0.5
    # The newest waits for the answer before it: on the mean by half of that beside its own.
    assert run.percentile(50) >= 0.7 and not run.is_served


def test_refusals_and_errors_are_told_apart() -> None:
    with server(status=503) as address:
        refused = served(address, people=3, seconds=1.0, warm=0.5)
    with server(status=500) as address:
        failed = served(address, people=3, seconds=1.0, warm=0.5)
    assert len(refused.refused) and not refused.errors
    assert failed.errors and not len(failed.refused)


def figures(waited: list[float], due: list[float] | None = None, errors: int = 0, people: int = 3) -> Figures:
    times = np.array(due if due is not None else np.linspace(0, 10, len(waited), endpoint=False))
    return Figures(people, 10.0, 0.1, times, np.array(waited), np.array([]), errors)


def test_served_are_the_most_before_the_first_who_were_not() -> None:
    well, badly = [0.01] * 100, [0.01] * 90 + [0.3] * 10
    runs = [figures(well, people=10), figures(well, people=20), figures(badly, people=30), figures(well, people=40)]
    assert most_served(runs) == 20
    assert not figures(well, errors=1).is_served
    assert most_served([figures(badly)]) == 0


@pytest.mark.parametrize(
    ("slow", "after"), [([], 0.0), ([0.5], 1.0), ([0.5, 3.2], 4.0), ([9.5], float("inf"))], ids=str
)
def test_normal_is_after_the_last_second_that_was_not(slow: list[float], after: float) -> None:
    due = np.arange(0, 10, 0.1)
    waited = [1.0 if int(moment) in map(int, slow) else 0.01 for moment in due]
    assert figures(waited, list(due)).normal_after() == after
