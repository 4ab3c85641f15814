"""An app under attack, for real: each attack comes from an address of its own, and a bystander asks from another."""

import contextlib
import http.client
import http.server
import json
import os
import re
import resource
import signal
import socket
import string
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from costly import scans
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tiny import TESTS

from demo.door.limits import CONNECTIONS, HEAVY_WAIT_EACH, JSON_VALUES, LIVE_PICTURES, NAME_LIMIT

PATIENCE = 300  # seconds, on a busy machine
RATE = 20  # questions a second of one address
JSON, FILE = "application/json", "application/octet-stream"
SEVEN = {"strokes": [[[200, 150], [500, 120], [800, 160], [650, 420], [430, 880]]]}
CANARY = "a word that stands in no answer"
HEAVY = {"style": [[0.1] * 16] * (LIVE_PICTURES + 1), "digit": 3, "model": "conv"}
ENDPOINTS = {"read": 4, "generate": 8, "hand": 4, "morph": 6, "write": 15}  # with how many values
LIVE = (
    "read", "decode", "decode_each", "translate", "shape", "locate", "morph", "gif", "dissect", "write", "written",
    "training",
)  # fmt: skip

addresses = (f"127.{k >> 16 & 255}.{k >> 8 & 255}.{k & 255}" for k in range(0x010001, 0xFE0000))


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes
    at: float  # when it had come

    @property
    def told(self) -> Any:
        return json.loads(self.body)


@dataclass
class App:
    port: int
    metrics_port: int
    process: subprocess.Popen
    output: Path
    folder: Path

    def ask(self, path: str, question: object = None, source: str = "", kind: str = JSON, **headers: str) -> Answer:
        """GET, or POST of JSON or of bytes; from a new address unless one is told."""
        connection = http.client.HTTPConnection(
            "127.0.0.1", self.port, timeout=PATIENCE, source_address=(source or next(addresses), 0)
        )
        content = question if isinstance(question, bytes) or question is None else json.dumps(question)
        told = {**({} if question is None else {"Content-Type": kind}), **headers}
        with contextlib.closing(connection):
            connection.request("GET" if question is None else "POST", path, content, told)
            answer = connection.getresponse()
            named = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, named, answer.read(), time.monotonic())

    def connect(self, data: bytes = b"", source: str = "") -> socket.socket:
        made = socket.create_connection(("127.0.0.1", self.port), PATIENCE, (source or next(addresses), 0))
        made.sendall(data)
        return made

    def metric(self, name: str) -> float:
        connection = http.client.HTTPConnection("127.0.0.1", self.metrics_port, timeout=PATIENCE)
        with contextlib.closing(connection):
            connection.request("GET", "/metrics")
            text = connection.getresponse().read().decode()
        return sum(float(value) for value in re.findall(rf"^{re.escape(name)} (\S+)$", text, re.MULTILINE))

    def is_well(self) -> bool:
        return self.ask("/live/read", SEVEN).told["digit"] in range(10)


def post(path: str, kind: str, length: int) -> bytes:
    """The head of a request whose body may come or not."""
    lines = f"POST {path} HTTP/1.1", "Host: localhost", f"Content-Type: {kind}", f"Content-Length: {length}", "", ""
    return "\r\n".join(lines).encode()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait(until: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not until():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.1)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    folder = tmp_path_factory.mktemp("siege")
    (folder / "tmp").mkdir()
    (folder / "canary.txt").write_text(CANARY)
    port, metrics_port, output = free_port(), free_port(), folder / "output.txt"
    command = [sys.executable, "app.py", "--port", str(port), "--metrics-port", str(metrics_port)]
    command += ["--runs", str(folder / "runs"), "--data", str(folder / "data"), "--log-level", "info"]
    with output.open("wb") as file:
        process = subprocess.Popen(
            [*command, "--rate", str(RATE)],
            cwd=TESTS.parent,
            env={**os.environ, "OMP_NUM_THREADS": "1", "TMPDIR": str(folder / "tmp")},
            stdout=file,
            stderr=subprocess.STDOUT,
        )
    app = App(port, metrics_port, process, output, folder)

    def answers() -> bool:
        assert process.poll() is None, output.read_text()
        with contextlib.suppress(OSError):
            return app.ask("/readyz").status == 200
        return False

    try:
        wait(answers)
        yield app
    finally:
        process.kill()
        process.wait()


