"""The page makes the files of a written sheet as Python does: SVG byte for byte, PNG and GIF pixel by pixel."""

import io
import itertools
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageSequence
from playwright.sync_api import Page

from demo.page.files import address
from vae_core.data import Digits
from vae_core.writing.layout import Setting, Sheet, grounded, lay_out
from vae_core.writing.marks import STROKES, mark, pen_of
from vae_core.writing.outlines import Outline, trace
from vae_core.writing.raster import MAX_FRAME_PIXELS, gif_bytes, picture
from vae_core.writing.svg import Look, rules_of, svg_text

pytestmark = pytest.mark.answered_by("server", why="the tests say themselves who answers")

MAKE = """async ([url, name, sheet, look]) => {
    const make = (await import(url))[name];
    const outlines = sheet.outlines.map((contours) => contours.map((points) => Float64Array.from(points)));
    try {
        const made = await make({ ...sheet, outlines }, look);
        if (!(made instanceof Blob || made instanceof Uint8Array)) return { made };
        const bytes = new Uint8Array(await new Response(made).arrayBuffer());
        return { made: Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""), type: made.type };
    } catch (error) {
        return { refused: error.constructor.name, words: error.message };
    }
}"""
NOTHING_BUT_NUMBERS = "delete window.CompressionStream; delete window.OffscreenCanvas; document.createElement = null;"
NO_MEMORY = """() => {
    window.Uint8Array = class { constructor() { throw new RangeError("Array buffer allocation failed"); } };
}"""
LOOKS = {
    "usual": Look(),
    "on cream": Look(scale=1.6, ink="#0000ff", paper="#fffbe6", ruled=True),
    "small on black": Look(scale=0.5, ink="#7f3355", paper="#000000"),
    "large": Look(scale=7.3, ink="#ff0000", ruled=True),
}
DRESSED = [
    ("line", "usual"),
    ("line", "on cream"),
    ("sum", "small on black"),
    ("sum", "on cream"),
    ("touching", "usual"),
    ("one", "large"),
    ("page", "on cream"),
    ("page", "small on black"),
    ("specks", "usual"),
    ("beyond the sheet", "large"),
    ("no ink", "on cream"),
]
Make = Callable[[str, str, Sheet, Look], dict[str, Any]]
Pixels = NDArray[np.uint8]
REST = 50  # times 40 ms, of the last picture


@pytest.fixture
def make(blank: Page, url: str) -> Make:
    """What a function of a module in runtime/writing gives for a sheet in a look."""
    folder = f"{url}{address('runtime/writing')}"
    blank.goto(f"{folder}/svg.js")  # its text: any page of this origin would do

    def make(module: str, name: str, sheet: Sheet, look: Look) -> dict[str, Any]:
        outlines = [[contour.ravel().tolist() for contour in outline.contours] for outline in sheet.outlines]
        told = {name: getattr(sheet, name) for name in ("text", "indices", "baselines", "width", "height")}
        return blank.evaluate(MAKE, [f"{folder}/{module}", name, told | {"outlines": outlines}, asdict(look)])

    return make


@pytest.fixture(scope="session")
def sheets(images: NDArray[np.float32], mnist_sample: Digits) -> dict[str, Sheet]:
    """Texts of digits that people wrote, and of marks in a pen of theirs."""
    labels = mnist_sample.labels.numpy()
    ten = np.stack([images[labels == digit][0] for digit in range(10)])
    pen = pen_of(ten, trace(ten))

    def sheet(text: str, **setting: Any) -> Sheet:
        rng = np.random.default_rng(0)
        outlines = {}
        for index, sign in enumerate(text):
            if sign.isdigit():
                outlines[index] = grounded(trace([rng.choice(images[labels == int(sign)])])[0])
            elif sign in STROKES:
                outlines[index] = mark(sign, pen, 0.1, rng)
        return lay_out(text, outlines, 0.2, Setting(**setting))

    return {
        "line": sheet("3.14159 (2/3)"),
        "sum": sheet("128\n+ 64\n-9,5", columns=True),
        "touching": sheet("8086:4+0", spacing=0.0),
        "one": sheet("4"),
        "page": sheet("0123456789 " * 14, width=300.0),
        "specks": replace(sheet("70"), outlines=[Outline(()), *sheet("70").outlines]),
        "beyond the sheet": replace(sheet("77"), width=30.0, height=30.0),
        "no ink": replace(sheet("1"), outlines=[], indices=[]),
    }


def in_halves(sheet: Sheet) -> Sheet:
    """Where every number lies in the middle of two, or on one, as it is rounded."""
    outlines = [Outline(tuple(np.rint(64 * contour) / 64 for contour in one.contours)) for one in sheet.outlines]
    baselines = [np.rint(32 * baseline) / 32 + 1 / 64 for baseline in sheet.baselines]
    return replace(sheet, outlines=outlines, baselines=baselines, width=88 + 1 / 64, height=61 + 3 / 64)


def test_svg_is_that_of_python_byte_for_byte(make: Make, sheets: dict[str, Sheet]) -> None:
    for sheet, look in itertools.product(sheets.values(), LOOKS.values()):
        assert make("svg.js", "svgText", sheet, look)["made"] == svg_text(sheet, look)


