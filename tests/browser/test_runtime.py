"""The browser answers as the server does, asks it nothing, and leaves it to the server where it cannot."""

import base64
import io
from collections.abc import Iterator
from typing import Any

import hand
import numpy as np
import pytest
from conftest import HTTP, PATIENCE
from PIL import Image, ImageSequence
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from demo.page.files import address, version
from demo.page.vendor import vendor_folder
from vae_core import available_models, load_model, render_strokes

pytestmark = pytest.mark.answered_by("server", why="the tests say themselves who answers")

SIGN = "#answering"
IN_BROWSER, BY_SERVER = "answered in your browser", "answered by the server"


def row(*digits: int) -> hand.Strokes:
    """Side by side."""
    return [[[x + 140 * k, y] for x, y in stroke] for k, value in enumerate(digits) for stroke in hand.digit(value)]


def told(*pictures: Any) -> str:
    return base64.b64encode(np.round(255 * np.stack(pictures)).astype(np.uint8).tobytes()).decode()


FIRST = "conv"
PICTURES = [render_strokes(hand.digit(value)) for value in (2, 6)]
DRAWINGS = {
    "a digit": {"strokes": hand.digit(2)},
    "a picture": {"image": told(PICTURES[1])},
    "a scribble": {"strokes": [[[10, 10], [90, 15], [20, 80], [95, 90]], [[0, 50], [99, 45]], [[50, 0], [40, 99]]]},
    "two digits": {"strokes": row(2, 6)},
    "writing": {"strokes": [[[40 * k, 0], [40 * k + 9, 90], [40 * k + 18, 0], [40 * k + 27, 90]] for k in range(6)]},
    "two digits in a picture": {"image": told(render_strokes(row(2, 6))), "parts": told(*PICTURES), "count": 2},
    "a page": {"image": told(PICTURES[0]), "count": 40},
    "on its side": {"image": told(np.rot90(render_strokes(hand.digit(4))))},
}

# Both runtimes asked the same; typed arrays come back as lists.
BOTH = """async ([folder, model, name, question]) => {
    const [server, browser] = await Promise.all(
        ["by_server", "in_browser"].map((one) => import(`${folder}/${one}.js`)),
    );
    browser.note(await server.describe(model));
    await browser.load(model);
    const lists = (_, part) => (ArrayBuffer.isView(part) ? [...part] : part);
    const plain = (value) => JSON.parse(JSON.stringify(value, lists));
    return Promise.all([server, browser].map(async (runtime) => plain(await runtime[name](...question, model))));
}"""


@pytest.fixture(scope="module")
def bare(browser: Browser, url: str) -> Iterator[Page]:
    """A page with nothing but what the runtime needs to know."""
    context = browser.new_context()
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto(f"{url}{address('runtime/model.js')}")  # its text: any page of this origin would do
    metas = {"vendor": vendor_folder(), "app-version": version()}
    told = f'<base href="{url}">' + "".join(f'<meta name="{name}" content="{value}">' for name, value in metas.items())
    page.evaluate("(told) => (document.head.innerHTML = told)", told)
    yield page
    context.close()


@pytest.fixture
def page(blank: Page, url: str) -> Page:
    blank.goto(f"{url}?runtime=browser")
    blank.wait_for_selector("#pad canvas[data-revision]")
    return blank


def both(page: Page, model: str, name: str, *question: Any) -> tuple[Any, Any]:
    server, browser = page.evaluate(BOTH, [address_of(page), model, name, list(question)])
    return server, browser


def address_of(page: Page) -> str:
    """Of the runtime's modules."""
    return page.evaluate("(path) => new URL(path, document.baseURI).href", address("runtime"))


def near(server: Any, browser: Any, within: float, where: str = "") -> None:
    """Two answers of the same make, their numbers within so much of each other, relative to those above 1."""
    if isinstance(server, dict):
        assert server.keys() == browser.keys(), where
        for key, value in server.items():
            near(value, browser[key], within, f"{where}.{key}")
    elif isinstance(server, list) and any(isinstance(part, (dict, list)) or part is None for part in server):
        assert len(server) == len(browser), where
        for k, value in enumerate(server):
            near(value, browser[k], within, f"{where}[{k}]")
    elif isinstance(server, (list, float, int)) and not isinstance(server, bool):
        np.testing.assert_allclose(browser, server, atol=within, rtol=within, err_msg=where)
    else:
        assert server == browser, where


def same_pictures(server: Any, browser: Any) -> None:
    assert np.shape(server) == np.shape(browser)
    assert abs(np.subtract(server, browser, dtype=float)).max(initial=0) <= 2.0


def style_of(model: str, seed: int = 0) -> list[float]:
    return np.random.default_rng(seed).normal(size=load_model(model).latent_dim).round(3).tolist()


