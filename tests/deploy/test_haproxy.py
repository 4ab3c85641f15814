"""haproxy.cfg in a real HAProxy, before servers that tell what reaches them, fail, hang and are slow as a test asks."""

import contextlib
import http.server
import itertools
import json
import re
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest

from demo.app import QUESTIONS
from demo.tabs.train.train import CHANGES
from deploy.cluster import HERE, READY, free_ports
from deploy.haproxy import CONFIGURATION, HAProxy, executable

pytestmark = pytest.mark.skipif(executable() is None, reason="HAProxy is not installed here: apt-get install haproxy")
PATIENCE = 120  # seconds, on a busy machine
CLIENT = httpx.Client(trust_env=False, timeout=PATIENCE, limits=httpx.Limits(max_keepalive_connections=0))
JSON = {"Content-Type": "application/json"}


class Behind(http.server.ThreadingHTTPServer):
    """A server that notes what it is asked, and does as `mood` says: answer, fail, hang or wait."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__((HERE, 0), Handler)
        self.mood = "answer"
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.gate = threading.Event()
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    def count(self, path: str) -> int:
        return sum(asked == path for asked, _ in self.asked)


class Handler(http.server.BaseHTTPRequestHandler):
    server: Behind
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path != READY:
            self.server.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
            if self.server.mood == "fail":
                self.close_connection = True
                return
            if self.server.mood == "hang":
                self.server.gate.wait(PATIENCE)
        body = json.dumps({"by": self.server.server_port}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with contextlib.suppress(ConnectionError):  # a check that did not wait
            self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, format: str, *args: object) -> None:
        pass


class Place:
    """HAProxy and the servers behind it."""

    def __init__(self, folder: Path, servers: list[Behind], **variables: str) -> None:
        (port,) = free_ports(1)
        self.url = f"http://{HERE}:{port}"
        self.servers = servers
        self.haproxy = HAProxy(folder, f"{HERE}:{port}", [server.server_port for server in servers], **variables)

    def ask(self, path: str = "/live/read", method: str = "POST", **headers: str) -> httpx.Response:
        CLIENT.cookies.clear()
        return CLIENT.request(method, self.url + path, content=b"{}" if method == "POST" else None, headers=headers)

    def by(self, answer: httpx.Response) -> Behind:
        return next(server for server in self.servers if server.server_port == answer.json()["by"])


@contextmanager
def place(folder: Path, count: int, **variables: str) -> Iterator[Place]:
    with ExitStack() as stack:
        servers = [stack.enter_context(Behind()) for _ in range(count)]
        made = Place(folder, servers, READY=READY, **variables)
        try:
            wait(lambda: all_are_asked(made))
            yield made
        finally:
            for server in servers:
                server.gate.set()
                server.shutdown()
            made.haproxy.end()


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with place(tmp_path_factory.mktemp("haproxy"), 2, QUICK="1s") as made:
        yield made


@pytest.fixture
def two(shared: Place) -> Place:
    """Two servers in a good mood that were asked nothing yet."""
    for server in shared.servers:
        server.mood, server.gate = "answer", threading.Event()
        server.asked.clear()
    return shared


def wait(until) -> None:
    deadline = time.monotonic() + PATIENCE
    while not until():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def all_are_asked(made: Place) -> bool:
    try:
        return all(made.haproxy.asks(index) for index in range(len(made.servers)))
    except OSError:  # it does not listen yet
        return False


def sentence(answer: httpx.Response) -> str:
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.json()["error"]


def test_what_may_be_asked_twice_is_what_the_app_calls_a_question() -> None:
    """The names in haproxy.cfg are those of the app."""
    text = CONFIGURATION.read_text()
    once = {name for name in CHANGES if name != "checkpoint"} | {"checkpoint", "photo"}
    (change,) = [line for line in text.splitlines() if line.strip().startswith("acl change")]
    (quick,) = [line for line in text.splitlines() if line.strip().startswith("acl quick")]
    pattern = re.compile(change.split("reg ", 1)[1])
    names = {question.__name__ for question in QUESTIONS} | {"catalog", "describe", "points", "scorecard", "training"}
    assert all(pattern.search(f"/live/{name}") for name in once)
    assert not any(pattern.search(f"/live/{name}") for name in names)
    listed = quick.split("(", 1)[1].rstrip(")$").split("|")
    assert set(listed) <= {question.__name__ for question in QUESTIONS} | {"decode_each"}


def test_live_questions_go_to_the_least_busy_and_leave_no_cookie(two: Place) -> None:
    first, second = two.servers
    first.mood = second.mood = "hang"
    with ThreadPoolExecutor(4) as threads:
        under_way = [threads.submit(two.ask, "/live/points", "GET") for _ in range(4)]
        wait(lambda: first.count("/live/points") == second.count("/live/points") == 2)
        first.gate.set()
        second.gate.set()
        assert all("Set-Cookie" not in each.result().headers for each in under_way)


def test_the_page_and_what_follows_it_are_held_to_one_process_by_a_cookie(two: Place) -> None:
    with httpx.Client(base_url=two.url, trust_env=False, timeout=PATIENCE) as browser:
        page = browser.get("/")
        cookie = page.headers["Set-Cookie"]
        assert "HttpOnly" in cookie and "SameSite=Lax" in cookie
        paths = ["/files/abc/page/page.js", "/gradio_api/queue/join", "/gradio_api/queue/data", "/gradio_api/upload"]
        assert all(two.by(browser.get(path)) is two.by(page) for path in paths * 3)
        assert {two.by(browser.get("/live/describe")).server_port for _ in range(20)} == {
            server.server_port for server in two.servers
        }


def test_a_program_without_cookies_is_held_by_its_address_and_first_pages_are_shared_out(two: Place) -> None:
    assert len({two.by(two.ask("/gradio_api/call/read")).server_port for _ in range(12)}) == 1
    assert len({two.by(two.ask("/", "GET")).server_port for _ in range(40)}) == 2


@pytest.mark.parametrize("mood", ["fail", "hang"])
def test_a_live_question_that_one_process_leaves_is_answered_by_the_other(two: Place, mood: str) -> None:
    two.servers[0].mood = mood
    answered = [two.ask("/live/read") for _ in range(4 if mood == "fail" else 2)]
    assert all(two.by(answer) is two.servers[1] for answer in answered)
    assert two.servers[0].count("/live/read")


@pytest.mark.parametrize("name", [*CHANGES, "photo"])
def test_what_changes_something_and_a_file_are_asked_once(two: Place, name: str) -> None:
    for server in two.servers:
        server.mood = "fail"
    answer = two.ask(f"/live/{name}")
    assert (answer.status_code, sentence(answer)[:26]) == (502, "The server went away while")
    assert sum(server.count(f"/live/{name}") for server in two.servers) == 1


def test_what_a_client_says_of_itself_is_taken_off(two: Place) -> None:
    told = {
        "X-Forwarded-For": "1.2.3.4", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https",
        "Forwarded": "for=1.2.3.4", "X-Real-IP": "1.2.3.4",
    }  # fmt: skip
    for path in ("/live/read", "/gradio_api/call/read"):
        server = two.by(two.ask(path, **told))
        headers = server.asked[-1][1]
        assert (headers["x-forwarded-for"], headers["x-forwarded-proto"]) == (HERE, "http")
        assert not headers.keys() & {"forwarded", "x-real-ip", "x-forwarded-host"}
        assert headers["host"] == two.url.removeprefix("http://")


def test_an_address_and_a_page_that_ask_too_much_wait_and_others_do_not(tmp_path: Path) -> None:
    with place(tmp_path, 1, PAGE_LIMIT="20") as made:
        page = {"X-Page-Token": "p" * 32}
        for answer in itertools.islice(iter(lambda: made.ask(**page), None), 100):
            if answer.status_code == 429:
                break
        assert answer.status_code == 429 and sentence(answer).startswith("This page asks too much")
        assert answer.headers["Retry-After"]
        assert made.ask(**{"X-Page-Token": "q" * 32}).status_code == 200
        assert made.ask("/", "GET", **page).status_code == 200


def test_an_address_has_a_limit_too(tmp_path: Path) -> None:
    with place(tmp_path, 1, ADDRESS_LIMIT="40") as made:
        answers = [made.ask(**{"X-Page-Token": f"{k:032}"}) for k in range(60)]
        assert answers[-1].status_code == 429 and "your address" in sentence(answers[-1])


def test_more_than_fits_is_refused_at_once_and_what_fits_is_answered(tmp_path: Path) -> None:
    with place(tmp_path, 1, BUSY="2", QUEUE="2", WAIT=f"{PATIENCE}s") as made:
        (server,) = made.servers
        server.mood = "hang"
        with ThreadPoolExecutor(4) as threads:
            fitting = [threads.submit(made.ask, "/live/gif") for _ in range(4)]
            wait(lambda: server.count("/live/gif") == 2 and queued(made) == 2)
            refused = made.ask("/live/gif")
            server.gate.set()
            assert refused.status_code == 503 and sentence(refused).startswith("Too many people")
            assert [each.result().status_code for each in fitting] == [200] * 4
        assert made.ask("/live/gif").status_code == 200


def queued(made: Place) -> int:
    return next(
        int(row["qcur"]) for row in made.haproxy.rows() if (row["pxname"], row["svname"]) == ("live", "BACKEND")
    )


def test_a_process_that_is_drained_or_does_not_answer_its_checks_is_told_from_one_that_is_asked(tmp_path: Path) -> None:
    with place(tmp_path, 2) as made:
        made.haproxy.set_state(0, "drain")
        assert not made.haproxy.asks(0) and made.haproxy.asks(1)
        assert {made.by(made.ask("/", "GET")) for _ in range(20)} == {made.servers[1]}
        made.haproxy.set_state(0, "ready")
        wait(lambda: made.haproxy.asks(0))
        made.servers[1].shutdown()
        made.servers[1].server_close()
        wait(lambda: not made.haproxy.asks(1))
        assert made.haproxy.asks(0)


def test_with_no_process_there_is_a_sentence(tmp_path: Path) -> None:
    with place(tmp_path, 1) as made:
        made.servers[0].shutdown()
        made.servers[0].server_close()
        for path in ("/live/read", "/", "/gradio_api/call/read"):
            answer = made.ask(path, "GET")
            assert answer.status_code == 503 and sentence(answer).endswith(".")


def test_clients_that_send_a_byte_at_a_time_or_nothing_keep_nobody_waiting_and_are_dropped(tmp_path: Path) -> None:
    with place(tmp_path, 1, CONNECTIONS="30") as made, ExitStack() as stack:
        where = (HERE, httpx.URL(made.url).port or 0)

        def connect(number: int) -> socket.socket:
            return stack.enter_context(socket.create_connection(where, PATIENCE, (f"127.0.0.{number}", 0)))

        silent = [connect(2) for _ in range(30)]
        slow = [connect(3) for _ in range(20)]
        head = b"POST /live/read HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\n"
        for connection in slow[:10]:
            connection.sendall(head)  # and their bodies slowly
        begun = time.monotonic()
        while time.monotonic() < begun + 1:
            for connection in slow:
                connection.sendall(b" " if connection in slow[:10] else b"G")
            assert made.ask().status_code == 200
        with contextlib.suppress(ConnectionError):  # at once, or by its end
            assert heard(connect(2)) == b""  # one more than an address may have
        for connection in [*slow, *silent]:
            assert heard(connection)[8:12] in (b" 408", b" 400", b"")
        assert made.servers[0].count("/live/read")


def heard(connection: socket.socket) -> bytes:
    """What comes before the end of a connection."""
    with contextlib.suppress(ConnectionError):
        return b"".join(iter(lambda: connection.recv(4096), b""))
    return b""
