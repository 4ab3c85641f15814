"""What anyone may send to the server, and what it answers."""

import json
import socket
from typing import Any

import httpx
import pytest
from conftest import HTTP

from demo.page.files import version

pytestmark = pytest.mark.answered_by("server", why="what the server answers to anyone")

FILES = f"files/{version()}"
DEEP = "[" * 5000 + "]" * 5000
JSON = {"Content-Type": "application/json"}


def ask(url: str, name: str, body: str) -> httpx.Response:
    """A question as raw JSON text."""
    return HTTP.post(f"{url}live/{name}", content=body, headers=JSON)


def latent_dim(url: str) -> int:
    return HTTP.get(f"{url}live/describe?model=conv").json()["latent_dim"]


@pytest.mark.parametrize(
    "body",
    [
        "null",
        "[]",
        "{}",
        '"x"',
        '{"strokes": []}',
        '{"strokes": [[]]}',
        '{"strokes": 7}',
        '{"strokes": [7]}',
        '{"strokes": [[[1]]]}',
        '{"strokes": [[[1, 2, 3]]]}',
        '{"strokes": [[[1e300, 1], [2, 3]]]}',
        '{"strokes": [[["a", "b"]]]}',
        '{"strokes": [[{"x": 1, "y": 2}]]}',
        '{"strokes": [[[null, 1]]]}',
        json.dumps({"strokes": [[[0, 0]]] * 1000}),
        json.dumps({"strokes": [[[k % 7, k % 11] for k in range(50_000)]]}),
    ],
    ids=lambda body: body[:40],
)
def test_bad_strokes_get_a_sentence(url: str, body: str) -> None:
    answer = ask(url, "read", body)
    assert answer.status_code == 200
    assert_is_a_sentence(answer.json())


@pytest.mark.parametrize(
    ("style", "digit"),
    [
        ("null", "0"),
        ("[]", "0"),
        ("[1]", "0"),
        ("ZEROS", "10"),
        ("ZEROS", "-1"),
        ("ZEROS", "1.5"),
        ("ZEROS", "null"),
        ("ZEROS", '"3"'),
        ("TWO", "[1, 2, 3]"),
        ("ZEROS", "true"),
        ("HUGE", "0"),
        ("MANY", "0"),
    ],
)
def test_bad_codes_get_a_sentence(url: str, style: str, digit: str) -> None:
    n = latent_dim(url)
    rows: dict[str, Any] = {
        "ZEROS": [0] * n,
        "TWO": [[0] * n] * 2,
        "HUGE": [1e30] * n,
        "MANY": [[0] * n] * 5000,
    }
    answer = ask(url, "decode", f'{{"style": {json.dumps(rows[style]) if style in rows else style}, "digit": {digit}}}')
    assert answer.status_code == 200
    assert_is_a_sentence(answer.json())


@pytest.mark.parametrize("questions", ["null", "[]", "{}", "7", "[{}, {}, {}, {}, {}]"])
def test_bad_lists_of_questions_get_a_sentence(url: str, questions: str) -> None:
    answer = ask(url, "decode_each", f'{{"questions": {questions}}}')
    assert answer.status_code == 200
    assert_is_a_sentence(answer.json())


def test_of_several_questions_a_bad_one_spoils_no_other(url: str) -> None:
    good = {"style": [0] * latent_dim(url), "digit": 3, "model": "conv"}
    bad = [{"style": [1], "digit": 3, "model": "conv"}, {"style": [1], "digit": 3, "model": "none such"}, 7]
    first, *others = ask(url, "decode_each", json.dumps({"questions": [good, *bad]})).json()["answers"]
    assert first == ask(url, "decode", json.dumps(good)).json()
    assert len(others) == len(bad)
    for answer in others:
        assert_is_a_sentence(answer)


def assert_is_a_sentence(answer: dict[str, str]) -> None:
    assert set(answer) == {"error"}
    assert 10 < len(answer["error"]) < 300
    assert answer["error"].endswith(".")
    assert "Traceback" not in answer["error"]


UNSOUND = [
    "", "{", DEEP, '{"strokes": [[[NaN, 1], [2, 3]]]}', '{"strokes": [[[Infinity, 1], [2, 3]]]}',
    '{"model": "\\ud800"}',
    f'{{"strokes": [[[{"9" * 400}, 1]]]}}', b"\xff\xfe",
]  # fmt: skip