@pytest.mark.parametrize("model", available_models())
def test_every_answer_is_that_of_the_server(bare: Page, model: str) -> None:
    compare_readings(bare, model)
    compare_pictures(bare, model)
    compare_dissections(bare, model)
    compare_writing(bare, model)
    if load_model(model).shape:
        for by in ([0, 0, 0, 0, 0], [10, 0, 0, 0, 0], [-15, 0.5, 1, -1, 3]):
            near(*both(bare, model, "reshape", style_of(model), 3, by), 2e-4)


def compare_readings(page: Page, model: str) -> None:
    for drawing in list(DRAWINGS.values())[: None if model == FIRST else 4]:
        server, browser = both(page, model, "read", drawing)
        for pictures in ("seen", "reconstruction", "hand", "spread"):
            same_pictures(server.pop(pictures), browser.pop(pictures))
        for one, other in zip(offers(server), offers(browser), strict=True):
            same_pictures(grey(one.pop("image")), grey(other.pop("image")))
        near(server, browser, 1e-2)
    server, browser = both(page, model, "read", {**DRAWINGS["on its side"], "brief": True})
    for pictures in ("seen", "reconstruction"):
        same_pictures(server.pop(pictures), browser.pop(pictures))
    assert server["hand"] == [] and not server.keys() & {"spread", "turned"}
    near(server, browser, 1e-2)
    for drawing in list(DRAWINGS.values())[:2]:
        near(*both(page, model, "locate", drawing), 1e-2)


def offers(answer: Any) -> list[Any]:
    """What may be put on the pad in the place of what was read."""
    return [*answer["parts"], *([answer["turned"]] if "turned" in answer else [])]


def grey(image: str) -> list[int]:
    return list(base64.b64decode(image))


def test_all_kinds_of_verdict_are_among_the_drawings(bare: Page) -> None:
    """So that the above compares them."""
    told = {name: both(bare, "conv", "read", drawing)[1] for name, drawing in DRAWINGS.items()}
    assert told["two digits"]["verdict"] == {"kind": "several", "words": "Two digits: 2 6."}
    assert [part["digit"] for part in told["two digits in a picture"]["parts"]] == [2, 6]
    assert told["a page"]["verdict"]["words"].startswith("This looks like a page of writing.")
    assert told["a scribble"]["verdict"]["kind"] == "strange"
    assert told["on its side"]["turned"]["digit"] == 4


def compare_pictures(page: Page, model: str) -> None:
    one, other = style_of(model), style_of(model, 1)
    same_pictures(*both(page, model, "decode", one, 4))
    same_pictures(*both(page, model, "decode", one, list(range(10))))
    same_pictures(*both(page, model, "decode", [one, other] * 5, 3))
    near(*both(page, model, "translate", one, 5), 1e-2)
    if model not in (FIRST, "plain"):
        return  # a hundred pictures each
    vary = "both" if load_model(model).conditional else "style"
    server, browser = both(page, model, "morph", {"style": one, "digit": 3}, {"style": other, "digit": 8}, vary)
    for pictures in ("pictures", "ends"):
        same_pictures(server.pop(pictures), browser.pop(pictures))
    near(server, browser, 1e-3)


def compare_dissections(page: Page, model: str) -> None:
    for switches in ({}, {"zZero": True}, {"sigmaZero": True}, {"digit": "one-hot"}, {"digit": 4, "label": 1}):
        asked = {
            "strokes": hand.digit(5),
            "epsilon": style_of(model),
            "scale": 1.2,
            "digit": "probabilities",
            "label": None,
        }
        server, browser = both(page, model, "dissect", asked | switches)
        for pictures in ("x", "reconstruction"):
            same_pictures(server.pop(pictures), browser.pop(pictures))
        near(server, browser, 2e-2)


KEPT = [{"image": told(render_strokes(hand.digit(value))), "digit": value} for value in (2, 6, 2, 9)]
TEXTS: list[dict[str, Any]] = [
    {"text": "31-4.1 59\n2/6:5", "seed": 7, "variation": 1.3, "spacing": 0.8, "width": 90.0},
    {"text": "11\n478\n+394", "seed": 2**31 - 1, "variation": 0, "columns": True, "slant": 12, "thickness": -0.5},
]


def compare_writing(page: Page, model: str) -> None:
    server, browser = both(page, model, "hand", KEPT)
    same_pictures(server.pop("pictures"), browser.pop("pictures"))
    near(server, browser, 1e-2)
    if not load_model(model).conditional:
        return
    for question in TEXTS if load_model(model).shape else TEXTS[:1]:
        server, browser = both(page, model, "write", {"styles": two_styles(model), **question})
        near({key: server[key] for key in SIZES}, {key: browser[key] for key in SIZES}, 5e-2)
        same_outlines(server, browser)