def is_a_sentence(answer: Answer) -> bool:
    error = answer.told["error"]
    return set(answer.told) == {"error"} and error[0].isupper() and error.endswith(".") and len(error) < 300


@contextlib.contextmanager
def many(count: int, work: Callable[[], Any]) -> Iterator[list]:
    """So many at once, all of them begun; a list of what they gave, whole when the context ends."""
    given: list = []
    with ThreadPoolExecutor(count) as threads:
        for _ in range(count):
            threads.submit(lambda: given.append(work()))
        yield given


# What one request may cost others.


def test_live_answers_overtake_heavy_ones(app: App) -> None:
    photo, attacker = scans(1000, 900), next(addresses)
    with many(4, lambda: app.ask("/live/photo", photo, attacker, FILE)) as photos:
        wait(lambda: app.metric('vae_work_taken{work="heavy"}') > 0)
        live = [app.ask("/live/read", SEVEN) for _ in range(5)]
    assert all("image" in answer.told for answer in photos)
    assert live[-1].at < max(answer.at for answer in photos)


def test_many_heavy_questions_of_one_delay_another_by_a_turn_only(app: App) -> None:
    attacker = next(addresses)
    with many(HEAVY_WAIT_EACH, lambda: app.ask("/live/decode", HEAVY, attacker)) as theirs:
        wait(lambda: app.metric('vae_work_waiting{work="heavy"}') >= HEAVY_WAIT_EACH - 3)
        mine = app.ask("/live/decode", HEAVY)
    assert all("pictures" in answer.told for answer in [mine, *theirs])
    assert sum(answer.at > mine.at for answer in theirs) >= HEAVY_WAIT_EACH // 2


def test_who_asks_more_than_can_wait_is_told_to_come_again_before_the_others_are_answered(app: App) -> None:
    attacker = next(addresses)
    with many(2 * HEAVY_WAIT_EACH + 4, lambda: app.ask("/live/decode", HEAVY, attacker)) as answers:
        pass
    refused = [answer for answer in answers if answer.status == 429]
    assert refused and all(is_a_sentence(answer) and int(answer.headers["retry-after"]) >= 1 for answer in refused)
    assert min(answer.at for answer in refused) < max(answer.at for answer in answers if answer.status == 200)


def test_who_has_left_is_worked_for_no_more(app: App) -> None:
    photo, attacker = scans(1000, 900), next(addresses)
    sent = post("/live/photo", FILE, len(photo)) + photo
    left = 'vae_calls_total{kind="photo",outcome="left"}'
    before = app.metric(left)
    with contextlib.ExitStack() as held:
        for source in [attacker] * 4 + [next(addresses)]:
            held.callback(app.connect(sent, source).close)
        wait(lambda: app.metric('vae_work_waiting{work="heavy"}') >= 1)
    wait(lambda: app.metric(left) > before)


def test_a_flood_is_refused_while_others_are_answered(app: App) -> None:
    attacker = next(addresses)
    answers = [app.ask("/live/describe?model=7", source=attacker) for _ in range(5 * RATE)]
    refused = [answer for answer in answers if answer.status == 429]
    assert answers[0].status == 200 and refused and all(map(is_a_sentence, refused))
    assert app.is_well()


def test_questions_that_gradio_would_walk_through_for_seconds_are_refused(app: App) -> None:
    strokes = [[]] * (JSON_VALUES + 1)
    tool = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "tools/call",
        "params": {"name": "read", "arguments": {"strokes": strokes}},
    }
    for path, question in (
        ("/gradio_api/run/read", {"data": [strokes]}),
        ("/gradio_api/call/read", {"data": [strokes]}),
        ("/gradio_api/queue/join", {"data": [strokes], "fn_index": 0, "session_hash": "a"}),
        ("/gradio_api/mcp/", tool),
    ):
        answer = app.ask(path, question)
        assert answer.status == 413 and is_a_sentence(answer), path
    deep = json.loads("[" * 150 + "]" * 150)
    assert app.ask("/gradio_api/run/read", {"data": [deep]}).status == 400


