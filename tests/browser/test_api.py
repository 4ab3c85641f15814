"""The endpoints for programs, with gradio_client, over plain HTTP and as MCP tools."""

import asyncio
import base64
import io
import json
import zlib
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import hand
import numpy as np
import pytest
from conftest import HTTP, PATIENCE
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client
from PIL import Image

pytestmark = pytest.mark.answered_by("server", why="programs ask the server")

ROOT = Path(__file__).parents[2]
META = {"_type": "gradio.FileData"}
START, END = {"digit": 3, "seed": 1}, {"digit": 8, "seed": 2}
LATENT = 16  # values of a style, of the model conv


@pytest.fixture(scope="module")
def client(url: str) -> Client:
    return Client(url, verbose=False, httpx_kwargs={"timeout": PATIENCE / 1000})


@pytest.fixture(scope="module")
def seven(client: Client, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A picture file of a 7, as the model writes it."""
    _, sheet = client.predict(digit=7, style=[0] * LATENT, api_name="/generate")
    copy = tmp_path_factory.mktemp("pictures") / "seven.png"
    copy.write_bytes(Path(sheet).read_bytes())
    return copy


def data_uri(file: Path) -> str:
    return f"data:image/png;base64,{base64.b64encode(file.read_bytes()).decode()}"


def pixels(file: str) -> np.ndarray:
    with Image.open(file) as picture:
        return np.asarray(picture)


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes that claims to be this large."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return len(content).to_bytes(4) + name + content + zlib.crc32(name + content).to_bytes(4)

    header = width.to_bytes(4) + height.to_bytes(4) + bytes([8, 0, 0, 0, 0])
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def assert_is_a_sentence(message: str) -> None:
    assert 10 < len(message) < 300
    assert message.endswith(".")
    assert not any(trace in message for trace in ("Traceback", "site-packages", "show_error", "root:"))


@pytest.mark.parametrize("digit", range(10))
def test_read_tells_the_digit_of_strokes(client: Client, digit: int) -> None:
    answer, reconstruction = client.predict(strokes=hand.digit(digit), scale=1, api_name="/read")
    assert answer["digit"] == digit == int(np.argmax(answer["probabilities"]))
    assert len(answer["style"]) == len(answer["z"]) == LATENT
    assert str(digit) in answer["verdict"]
    assert pixels(reconstruction).shape == (28, 28) and pixels(reconstruction).max() > 100


def test_read_takes_a_picture_uploaded_or_as_a_data_uri(client: Client, seven: Path) -> None:
    for picture in (handle_file(str(seven)), data_uri(seven)):
        answer, _ = client.predict(picture=picture, api_name="/read")
        assert answer["digit"] == 7


def test_hand_writes_ten_different_digits(client: Client) -> None:
    answer, sheet = client.predict(strokes=hand.digit(4), scale=1, api_name="/hand")
    digits = np.split(pixels(sheet), 10, axis=1)
    for digit, picture in enumerate(digits):
        read, _ = client.predict(picture=png_uri(picture), api_name="/read")
        assert read["digit"] == digit
    written, four = client.predict(digit=4, style=answer["style"], scale=1, api_name="/generate")
    assert np.abs(pixels(four).astype(int) - digits[4]).max() <= 1  # a style is told in four decimals
    assert written["style"] == [answer["style"]]


def test_write_writes_a_text_in_the_hand_of_drawings_as_png_and_svg(client: Client, seven: Path) -> None:
    def write(text: str, **given: Any) -> tuple[np.ndarray, str]:
        png, svg = client.predict(text=text, api_name="/write", **given)
        return pixels(png), Path(svg).read_text()

    strokes, drawings = hand.digit(4), [hand.digit(digit) for digit in (4, 2, 7)]
    picture, svg = write("12.5", strokes=strokes)
    assert svg.count("<path") == 4 and "<title>12.5</title>" in svg
    assert picture.shape[2] == 3 and picture.min() < 60 and picture.max() == 255
    assert write("12.5", strokes=strokes)[1] == svg
    hands = [svg, write("12.5", strokes=drawings)[1], write("12.5", picture=data_uri(seven))[1]]
    hands += [write("12.5", strokes=strokes, **given)[1] for given in ({"seed": 1}, {"variation": 0}, {"slant": 10})]
    assert len(set(hands)) == len(hands)
    style = client.predict(strokes=strokes, api_name="/hand")[0]["style"]
    assert write("12.5", style=style, paper="", scale=8)[0].shape[2] == 4


def png_uri(grey: np.ndarray) -> str:
    png = io.BytesIO()
    Image.fromarray(grey).save(png, "PNG")
    return f"data:image/png;base64,{base64.b64encode(png.getvalue()).decode()}"


def test_generate_repeats_a_seed_a_style_and_a_z(client: Client) -> None:
    def generate(**given: Any) -> tuple[dict, np.ndarray]:
        answer, sheet = client.predict(digit=3, scale=1, **given, api_name="/generate")
        return answer, pixels(sheet)

    answer, pictures = generate(seed=5, count=12)
    assert pictures.shape == (2 * 28, 10 * 28) and len(answer["style"]) == len(answer["z"]) == 12
    assert (generate(seed=5, count=12)[1] == pictures).all()
    for way in ("style", "z"):  # both are told in four decimals
        assert np.abs(generate(**{way: answer[way]})[1].astype(int) - pictures).max() <= 1
    assert (generate(seed=6, count=12)[1] != pictures).any()


def test_generate_strays_no_further_than_its_temperature(client: Client) -> None:
    answer, _ = client.predict(digit=3, temperature=0, api_name="/generate")
    assert answer["style"] == [[0] * LATENT]


def test_morph_is_an_animation_between_its_ends(client: Client, seven: Path) -> None:
    start, end = {"strokes": hand.digit(1)}, {"picture": handle_file(str(seven))}
    gif, sheet = client.predict(start, end, frames=10, scale=2, api_name="/morph")
    with Image.open(gif) as animation:
        assert (animation.format, animation.size, animation.n_frames) == ("GIF", (56, 56), 18)
    first, *_, last = np.split(pixels(sheet), 10, axis=1)
    for digit, picture in ((1, first), (7, last)):
        answer, _ = client.predict(picture=png_uri(picture), api_name="/read")
        assert answer["digit"] == digit


def test_the_example_of_the_readme_runs(url: str, seven: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(seven.parent)
    section = (ROOT / "README.md").read_text(encoding="utf-8").split("## For programs")[1]
    names: dict[str, Any] = {}
    exec(section.split("```python")[1].split("```")[0].replace("http://127.0.0.1:7860", url), names)
    assert names["reading"]["digit"] == 7
    assert all(Path(names[file]).is_file() for file in ("ten_digits", "pictures", "gif", "steps"))


def test_every_endpoint_answers_for_a_model_without_digits_or_says_why_not(client: Client) -> None:
    strokes = hand.digit(2)
    answer, _ = client.predict(strokes=strokes, model="plain", api_name="/read")
    assert "digit" not in answer and answer["verdict"]
    client.predict(seed=1, model="plain", api_name="/generate")
    client.predict({"seed": 1}, {"strokes": strokes}, frames=2, model="plain", api_name="/morph")
    with pytest.raises(AppError, match="takes a digit"):
        client.predict(strokes=strokes, model="plain", api_name="/hand")


BAD = [
    ("read", {}),
    ("read", {"strokes": []}),
    ("read", {"strokes": 7}),
    ("read", {"strokes": [[[1e300, 1], [0, 0]]]}),
    ("read", {"strokes": [[[k, k] for k in range(5_000)]]}),
    ("read", {"strokes": [[[0, 1]]], "picture": "x"}),
    ("read", {"strokes": [[[0, 1]]], "scale": 1000}),
    ("read", {"strokes": [[[0, 1]]], "model": "../conv"}),
    ("read", {"strokes": [[[0, 1]]], "model": ["conv"]}),
    ("read", {"picture": 7}),
    ("read", {"picture": "data:image/png;base64,AAAA"}),
    ("read", {"picture": "data:image/png,AAAA"}),
    ("hand", {"strokes": "three"}),
    ("hand", {"picture": {"url": "x"}}),
    ("generate", {}),
    ("generate", {"digit": 10}),
    ("generate", {"digit": "3"}),
    ("generate", {"digit": 3, "z": [1]}),
    ("generate", {"digit": 3, "style": [1]}),
    ("generate", {"digit": 3, "style": [0] * LATENT, "z": [0] * LATENT}),
    ("generate", {"digit": 3, "z": [1e9] * LATENT}),
    ("generate", {"digit": 3, "z": "abc"}),
    ("generate", {"digit": 3, "z": [0] * LATENT, "seed": 1}),
    ("generate", {"digit": 3, "z": [[0] * LATENT] * 500}),
    ("generate", {"digit": 3, "seed": -1}),
    ("generate", {"digit": 3, "seed": 1.5}),
    ("generate", {"digit": 3, "temperature": 99}),
    ("generate", {"digit": 3, "count": 1_000_000}),
    ("morph", {"start": 1, "end": 2}),
    ("morph", {"start": {}, "end": {}}),
    ("morph", {"start": START, "end": {"seed": 1}}),
    ("morph", {"start": START, "end": {"z": [1, 2], "digit": 1}}),
    ("morph", {"start": START, "end": {"style": [1, 2], "digit": 1}}),
    ("morph", {"start": START, "end": END, "vary": "colour"}),
    ("morph", {"start": START, "end": END, "frames": 1}),
    ("morph", {"start": START, "end": END, "frames": 1_000_000}),
    ("write", {}),
    ("write", {"text": "12"}),
    ("write", {"text": "twelve", "style": [0] * LATENT}),
    ("write", {"text": "1" * 10_000, "style": [0] * LATENT}),
    ("write", {"text": 12, "style": [0] * LATENT}),
    ("write", {"text": "12", "style": [0] * LATENT, "strokes": [[[0, 1]]]}),
    ("write", {"text": "12", "style": [[0] * LATENT] * 101}),
    ("write", {"text": "12", "strokes": []}),
    ("write", {"text": "12", "strokes": [[[[0, 1]]], 7]}),
    ("write", {"text": "12", "picture": []}),
    ("write", {"text": "12", "style": [0] * LATENT, "ink": "blue"}),
    ("write", {"text": "12", "style": [0] * LATENT, "scale": 1000}),
    ("write", {"text": "1" * 400, "style": [0] * LATENT, "scale": 64}),
    ("write", {"text": "12", "style": [0] * LATENT, "model": "plain"}),
]


@pytest.mark.parametrize(("endpoint", "given"), BAD, ids=lambda value: str(value)[:50])
def test_bad_input_gets_a_sentence(client: Client, endpoint: str, given: dict) -> None:
    with pytest.raises(AppError) as caught:
        client.predict(**given, api_name=f"/{endpoint}")
    assert_is_a_sentence(str(caught.value))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no picture",
        bomb(8_000, 8_000),
        bomb(60_000, 60_000),
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
    ],
    ids=["empty", "text", "64 megapixels", "3600 megapixels", "postscript"],
)
def test_a_hostile_file_gets_a_sentence(client: Client, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "picture.png"
    file.write_bytes(content)
    with pytest.raises(AppError, match="Expected a picture") as caught:
        client.predict(picture=handle_file(str(file)), api_name="/read")
    assert_is_a_sentence(str(caught.value))


def post(url: str, endpoint: str, body: str) -> str:
    """What plain HTTP answers to a raw JSON text."""
    address = f"{url}gradio_api/call/{endpoint}"
    posted = HTTP.post(address, content=body, headers={"Content-Type": "application/json"})
    assert posted.status_code == 200
    return HTTP.get(f"{address}/{posted.json()['event_id']}").text


@pytest.mark.parametrize("data", ["[]", "[[[[0, 1]]]]", "[[[[1e300, 1]]], null, 4, null]"])
def test_plain_http_gets_a_sentence_too(url: str, data: str) -> None:
    event, said = post(url, "read", f'{{"data": {data}}}').strip().split("\n")
    assert event == "event: error"
    assert_is_a_sentence(json.loads(said.removeprefix("data: "))["error"])


def addresses(url: str, picture: Path) -> list[Any]:
    """What names a file of the server, be it a picture, or an address in its network, in place of an upload."""
    secrets = ["/etc/passwd", str(picture), f"/tmp/gradio/../..{picture}", f"{url}gradio_api/file={picture}"]
    secrets += [f"{url}config", "http://169.254.169.254/latest/meta-data"]
    return [*secrets, {"path": str(picture)}, *({"path": secret, "meta": META} for secret in secrets)]


def test_no_file_of_the_server_is_read_and_no_address_fetched(url: str, seven: Path) -> None:
    for address in addresses(url, seven):
        asked = {"read": [None, address, 4, None], "morph": [{"picture": address}, START, "both", 2, 1, None]}
        for endpoint, data in asked.items():
            event, said = post(url, endpoint, json.dumps({"data": data})).strip().split("\n")
            assert event == "event: error", (endpoint, address)
            assert_is_a_sentence(sentence := json.loads(said.removeprefix("data: "))["error"])
            if isinstance(address, dict) and address["path"].startswith("http"):
                assert "got the address" in sentence, "it was tried"


def with_tools(url: str, use: Callable[[ClientSession], Awaitable[Any]]) -> Any:
    async def session() -> Any:
        address = f"{url}gradio_api/mcp/"
        async with streamable_http_client(address) as (receive, send, _), ClientSession(receive, send) as opened:
            await opened.initialize()
            return await use(opened)

    with ThreadPoolExecutor(1) as thread:  # Playwright's own loop may be running in this one
        return thread.submit(lambda: asyncio.run(session())).result()


def test_there_are_exactly_five_tools_and_every_parameter_is_described(url: str) -> None:
    tools = with_tools(url, lambda session: session.list_tools()).tools
    assert [tool.name for tool in tools] == ["read", "generate", "hand", "morph", "write"]
    for tool in tools:
        assert "digit" in tool.description
        for name, parameter in tool.inputSchema["properties"].items():
            assert len(parameter["description"]) > 15, (tool.name, name)
            assert "anyOf" in parameter, (tool.name, name)


def test_the_client_is_told_the_same_five_endpoints(client: Client) -> None:
    endpoints = client.view_api(return_format="dict", print_info=False)
    assert isinstance(endpoints, dict)
    assert list(endpoints["named_endpoints"]) == ["/read", "/generate", "/hand", "/morph", "/write"]
    assert endpoints["unnamed_endpoints"] == {}


def test_tools_answer_with_text_and_pictures(url: str, seven: Path) -> None:
    async def use(session: ClientSession) -> list[Any]:
        asked = [
            ("read", {"strokes": hand.digit(5)}),
            ("read", {"picture": data_uri(seven)}),
            ("hand", {"strokes": hand.digit(5)}),
            ("generate", START),
            ("morph", {"start": START, "end": END, "frames": 4}),
            ("write", {"text": "3.14", "strokes": [hand.digit(5), hand.digit(3)]}),
        ]
        return [await session.call_tool(name, arguments) for name, arguments in asked]

    read, read_picture, *others = answers = with_tools(url, use)
    assert not any(answer.isError for answer in answers)
    assert "'digit': 5" in read.content[0].text
    assert "'digit': 7" in read_picture.content[0].text
    for answer in (read, *others):
        pictures = [part for part in answer.content if part.type == "image"]
        assert pictures
        for picture in pictures:
            Image.open(io.BytesIO(base64.b64decode(picture.data))).load()


def test_a_tool_takes_the_address_of_a_picture_another_tool_made(url: str) -> None:
    async def use(session: ClientSession) -> Any:
        made = await session.call_tool("generate", {"digit": 7, "style": [0] * LATENT})
        return await session.call_tool("read", {"picture": made.content[-1].text.removeprefix("Image URL: ")})

    assert "'digit': 7" in with_tools(url, use).content[0].text


def test_bad_input_to_a_tool_gets_a_sentence_and_reads_no_file(url: str, seven: Path) -> None:
    asked = [*BAD[::4], *(("read", {"picture": address}) for address in addresses(url, seven))]
    asked += [("morph", {"start": {"picture": {"path": str(seven)}}, "end": END})]

    async def use(session: ClientSession) -> list[Any]:
        return [await session.call_tool(name, arguments) for name, arguments in asked]

    for (name, arguments), answer in zip(asked, with_tools(url, use), strict=True):
        assert answer.isError, (name, arguments)
        assert_is_a_sentence(answer.content[0].text)