SIZES = ("width", "height", "rules", "units")


def two_styles(model: str) -> list[list[float]]:
    return [style_of(model), style_of(model, 1)]


def same_outlines(server: Any, browser: Any) -> None:
    """Each sign where it is and as large, to a tenth of a pixel, and of as many contours."""
    for one, other in zip(server["signs"], browser["signs"], strict=True):
        assert one[0] == other[0] and len(one[3]) == len(other[3])
    np.testing.assert_allclose(*(extents(answer) for answer in (browser, server)), atol=0.1)


def extents(answer: Any) -> Any:
    points, at, found = np.reshape(answer["points"], (-1, 2)) / answer["units"], 0, []
    for _, x, y, counts in answer["signs"]:
        own = points[at : at + sum(counts)]
        found.append([x, y, *own.max(axis=0)])
        at += sum(counts)
    return np.array(found)


def test_a_gif_has_the_frames_of_the_server(bare: Page) -> None:
    ends = {"style": style_of("conv"), "digit": 3}, {"style": style_of("conv", 1), "digit": 8}
    frames = []
    for file in both(bare, "conv", "gif", *ends, "both"):
        gif = Image.open(io.BytesIO(bytes(file)))
        assert gif.info["loop"] == 0
        shown = [(np.asarray(frame.convert("L")), frame.info["duration"]) for frame in ImageSequence.Iterator(gif)]
        frames.append([picture for picture, duration in shown for _ in range(round(duration / 40))])
    same_pictures(*frames)
    assert len(frames[0]) == 100


def test_one_picture_does_not_wait_for_a_hundred(bare: Page) -> None:
    order = bare.evaluate(
        """async ([folder, style]) => {
            const { decode, load, note } = await import(`${folder}/in_browser.js`);
            note(await (await import(`${folder}/by_server.js`)).describe("conv"));
            await load("conv");
            const order = [];
            const many = decode(Array(200).fill(style), 3, "conv").then(() => order.push("many"));
            await decode(style, 4, "conv").then(() => order.push("one"));
            await many;
            return order;
        }""",
        [address_of(bare), style_of("conv")],
    )
    assert order == ["one", "many"]


def test_a_digit_does_not_wait_for_the_hand_of_one_drawn_before(bare: Page) -> None:
    """Of readings asked in one go all are told early, and the first and the newest are filled in."""
    order = bare.evaluate(
        """async ([folder, drawings]) => {
            const { load, note, read } = await import(`${folder}/in_browser.js`);
            note(await (await import(`${folder}/by_server.js`)).describe("conv"));
            await load("conv");
            const order = [];
            const each = drawings.map(async (drawing, k) => {
                const answer = await read(drawing, "conv", ({ digit }) => order.push(`early ${k}: ${digit}`));
                if (answer) order.push(`whole ${k}: ${answer.digit}, ${answer.hand.length}`);
            });
            await Promise.all(each);
            return order;
        }""",
        [address_of(bare), [{"strokes": hand.digit(digit)} for digit in (1, 2, 3, 4)]],
    )
    assert order == [*(f"early {k}: {k + 1}" for k in range(4)), "whole 0: 1, 10", "whole 3: 4, 10"]


CLOCKS = {"quick": "performance.now = () => 0", "slow": "let now = 0; performance.now = () => (now += 100)"}
MOVE = """() => {
    const range = [...document.querySelectorAll("#sliders input[type=range]")].find((one) => one.offsetParent);
    range.value = Number(range.value) < 1 ? 1.5 : -1.5;
    range.dispatchEvent(new Event("input", { bubbles: true }));
}"""
MOVE_AND_LOOK = f"""async () => {{
    const picture = document.querySelector("#picture");
    const before = picture.dataset.revision;
    ({MOVE})();
    for (let turn = 0; turn < 1000; turn++) await null; // all that happens in this task
    return picture.dataset.revision !== before;
}}"""


def decodes_in_frame(page: Page, model: str = FIRST) -> bool:
    script = "async ([folder, model]) => (await import(`${folder}/in_browser.js`)).decodesInFrame(model)"
    return page.evaluate(script, [address_of(page), model])


@pytest.mark.parametrize("clock", CLOCKS)
def test_a_picture_is_in_the_frame_in_which_its_slider_moves_where_one_takes_little_of_it(
    blank: Page, url: str, clock: str
) -> None:
    blank.add_init_script(CLOCKS[clock])
    blank.goto(f"{url}?runtime=browser")
    blank.get_by_role("tab", name="Explore").click()
    blank.wait_for_selector("#picture[data-revision]")
    if clock == "quick":
        assert hand.eventually(blank, lambda: decodes_in_frame(blank))
    else:
        hand.rest(blank)
    before = hand.pixels(blank, "#picture")
    assert blank.evaluate(MOVE_AND_LOOK) is (clock == "quick")
    assert hand.eventually(blank, lambda: hand.pixels(blank, "#picture") != before)