def test_the_longest_drawing_is_read_all_the_same(app: App) -> None:
    points = [[[k % 97, k % 89] for k in range(4000)]]
    assert app.ask("/gradio_api/run/read", {"data": [points, None, 4, None]}).told["data"][0]["digit"] in range(10)


# Connections.


def test_a_thousand_silent_connections_lock_nobody_out(app: App) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(4 * CONNECTIONS, hard), hard))
    try:
        with contextlib.ExitStack() as held:
            for k in range(CONNECTIONS + 100):
                begun = b"" if k % 2 else b"GET / HTTP/1.1\r\nHost: loc"
                with contextlib.suppress(OSError):  # those before it were closed for it
                    held.callback(app.connect(begun, "127.0.0.9").close)
            assert app.is_well()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert app.output.stat().st_size < 1_000_000


def test_what_dribbles_is_cut(app: App) -> None:
    head = post("/live/read", JSON, 900)
    slow = [app.connect(sent) for sent in (b"", b"GET /config HTTP/1.1\r\nX-A: ", head, head + b"{")]
    said = [b""] * len(slow)

    def is_cut(k: int) -> bool:
        with contextlib.suppress(BlockingIOError, TimeoutError):
            try:
                if k:
                    slow[k].sendall(b" ")
                got = slow[k].recv(4096)
            except (ConnectionError, BrokenPipeError):
                return True
            said[k] += got
            return not got
        return False

    for one in slow:
        one.settimeout(0.2)
    open_ones = set(range(len(slow)))
    wait(lambda: not open_ones.difference_update([k for k in open_ones if is_cut(k)]) and not open_ones)
    assert said[0] == b""
    assert all(b" 408 " in answer.partition(b"\r\n")[0] for answer in said[1:] if answer)
    assert any(said[1:])
    for one in slow:
        one.close()


# What is kept of strangers.


@pytest.mark.parametrize("name", ["x" * (NAME_LIMIT + 1), "<b>", "../x", "a b", "é"])
def test_sessions_of_long_or_odd_names_are_refused_at_every_door(app: App, name: str) -> None:
    question = {"data": [], "fn_index": 0, "session_hash": name}
    for path in ("run/read", "call/read", "queue/join", "cancel"):
        answer = app.ask(f"/gradio_api/{path}", question)
        assert answer.status == 400 and is_a_sentence(answer), path
    quoted = "".join(f"%{byte:02x}" for byte in name.encode())
    assert app.ask(f"/gradio_api/heartbeat/{quoted}").status == 400
    assert app.ask(f"/gradio_api/queue/data?session_hash={quoted}").status == 400


def test_an_upload_that_breaks_off_leaves_nothing(app: App) -> None:
    (uploads,) = app.folder.glob("tmp/vae-demo-*/files")
    part = b'--b\r\nContent-Disposition: form-data; name="files"; filename="a.png"\r\n\r\n' + b"x" * 300_000
    broken = app.connect(post("/gradio_api/upload", "multipart/form-data; boundary=b", 900_000) + part)
    wait(lambda: any(file.is_file() for file in uploads.iterdir()))
    broken.close()
    wait(lambda: not any(file.is_file() for file in uploads.iterdir()))
    sent = app.ask("/gradio_api/upload", part + b"\r\n--b--\r\n", kind="multipart/form-data; boundary=b")
    assert Path(sent.told[0]).is_relative_to(uploads)


def test_a_checkpoint_of_countless_tensors_is_refused(app: App) -> None:
    page = app.ask("/").body.decode()
    token = re.search(r'app-token.{1,20}?content=\\?"([0-9a-f]{32})', page)
    assert token
    tensors = ",".join(f'"{k}":{{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}' for k in range(15_000))
    for header in (tensors * 10, tensors):
        data = struct.pack("<Q", len(header) + 2) + f"{{{header}}}".encode()
        bring = {"X-App-Token": token[1], "X-Page-Token": "p" * 32}
        answer = app.ask("/live/checkpoint", data, kind=FILE, **bring)
        assert is_a_sentence(answer) and "xpected at most" in answer.told["error"]


# What gets through.

