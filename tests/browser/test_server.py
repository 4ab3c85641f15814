"""What anyone may send to the server, and what it answers."""

import json
from typing import Any

import httpx
import pytest

DEEP = "[" * 5000 + "]" * 5000


def ask(url: str, function: str, body: str) -> httpx.Response:
    """Call a server function with a raw JSON text, as no browser would."""
    config = httpx.get(f"{url}config").json()
    component = next(c["id"] for c in config["components"] if function in c["props"].get("server_fns", []))
    envelope = f'{{"session_hash": "test", "component_id": {component}, "fn_name": "{function}", "data": {body}}}'
    return httpx.post(
        f"{url}gradio_api/component_server/", content=envelope, headers={"Content-Type": "application/json"}, timeout=30
    )


def latent_dim(url: str) -> int:
    return ask(url, "describe", '{"model": "conv"}').json()["latent_dim"]


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
        '{"strokes": [[[NaN, 1], [2, 3]]]}',
        '{"strokes": [[[Infinity, 1], [2, 3]]]}',
        '{"strokes": [[[1e300, 1], [2, 3]]]}',
        '{"strokes": [[["a", "b"]]]}',
        '{"strokes": [[{"x": 1, "y": 2}]]}',
        '{"strokes": [[[null, 1]]]}',
        f'{{"strokes": [[[{"9" * 400}, 1]]]}}',
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
    ("z", "digit"),
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
        ("NANS", "0"),
        ("HUGE", "0"),
        ("MANY", "0"),
    ],
)
def test_bad_codes_get_a_sentence(url: str, z: str, digit: str) -> None:
    n = latent_dim(url)
    rows: dict[str, Any] = {
        "ZEROS": [0] * n,
        "TWO": [[0] * n] * 2,
        "NANS": [float("nan")] * n,
        "HUGE": [1e30] * n,
        "MANY": [[0] * n] * 5000,
    }
    answer = ask(url, "decode", f'{{"z": {json.dumps(rows[z]) if z in rows else z}, "digit": {digit}}}')
    assert answer.status_code == 200
    assert_is_a_sentence(answer.json())


@pytest.mark.parametrize("questions", ["null", "[]", "{}", "7", "[{}, {}, {}, {}, {}]"])
def test_bad_lists_of_questions_get_a_sentence(url: str, questions: str) -> None:
    answer = ask(url, "decode_each", f'{{"questions": {questions}}}')
    assert answer.status_code == 200
    assert_is_a_sentence(answer.json())


def test_of_several_questions_a_bad_one_spoils_no_other(url: str) -> None:
    good = {"z": [0] * latent_dim(url), "digit": 3, "model": "conv"}
    bad = [{"z": [1], "digit": 3, "model": "conv"}, {"z": [1], "digit": 3, "model": "none such"}, 7]
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


def test_malformed_requests_never_show_a_traceback(url: str) -> None:
    bodies = ["", "{", "[]", DEEP, '{"data": 1}']
    for body in bodies:
        answer = httpx.post(
            f"{url}gradio_api/component_server/", content=body, headers={"Content-Type": "application/json"}
        )
        assert answer.status_code >= 400
        assert "Traceback" not in answer.text
        assert "site-packages" not in answer.text


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
        assert httpx.get(f"{url}gradio_api/file={path}").status_code in (400, 403, 404), path
    for path in ("files/../app.py", "files/%2e%2e/app.py", "files/..%2fapp.py", "files/tabs/draw/draw.py"):
        assert "def build" not in httpx.get(f"{url}{path}").text, path


def test_a_file_path_posted_as_upload_is_not_read(url: str) -> None:
    """Posting a FileData path must not make the server copy that file to where it can be fetched."""
    file = {"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}}
    for endpoint in ("gradio_api/call/read", "gradio_api/run/predict", "gradio_api/queue/join"):
        answer = httpx.post(f"{url}{endpoint}", json={"data": [file], "fn_index": 0, "session_hash": "test"})
        assert "root:" not in answer.text
    assert httpx.get(f"{url}gradio_api/file=/etc/passwd").status_code in (400, 403, 404)


def test_oversized_bodies_are_refused(url: str) -> None:
    for path, size in (("component_server/", 2_000_000), ("upload", 13_000_000)):
        assert httpx.post(f"{url}gradio_api/{path}", content=b"0" * size).status_code == 413


def test_oversized_bodies_of_unannounced_length_are_cut_off(url: str) -> None:
    chunks = (b"0" * 100_000 for _ in range(30))
    try:
        answer = httpx.post(f"{url}gradio_api/component_server/", content=chunks)
    except httpx.HTTPError:
        return
    assert answer.status_code >= 400


def test_every_answer_carries_the_content_policy(url: str) -> None:
    for path in ("", "files/tabs/draw/draw.js", "config"):
        headers = httpx.get(f"{url}{path}").headers
        assert "default-src 'self'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
