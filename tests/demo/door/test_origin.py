"""Hosts, origins and proxies, without a server around them."""

import socket
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from demo.door.origin import NamedProxies, allowed_hosts, host_of, is_ours, place_of


@pytest.mark.parametrize("served", ["127.0.0.1", "localhost", "::1", "[::1]"])
def test_on_loopback_only_loopback_is_served(served: str) -> None:
    allowed = allowed_hosts(served)
    assert all(map(allowed, ("localhost", "127.0.0.1", "127.9.9.9", "::1", "app.localhost")))
    assert not any(map(allowed, ("", "evil.example", "192.168.1.5", "0.0.0.0", "::", socket.gethostname() + "x")))


@pytest.mark.parametrize("served", ["0.0.0.0", "::", "192.168.1.5"])
def test_beyond_loopback_addresses_and_the_machines_own_name_are_served_and_no_other_name(served: str) -> None:
    allowed = allowed_hosts(served)
    assert all(map(allowed, ("localhost", "192.168.1.5", "fe80::1", socket.gethostname().lower())))
    assert not any(map(allowed, ("", "evil.example", "192.168.1.5.evil.example")))


def test_names_that_were_given_are_served() -> None:
    allowed = allowed_hosts("127.0.0.1", ["Demo.School.example", ".hf.space"])
    assert allowed("demo.school.example") and allowed("me-demo.hf.space")
    assert not allowed("school.example") and not allowed("hf.space.evil.example") and not allowed("xhf.space")
    assert allowed_hosts("127.0.0.1", ["*"])("evil.example")


@pytest.mark.parametrize(
    ("header", "host"),
    [
        ("localhost:7860", "localhost"),
        ("[::1]:7860", "::1"),
        ("LOCALHOST", "localhost"),
        ("localhost.", "localhost"),
        ("a@localhost", ""),
        ("localhost/evil.example", ""),
        ("localhost:x", ""),
        ("localhost:99999", ""),
        ("[::1", ""),
        ("", ""),
    ],
)
def test_the_host_of_a_header(header: str, host: str) -> None:
    assert host_of(header) == host


@given(st.text())
def test_any_header_has_a_host_or_none(header: str) -> None:
    assert (
        not allowed_hosts("127.0.0.1")(host_of(header))
        or "127." in header
        or "localhost" in header.lower()
        or "::1" in header
    )


def test_usual_ports_count_as_none() -> None:
    assert place_of("demo.example:443") == place_of("demo.example") == ("demo.example", None)
    assert place_of("demo.example:8443") != place_of("demo.example")


@pytest.mark.parametrize(
    ("method", "headers", "ours"),
    [
        ("POST", {}, True),
        ("POST", {"Origin": "http://127.0.0.1:7860"}, True),
        ("POST", {"Origin": "http://127.0.0.1:7861"}, False),
        ("POST", {"Origin": "null"}, False),
        ("POST", {"Origin": "http://[::1"}, False),
        ("POST", {"Origin": "127.0.0.1:7860"}, False),
        ("POST", {"Origin": "http://a@127.0.0.1:7860"}, False),
        ("GET", {"Origin": "http://evil.example"}, False),
        ("GET", {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors"}, True),
        ("GET", {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}, True),
        ("GET", {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "no-cors"}, False),
        ("POST", {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}, False),
    ],
)
def test_whose_request_it_is(method: str, headers: dict[str, str], ours: bool) -> None:
    assert is_ours(method, Headers({"Host": "127.0.0.1:7860", **headers})) is ours


async def told(request: Request) -> JSONResponse:
    return JSONResponse({"headers": dict(request.headers), "scheme": request.url.scheme, "client": request.client.host})  # type: ignore[union-attr]


def ask(proxies: str, client: str) -> dict[str, Any]:
    forwarded = {"X-Forwarded-Host": "demo.example", "X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9"}
    app = NamedProxies(Starlette(routes=[Route("/", told)]), proxies)  # type: ignore[arg-type]

    with TestClient(app, client=(client, 1)) as browser:  # type: ignore[arg-type]
        return browser.get("/", headers={**forwarded, "Host": "127.0.0.1", "Forwarded": "host=demo.example"}).json()


@pytest.mark.parametrize(
    ("proxies", "client"), [("10.0.0.1", "10.0.0.1"), ("10.0.0.0/8, ::1", "10.2.3.4"), ("*", "1.2.3.4")]
)
def test_a_proxy_that_was_named_is_believed(proxies: str, client: str) -> None:
    answer = ask(proxies, client)
    assert (answer["scheme"], answer["client"], answer["headers"]["host"]) == ("https", "203.0.113.9", "demo.example")


@pytest.mark.parametrize("proxies", ["", "10.0.0.1"])
def test_of_anybody_else_nothing_is_left(proxies: str) -> None:
    answer = ask(proxies, "127.0.0.1")
    assert (answer["scheme"], answer["client"], answer["headers"]["host"]) == ("http", "127.0.0.1", "127.0.0.1")
    assert not any("forwarded" in name for name in answer["headers"])