STEPS = st.sampled_from(
    ["..", "%2e%2e", "..%2f", "..%5c", "....//", "%00", ".", "/", "\\", "~", "etc/passwd", "app.py"]
)
DOORS = st.sampled_from(
    [
        "/gradio_api/file=", "/gradio_api/file/", "/files/0/", "/models/", "/static/", "/assets/", "/svelte/", "/",
        "/gradio_api/upload/", "/gradio_api/", "/live/",
    ]
)  # fmt: skip
NEAR = ("canary.txt", "runs/owner.key", "runs/app.token")
FUZZED = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None)


WAYS = st.sampled_from(["path", "address", "name"])


@given(DOORS, st.lists(STEPS, min_size=1, max_size=8), st.sampled_from(["etc/passwd", *NEAR]), st.booleans(), WAYS)
@settings(FUZZED, max_examples=150)
def test_no_trick_with_paths_reads_a_file(
    app: App, door: str, steps: list[str], file: str, absolute: bool, way: str
) -> None:
    there = f"/{file}" if file.startswith("etc") else f"{app.folder}/{file}"
    tried = f"{there if absolute else ''}{'/'.join(steps)}{there}"
    answer = app.ask(f"{door}{tried}".replace("\\", "%5c"))
    assert is_no_secret(app, answer)
    picture = {"path": tried, "meta": {"_type": "gradio.FileData"}}
    told = {"path": picture, "address": f"/gradio_api/file={tried}", "name": tried}[way]
    assert is_no_secret(app, app.ask("/gradio_api/run/read", {"data": [None, told, 4, None]}))


def is_no_secret(app: App, answer: Answer) -> bool:
    key = (app.folder / "runs" / "owner.key").read_bytes() if (app.folder / "runs" / "owner.key").exists() else b"\0"
    return not any(secret in answer.body for secret in (CANARY.encode(), b"root:x:", key))


def test_no_address_in_a_files_place_is_fetched(app: App) -> None:
    asked: list[str] = []

    class Listener(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)

        do_HEAD = do_POST = do_GET

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Listener) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        place = f"//127.0.0.1:{server.server_port}/x.png"
        for address in (
            f"http:{place}",
            f"HTTP:{place}",
            f"ftp:{place}",
            place,
            f"http:{place}#data:image/png;base64,",
        ):
            file = {"path": address, "url": address, "meta": {"_type": "gradio.FileData"}}
            for told in (address, file, {"url": address}, {**file, "is_stream": True}):
                for endpoint in ("read", "hand"):
                    answer = app.ask(f"/gradio_api/run/{endpoint}", {"data": [None, told, 4, None]})
                    assert answer.status >= 400 and "error" in answer.told
                app.ask("/gradio_api/run/morph", {"data": [{"picture": told}, {"digit": 1, "seed": 1}]})
                app.ask("/gradio_api/run/write", {"data": ["1", None, [told]]})
        server.shutdown()
    assert asked == []


@pytest.mark.parametrize("markup", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "${alert(1)}"])
def test_markup_in_a_name_stays_text(app: App, markup: str) -> None:
    quoted = "".join(f"%{byte:02x}" for byte in markup.encode())
    answers = [app.ask(f"/live/{name}?model={quoted}") for name in ("describe", "points", "scorecard")]
    answers += [app.ask(f"/live/{quoted}", {}), app.ask(f"/{quoted}"), app.ask(f"/models/{quoted}.safetensors")]
    answers += [app.ask(f"/live/{name}", {"model": markup, "text": markup, "vary": markup}) for name in LIVE]
    answers += [app.ask(f"/gradio_api/run/{name}", {"data": [markup] * 15}) for name in ENDPOINTS]
    named = f'Content-Disposition: form-data; name="files"; filename="{markup.replace(chr(34), "")}"'
    sent = f"--b\r\n{named}\r\n\r\nx\r\n--b--\r\n".encode()
    answers.append(app.ask("/gradio_api/upload", sent, kind="multipart/form-data; boundary=b"))
    for answer in answers:
        assert answer.headers["content-type"].partition(";")[0] == JSON
        assert answer.headers["x-content-type-options"] == "nosniff"


# Anything at all.

