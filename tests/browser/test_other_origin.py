"""What a page of another site, open in the same browser, can do to an app on this machine: nothing but link to it."""

import http.server
import threading
from collections.abc import Iterator

import hand
import pytest
from conftest import HTTP
from playwright.sync_api import BrowserContext, Page

pytestmark = pytest.mark.answered_by("server", why="what the server answers to anyone")

QUESTION = '{"settings": {"preset": "blog"}, "token": "0123456789abcdef"}'
ATTEMPTS = {
    "form": """(url) => {
        const form = Object.assign(document.createElement('form'),
            { method: 'post', enctype: 'text/plain', action: url + 'live/start_training', target: 'sink' });
        const field = Object.assign(document.createElement('input'), { name: '{"settings": {"a": "', value: '"}}' });
        form.append(field);
        document.body.append(Object.assign(document.createElement('iframe'), { name: 'sink' }), form);
        form.submit();
    }""",
    "simple": """(url) => fetch(url + 'live/start_training', { method: 'post', mode: 'no-cors', body: QUESTION })""",
    "beacon": """(url) => navigator.sendBeacon(url + 'live/fetch_digits', new Blob(['{}'], { type: 'text/plain' }))""",
    "json": """(url) => fetch(url + 'live/start_training',
        { method: 'post', headers: { 'Content-Type': 'application/json' }, body: QUESTION })""",
    "cookies": """(url) => fetch(url + 'live/read',
        { method: 'post', credentials: 'include', headers: { 'Content-Type': 'application/json' }, body: '{}' })""",
    "file": """(url) => fetch(url + 'live/checkpoint', { method: 'post', mode: 'no-cors', body: new Uint8Array(9) })""",
    "upload": """(url) => { const data = new FormData(); data.append('files', new Blob(['x']), 'x.png');
        return fetch(url + 'gradio_api/upload', { method: 'post', mode: 'no-cors', body: data }); }""",
    "endpoint": """(url) => fetch(url + 'gradio_api/run/generate',
        { method: 'post', mode: 'no-cors', body: '{"data": []}' })""",
    "config": """(url) => fetch(url + 'config').then((answer) => answer.text())""",
    "catalog": """(url) => fetch(url + 'live/catalog').then((answer) => answer.text())""",
}


@pytest.fixture
def elsewhere(context: BrowserContext) -> Iterator[Page]:
    """A page of another site: the app is at 127.0.0.1, this one at localhost."""

    class Plain(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<!doctype html><title>Elsewhere</title><body>")

        def log_message(self, format: str, *args: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Plain) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        page = context.new_page()
        page.goto(f"http://localhost:{server.server_port}/")
        yield page
        page.close()
        server.shutdown()


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_a_page_of_another_site_is_answered_nothing(elsewhere: Page, url: str, attempt: str) -> None:
    statuses: list[int] = []
    elsewhere.on("response", lambda answer: statuses.append(answer.status) if answer.url.startswith(url) else None)
    program = ATTEMPTS[attempt].replace("QUESTION", f"'{QUESTION}'")
    attempted = f"Promise.resolve(({program})(url)).catch((error) => 'refused').then(String)"
    told = elsewhere.evaluate(f"(url) => {attempted}", url)
    hand.rest(elsewhere)
    assert "conv" not in told
    assert set(statuses) <= {403, 415}, statuses


def test_after_all_that_nothing_was_started_or_kept(url: str) -> None:
    token = {"token": "0123456789abcdef", "run": None, "have": 0}
    assert HTTP.post(f"{url}live/training", json=token).json()["state"] == "none"
    assert HTTP.get(f"{url}live/catalog").json()["names"] == ["conv", "blog", "plane", "plain", "deep"]


def test_the_app_is_not_shown_in_a_frame_of_another_site(elsewhere: Page, url: str) -> None:
    elsewhere.evaluate(
        """(url) => new Promise((done) => {
            const frame = Object.assign(document.createElement('iframe'), { src: url, onload: done, onerror: done });
            document.body.append(frame);
        })""",
        url,
    )
    hand.rest(elsewhere)
    assert all(frame.locator("#pad").count() == 0 for frame in elsewhere.frames[1:])


def test_a_link_from_another_site_opens_the_app(elsewhere: Page, url: str) -> None:
    elsewhere.evaluate('(url) => (document.body.innerHTML = `<a href="${url}">there</a>`)', url)
    elsewhere.get_by_text("there").click()
    elsewhere.wait_for_selector("#pad canvas[data-revision]")