@pytest.mark.parametrize("body", UNSOUND, ids=lambda body: str(body)[:30])
def test_unsound_json_is_refused_in_a_sentence_everywhere(url: str, body: str | bytes) -> None:
    for path in (
        "live/read",
        "gradio_api/run/read",
        "gradio_api/call/read",
        "gradio_api/queue/join",
        "gradio_api/mcp/",
    ):
        answer = HTTP.post(f"{url}{path}", content=body, headers=JSON)
        assert answer.status_code == 400, path
        assert_is_a_sentence(answer.json())


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "live/none-such", 404),
        ("GET", "live/none-such", 404),
        ("GET", "live/read", 404),
        ("POST", "live/catalog", 404),
        ("POST", "gradio_api/run/none-such", 404),
        ("POST", "gradio_api/call/none-such", 404),
        ("POST", "gradio_api/component_server/", 404),
        ("GET", "gradio_api/proxy=%00", 404),
        ("GET", "gradio_api/dev/reload", 404),
        ("GET", "monitoring", 404),
        ("POST", "login", 404),
        ("GET", "files/0123456789ab/tabs/draw/draw.js", 404),
        ("GET", "none-such", 404),
    ],
)
def test_what_is_not_there_is_said_in_a_sentence(url: str, method: str, path: str, status: int) -> None:
    answer = HTTP.request(method, f"{url}{path}", content='{"data": []}', headers=JSON)
    assert answer.status_code == status
    assert_is_a_sentence(answer.json())


@pytest.mark.parametrize(
    "body", ['{"fn_index": 999, "data": []}', '{"fn_index": -1, "data": []}', '{"data": 7}', "[]", "7"]
)
def test_odd_envelopes_of_gradio_are_refused_below_500(url: str, body: str) -> None:
    for path in ("gradio_api/run/predict", "gradio_api/run/read", "gradio_api/call/read", "gradio_api/queue/join"):
        answer = HTTP.post(f"{url}{path}", content=body, headers=JSON)
        assert 400 <= answer.status_code < 500, (path, answer.text)
        assert "Traceback" not in answer.text and "site-packages" not in answer.text


@pytest.mark.parametrize("image", ["null", "7", '""', '"AAAA"', '"not base64!"', '["x"]', json.dumps("A" * 100_000)])
def test_bad_images_get_a_sentence(url: str, image: str) -> None:
    answer = ask(url, "read", f'{{"image": {image}}}')
    assert answer.status_code == 200
    assert_is_a_sentence(answer.json())


def test_server_still_answers_after_all_that(url: str) -> None:
    answer = ask(url, "read", '{"strokes": [[[0, 0], [0, 100]]]}').json()
    assert answer["digit"] in range(10)


def test_files_of_the_machine_are_not_served(url: str) -> None:
    for path in ("/etc/passwd", "app.py", "../../../../etc/passwd", "demo/app.py"):
        assert HTTP.get(f"{url}gradio_api/file={path}").status_code in (400, 403, 404), path
    for path in ("files/../app.py", f"{FILES}/../../app.py", f"{FILES}/..%2f..%2fapp.py", f"{FILES}/tabs/draw/draw.py"):
        assert "def build" not in HTTP.get(f"{url}{path}").text, path


def test_a_file_path_posted_as_upload_is_not_read(url: str) -> None:
    """Posting a FileData path must not make the server copy that file to where it can be fetched."""
    file = {"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}}
    for endpoint in ("gradio_api/call/read", "gradio_api/run/predict", "gradio_api/queue/join"):
        answer = HTTP.post(f"{url}{endpoint}", json={"data": [file], "fn_index": 0, "session_hash": "test"})
        assert "root:" not in answer.text
    assert HTTP.get(f"{url}gradio_api/file=/etc/passwd").status_code in (400, 403, 404)


def test_oversized_bodies_are_refused(url: str) -> None:
    for path, size in (
        ("live/read", 2_000_000),
        ("gradio_api/run/read", 2_000_000),
        ("gradio_api/upload", 43_000_000),
        ("live/photo", 43_000_000),
    ):
        assert HTTP.post(f"{url}{path}", content=b"0" * size, headers=JSON).status_code == 413


def test_oversized_bodies_of_unannounced_length_are_cut_off(url: str) -> None:
    chunks = (b"0" * 100_000 for _ in range(30))
    try:
        answer = HTTP.post(f"{url}live/read", content=chunks, headers=JSON)
    except httpx.HTTPError:
        return
    assert answer.status_code == 413


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "", "multipart/form-data; boundary=x"]
)
def test_a_question_of_another_content_type_is_refused(url: str, content_type: str) -> None:
    for name in ("read", "photo", "start_training", "checkpoint"):
        answer = HTTP.post(f"{url}live/{name}", content="{}", headers={"Content-Type": content_type})
        assert answer.status_code == 415
        assert_is_a_sentence(answer.json())


@pytest.mark.parametrize("token", ["", "0" * 32, "wrong"])
def test_what_changes_something_is_done_for_pages_of_this_app_only(url: str, token: str) -> None:
    for name in ("start_training", "stop_training", "go_on_training", "fetch_digits"):
        answer = HTTP.post(f"{url}live/{name}", content="{}", headers={**JSON, "X-App-Token": token})
        assert answer.status_code == 403
        assert_is_a_sentence(answer.json())