NUMBERS = st.one_of(st.integers(-(10**20), 10**20), st.floats(allow_nan=False, allow_infinity=False))
PLAIN = st.one_of(st.none(), st.booleans(), NUMBERS, st.text(string.printable, max_size=20))
ANYTHING = st.recursive(
    PLAIN,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
GOOD = {
    "strokes": SEVEN["strokes"], "style": [0.0] * 16, "z": [0.0] * 16, "digit": 3, "model": "conv", "by": [0] * 5,
    "vary": "both", "start": {"style": [0.0] * 16, "digit": 1}, "end": {"style": [1.0] * 16, "digit": 2},
    "epsilon": [0.0] * 16, "scale": 1, "text": "2026", "styles": [[0.0] * 16], "kind": "svg", "token": "t" * 20,
    "run": None, "have": 0, "label": None, "questions": [{"style": [0.0] * 16, "digit": 3}],
}  # fmt: skip
OURS = "could not answer this"  # how a fault of the server's own is told


@given(st.sampled_from(LIVE), st.dictionaries(st.sampled_from(sorted(GOOD)), ANYTHING, max_size=3))
@settings(FUZZED, max_examples=120)
def test_every_live_call_answers_anything_in_a_sentence(app: App, name: str, odd: dict) -> None:
    answer = app.ask(f"/live/{name}", {**GOOD, **odd})
    assert answer.status == 200 and OURS not in answer.body.decode()
    assert "error" not in answer.told or is_a_sentence(answer)


@given(st.sampled_from(sorted(ENDPOINTS)), st.lists(ANYTHING, max_size=15))
@settings(FUZZED, max_examples=50)
def test_every_endpoint_answers_anything_in_a_sentence(app: App, name: str, values: list) -> None:
    values = (values + [None] * 15)[: ENDPOINTS[name]]
    answer = app.ask(f"/gradio_api/run/{name}", {"data": values})
    assert "data" in answer.told or "error" in answer.told
    assert OURS not in answer.body.decode() and "Traceback" not in answer.body.decode()


@given(ANYTHING)
@settings(FUZZED, max_examples=40)
def test_every_door_takes_any_json(app: App, anything: Any) -> None:
    for path in ("live/read", "live/decode_each", "gradio_api/run/read", "gradio_api/queue/join", "gradio_api/mcp/"):
        answer = app.ask(f"/{path}", json.dumps(anything).encode(), Accept="application/json, text/event-stream")
        assert answer.status in (200, 202, 400, 404, 406, 422) or (answer.status == 500 and "error" in answer.told)


@given(st.binary(max_size=300))
@settings(FUZZED, max_examples=60)
def test_bytes_that_are_no_http_and_no_picture_harm_nothing(app: App, data: bytes) -> None:
    with contextlib.closing(app.connect(data)) as odd:
        odd.shutdown(socket.SHUT_WR)
    answer = app.ask("/live/photo", data, kind=FILE)
    assert answer.status == 200 and is_a_sentence(answer)


# Seen while it runs.


def test_health_is_told_by_any_name_and_numbers_at_their_own_port_alone(app: App) -> None:
    for path in ("/healthz", "/readyz"):
        assert app.ask(path, Host="balancer.example").told == {"status": "ok"}
    assert app.ask("/live/read", SEVEN, **{"X-Page-Token": "somebody who draws"}).status == 200
    assert app.metric("vae_people_drawing") >= 1
    assert app.metric('vae_calls_total{kind="read",outcome="answered"}') >= 1
    assert app.metric('vae_training{state="none"}') == 1
    assert app.ask("/metrics").status == 404


def test_it_is_well_ends_in_order_and_its_log_tells_no_drawing(app: App) -> None:
    """The last of these tests: it ends their app."""
    assert app.is_well()
    app.process.send_signal(signal.SIGTERM)
    assert app.process.wait(PATIENCE) == 128 + signal.SIGTERM
    assert not list(app.folder.glob("tmp/vae-demo-*"))
    lines = [json.loads(line) for line in app.output.read_text().splitlines() if line.startswith("{")]
    events = {line["event"] for line in lines}
    assert {"start", "refusal", "stop"} <= events
    assert not [line for line in lines if line["event"] == "fault"]
    assert "Traceback" not in app.output.read_text() and "200, 150" not in app.output.read_text()