def test_what_lies_in_the_middle_of_two_is_rounded_as_python_does(make: Make, sheets: dict[str, Sheet]) -> None:
    sheet = replace(in_halves(sheets["line"]), text="1 < 2 && 3 > 2")
    for scale in (16.0, 4.0, 0.75, 1.3):
        look = Look(scale, ruled=True)
        assert make("svg.js", "svgText", sheet, look)["made"] == svg_text(sheet, look)


def test_lines_are_ruled_where_python_rules_them(make: Make, sheets: dict[str, Sheet]) -> None:
    assert make("svg.js", "rulesOf", sheets["page"], Look())["made"] == rules_of(sheets["page"])
    for scale in (0.5, 1.6, 4.3, 6.0, 7.3, 11.9):
        look = Look(scale, paper="#ffffff", ruled=True)
        made = Image.open(io.BytesIO(make("picture.js", "pngOf", sheets["no ink"], look)["made"].encode("latin-1")))
        np.testing.assert_array_equal(np.asarray(made), np.asarray(picture(sheets["no ink"], look)))


@pytest.mark.parametrize(("name", "dress"), DRESSED)
def test_png_is_near_that_of_python(make: Make, sheets: dict[str, Sheet], name: str, dress: str) -> None:
    same_picture(make, sheets[name], LOOKS[dress])


def test_png_needs_neither_packing_nor_a_canvas(make: Make, blank: Page, sheets: dict[str, Sheet]) -> None:
    blank.evaluate(NOTHING_BUT_NUMBERS)
    same_picture(make, sheets["line"], Look(scale=3.0))
    same_picture(make, sheets["line"], Look(scale=3.0, paper="#ffffff"))


def same_picture(make: Make, sheet: Sheet, look: Look) -> None:
    answer, expected = make("picture.js", "pngOf", sheet, look), picture(sheet, look)
    made = Image.open(io.BytesIO(answer["made"].encode("latin-1")))
    assert (answer["type"], made.format, made.mode, made.size) == ("image/png", "PNG", expected.mode, expected.size)
    same_pixels(np.asarray(made), np.asarray(expected))
    if look.paper is None:
        assert (np.asarray(made)[..., :3] == np.asarray(expected)[..., :3]).all()


def same_pixels(made: Pixels, expected: Pixels) -> None:
    """Alike nearly everywhere, and nowhere as far apart as ink and paper."""
    apart = np.abs(made.astype(int) - expected)
    assert apart.mean() < 1 and apart.max() < 128


@pytest.mark.parametrize(("name", "dress"), DRESSED)
def test_gif_is_near_that_of_python(make: Make, sheets: dict[str, Sheet], name: str, dress: str) -> None:
    sheet, look = sheets[name], LOOKS[dress]
    made, expected = shown(gif_of(make, sheet, look)), shown(gif_bytes(sheet, look))
    for ours, theirs in zip(made, expected, strict=True):
        same_pixels(ours, theirs)


def test_gif_writes_sign_by_sign_and_takes_nothing_back(make: Make, sheets: dict[str, Sheet]) -> None:
    frames = list(shown(gif_of(make, sheets["line"], Look(scale=2.0, ruled=True))))
    steps = 8 * len(sheets["line"].outlines)
    assert len(frames) == 1 + steps - 1 + REST
    inks = [255.0 - frame.mean() for frame in frames]
    assert all((after <= before).all() for before, after in itertools.pairwise(frames))
    assert inks[0] < inks[steps // 2] < inks[-REST] == inks[-1]


def test_a_gif_of_a_large_sheet_is_made_smaller(make: Make, sheets: dict[str, Sheet]) -> None:
    look = Look(scale=20.0, ruled=True)
    made, expected = (
        Image.open(io.BytesIO(file)) for file in (gif_of(make, sheets["one"], look), gif_bytes(sheets["one"], look))
    )
    assert made.size == expected.size and 0.98 < made.width * made.height / MAX_FRAME_PIXELS < 1.02


def gif_of(make: Make, sheet: Sheet, look: Look) -> bytes:
    return make("picture.js", "gifOf", sheet, look)["made"].encode("latin-1")


def shown(file: bytes) -> Iterator[Pixels]:
    """What a GIF shows, again for every 40 ms that it is shown."""
    with Image.open(io.BytesIO(file)) as gif:
        assert gif.format == "GIF" and gif.info["loop"] == 0
        for frame in ImageSequence.Iterator(gif):
            times, rest = divmod(frame.info["duration"], 40)
            assert times and not rest
            yield from [np.asarray(frame.convert("RGB"))] * times


def test_a_picture_too_large_is_refused_in_the_words_of_python(make: Make, sheets: dict[str, Sheet]) -> None:
    look = Look(scale=64.0)
    with pytest.raises(ValueError, match="megapixels") as refused:
        picture(sheets["line"], look)
    answer = make("picture.js", "pngOf", sheets["line"], look)
    assert answer == {"refused": "Unanswerable", "words": str(refused.value)}


def test_where_there_is_no_memory_one_is_told_so(make: Make, blank: Page, sheets: dict[str, Sheet]) -> None:
    for kind in ("pngOf", "gifOf"):
        make("picture.js", kind, sheets["one"], Look())  # its modules have what they need
    blank.evaluate(NO_MEMORY)
    for kind in ("pngOf", "gifOf"):
        answer = make("picture.js", kind, sheets["one"], Look())
        assert answer["refused"] == "Unanswerable" and "memory" in answer["words"]
