"""How many live questions a second one process answers: python -m benchmarks.calls [--before CHECKOUT] [--seconds 5].

One app process, 1, 8 and 32 clients on this machine that ask as fast as they are answered, each over one connection.
`nothing` is a question that costs nothing, so what is counted is the way in and out; `decode` is one picture, `read` a
drawing with every view of the Draw tab. --before is a checkout of an earlier version, whose page asked through Gradio's
component_server; both are then measured in one run, in turn.
"""

import argparse
import http.client
import json
import subprocess
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import urlopen

import numpy as np

from benchmarks.latency.apps import OURS, ROOT, serve

CLIENTS = (1, 8, 32)
STROKES = [[[200, 150], [500, 120], [800, 160], [650, 420], [430, 880]]]  # a seven
QUESTIONS = {
    "nothing": ("describe", {"model": 7}),  # refused at once, in a sentence
    "decode": ("decode", {"z": [0.3] * 16, "digit": 3, "model": "conv"}),
    "read": ("read", {"strokes": STROKES, "model": "conv"}),
}
Ask = Callable[[str, dict], tuple[str, str, dict]]  # name and question -> method, path, body


def by_route(name: str, question: dict) -> tuple[str, str, dict]:
    if name == "describe":
        return "GET", f"/live/describe?model={question['model']}", {}
    now = {"style" if key == "z" else key: value for key, value in question.items()}  # of a model where they are one
    return "POST", f"/live/{name}", now


def by_component(config: dict) -> Ask:
    """How the page asked before there were routes: a component by its number."""
    number = next(c["id"] for c in config["components"] if "decode" in (c["props"].get("server_fns") or []))

    def ask(name: str, question: dict) -> tuple[str, str, dict]:
        envelope = {"session_hash": "calls", "component_id": number, "fn_name": name, "data": question}
        return "POST", "/gradio_api/component_server/", envelope

    return ask


def measure(
    address: str, request: tuple[str, str, dict], clients: int, seconds: float, refused: bool
) -> tuple[float, float, float]:
    """Answers a second, and milliseconds of one, p50 and p95; raises RuntimeError where one is not as expected."""
    place, times = urlsplit(address), [list[float]() for _ in range(clients)]
    end = time.perf_counter() + seconds

    def client(own: list[float]) -> None:
        method, path, body = request
        content, headers = json.dumps(body).encode(), {"Content-Type": "application/json"}
        connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=60)
        while (begun := time.perf_counter()) < end:
            connection.request(method, path, content if method == "POST" else None, headers)
            answer = connection.getresponse()
            told = answer.read()
            if answer.status != 200 or (b'"error"' in told) != refused:
                raise RuntimeError(f"{path} answered {answer.status}, {told[:200]!r}")
            own.append(1000 * (time.perf_counter() - begun))

    with ThreadPoolExecutor(clients) as threads:
        list(threads.map(client, times))  # raises what any of them raised
    every = np.concatenate([np.asarray(own) for own in times])
    return len(every) / seconds, float(np.percentile(every, 50)), float(np.percentile(every, 95))


def table(apps: dict[str, tuple[str, Ask]], seconds: float) -> str:
    rows = [f"| question | clients | {' | '.join(f'{name}: answers a second, p50 / p95 ms' for name in apps)} |"]
    rows.append("| --- " * (2 + len(apps)) + "|")
    for question, asked in QUESTIONS.items():
        for clients in CLIENTS:
            cells = []
            for address, ask in apps.values():
                refused = question == "nothing"
                measure(address, ask(*asked), clients, 1.0, refused)  # warm
                rate, median, late = measure(address, ask(*asked), clients, seconds, refused)
                cells.append(f"{rate:.0f}, {median:.1f} / {late:.1f}")
            rows.append(f"| {question} | {clients} | {' | '.join(cells)} |")
    return "\n".join(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--before", type=Path, help="a checkout of an earlier version")
    parser.add_argument("--seconds", type=float, default=5.0)
    options = parser.parse_args()
    with serve(replace(OURS, command=(*OURS.command, "--rate", "0"))) as address:
        apps: dict[str, tuple[str, Ask]] = {"routes": (address, by_route)}
        if options.before is None:
            print(table(apps, options.seconds))
            return
        with serve(replace(OURS, name="before", root=options.before.resolve())) as before:
            config = json.load(urlopen(f"{before}config"))
            print(table({"component_server": (before, by_component(config)), **apps}, options.seconds))
    print(f"\nNow {version(ROOT)}, before {version(options.before)}.")


def version(checkout: Path) -> str:
    command = ["git", "-C", str(checkout), "rev-parse", "--short", "HEAD"]
    return subprocess.run(command, capture_output=True, text=True).stdout.strip()


if __name__ == "__main__":
    main()