def test_what_rarely_changes_is_fetched_once(url: str) -> None:
    for path in ("live/catalog", "live/describe?model=plane", "live/points?model=plane", "live/scorecard?model=plane"):
        first = HTTP.get(f"{url}{path}")
        assert first.status_code == 200 and "error" not in first.json()
        again = HTTP.get(f"{url}{path}", headers={"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")


def carries_every_header(headers: httpx.Headers) -> bool:
    assert "default-src 'self'" in headers["content-security-policy"]
    assert "frame-ancestors 'self'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == headers["cross-origin-resource-policy"] == "same-origin"
    assert "microphone=()" in headers["permissions-policy"]
    return bool(headers["cache-control"])


def test_every_answer_carries_every_security_header(url: str) -> None:
    answers = [
        HTTP.get(f"{url}{path}") for path in ("", f"{FILES}/tabs/draw/draw.js", "config", "none-such", "live/catalog")
    ]
    answers += [HTTP.post(f"{url}live/read", content="{", headers=JSON)]
    answers += [
        HTTP.get(url, headers={"Host": "evil.example"}),
        HTTP.get(url, headers={"Origin": "http://evil.example"}),
    ]
    preflight = {"Origin": url.rstrip("/"), "Access-Control-Request-Method": "POST"}
    answers += [HTTP.options(f"{url}gradio_api/run/read", headers=preflight), garbage(url)]
    assert {answer.status_code for answer in answers} >= {200, 400, 403, 404, 421}
    for answer in answers:
        assert carries_every_header(answer.headers), answer


def garbage(url: str) -> httpx.Response:
    """What comes back for what is no HTTP."""
    place = httpx.URL(url)
    with socket.create_connection((place.host, place.port), timeout=30) as connection:
        connection.sendall(b"this is no HTTP\r\n\r\n")
        head, _, body = b"".join(iter(lambda: connection.recv(65536), b"")).partition(b"\r\n\r\n")
    status, *lines = head.decode().split("\r\n")
    fields = [tuple(line.split(": ", 1)) for line in lines]
    return httpx.Response(int(status.split()[1]), headers=fields, content=body)


def test_what_is_no_http_gets_a_sentence(url: str) -> None:
    answer = garbage(url)
    assert answer.status_code == 400
    assert_is_a_sentence(answer.json())


PATHS = ("", "config", "live/catalog", "gradio_api/info", "gradio_api/mcp/")


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "10.0.0.1",
        "evil.example:80",
        "a@127.0.0.1",
        "",
    ],
)
def test_a_name_that_was_pointed_here_reads_nothing(url: str, host: str) -> None:
    for path in PATHS:
        answer = HTTP.get(f"{url}{path}", headers={"Host": host})
        assert answer.status_code in (400, 421)
        assert_is_a_sentence(answer.json())


def test_loopback_by_any_of_its_names_is_served(url: str) -> None:
    port = httpx.URL(url).port
    for host in (
        "localhost",
        f"localhost:{port}",
        f"127.0.0.1:{port}",
        "127.1.2.3",
        "[::1]",
        f"[::1]:{port}",
        "LOCALHOST",
    ):
        assert HTTP.get(f"{url}live/catalog", headers={"Host": host}).status_code == 200, host


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "https://127.0.0.1.evil.example", "null", "http://127.0.0.1:1", "file://"]
)
def test_pages_of_other_origins_are_answered_nothing(url: str, origin: str) -> None:
    for method, path in [("GET", path) for path in PATHS] + [
        ("POST", "live/read"),
        ("POST", "gradio_api/run/read"),
        ("OPTIONS", "live/read"),
    ]:
        answer = HTTP.request(method, f"{url}{path}", headers={"Origin": origin, **JSON}, content="{}")
        assert answer.status_code == 403
        assert "access-control-allow-origin" not in answer.headers


def test_a_link_from_another_site_opens_the_page_and_nothing_else(url: str) -> None:
    link = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    assert HTTP.get(url, headers=link).status_code == 200
    for mode in ("no-cors", "cors", "same-origin"):
        assert HTTP.get(f"{url}config", headers={**link, "Sec-Fetch-Mode": mode}).status_code == 403
    assert HTTP.post(f"{url}live/read", headers={**link, **JSON}, content="{}").status_code == 403


def test_a_proxy_that_was_not_named_is_not_believed(url: str) -> None:
    told = {
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "https",
        "Forwarded": "host=evil.example",
        "X-Gradio-Server": "http://evil.example",
    }
    for path in ("", "config", "gradio_api/info"):
        assert "evil.example" not in HTTP.get(f"{url}{path}", headers=told).text