def test_a_page_that_answers_itself_asks_the_server_nothing(page: Page) -> None:
    hand.draw(page, hand.digit(3))
    hand.wait_for_digit(page, 3)
    expect(page.locator(SIGN)).to_have_text(IN_BROWSER)
    page.get_by_role("tab", name="Explore").click()
    page.wait_for_selector("#picture[data-revision]")
    hand.rest(page)
    page.wait_for_load_state("networkidle")  # what decodes single pictures has come, from the browser's own cache
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for value in range(20):
        page.locator("#sliders input[type=range]").filter(visible=True).first.fill(str(value / 10))
    page.keyboard.press("7")
    hand.rest(page)
    page.get_by_role("tab", name="Draw").click()
    page.locator("#clear").click()
    hand.draw(page, hand.digit(8))
    hand.wait_for_digit(page, 8)
    hand.rest(page)
    assert asked == []


def test_the_server_answers_until_the_browser_can(blank: Page, url: str) -> None:
    held: list[Route] = []
    blank.route("**/*.wasm", lambda route: held.append(route))
    blank.goto(f"{url}?runtime=auto")
    blank.wait_for_selector("#pad canvas[data-revision]")
    hand.draw(blank, hand.digit(3))
    hand.wait_for_digit(blank, 3)
    expect(blank.locator(SIGN)).to_have_text(BY_SERVER)
    assert hand.eventually(blank, lambda: held)
    held[0].continue_()
    assert hand.eventually(blank, lambda: draws_by(blank) == IN_BROWSER)
    expect(blank.locator("#reading")).to_have_attribute("data-digit", "3")


def draws_by(page: Page) -> str:
    """Who answers the next question."""
    page.keyboard.press("Control+z")
    hand.draw(page, hand.digit(3))
    hand.wait_for_digit(page, 3)
    return page.locator(SIGN).inner_text()


BROKEN = {
    "no threads": ("delete window.Worker;", ""),
    "no WebAssembly": ("", "**/runtime/worker.js"),
    "a broken download": ("", "**/*.wasm"),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_where_the_browser_cannot_the_server_answers_and_a_sentence_says_so(context: Any, url: str, kind: str) -> None:
    """On a page whose console is not watched: the browser tells there of what is broken."""
    script, file = BROKEN[kind]
    page, tries = context.new_page(), []
    if script:
        page.add_init_script(script)
    if file:
        page.route(file, lambda route: (tries.append(1), route.fulfill(status=200, body="broken")))
    page.goto(f"{url}?runtime=browser")
    page.wait_for_selector("#pad canvas[data-revision]")
    hand.draw(page, hand.digit(3))
    hand.wait_for_digit(page, 3)
    expect(page.locator(SIGN)).to_have_text(BY_SERVER)
    expect(page.locator("#header")).to_contain_text("This browser cannot compute the answers itself")
    seen = len(tries)
    page.get_by_role("tab", name="Explore").click()
    page.wait_for_selector("#picture[data-revision]")
    before = hand.pixels(page, "#picture")
    page.keyboard.press("8")
    assert hand.eventually(page, lambda: hand.pixels(page, "#picture") != before)
    assert len(tries) == seen


def test_a_model_whose_graphs_are_gone_is_left_to_the_server(context: BrowserContext, url: str) -> None:
    page = context.new_page()
    page.route("**/graphs/**", lambda route: route.fulfill(status=404, body="{}"))
    page.goto(f"{url}?runtime=browser")
    page.wait_for_selector("#pad canvas[data-revision]")
    hand.draw(page, hand.digit(3))
    hand.wait_for_digit(page, 3)
    expect(page.locator(SIGN)).to_have_text(BY_SERVER)
    expect(page.locator("#header")).not_to_contain_text("cannot compute")


def test_graphs_are_kept_for_ever_and_nothing_else_is_to_be_had_there(url: str) -> None:
    folder = HTTP.get(f"{url}live/describe?model=blog").json()["graphs"]["folder"]
    found = HTTP.get(f"{url}{folder}/decoder.onnx")
    assert found.status_code == 200 and "immutable" in found.headers["cache-control"]
    plain = HTTP.get(f"{url}{folder}/decoder.onnx", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers and plain.content == found.content
    assert found.headers["content-encoding"] == "gzip"
    other = folder.replace(folder.split("/")[1], "0" * 16)
    for path in (f"{other}/decoder.onnx", f"{folder}/blog.safetensors", f"{folder}/..%2fdecoder.onnx", "graphs/a/b/c"):
        assert HTTP.get(f"{url}{path}").status_code == 404, path
