"""What was written is not decoded again while it is remembered, and is written all the same when it is forgotten."""

import pytest
from playwright.sync_api import Page

from demo.page.files import address

pytestmark = pytest.mark.answered_by("server", why="the tests say themselves who answers")

# Texts are written one after another by a model that draws a disc: how many pictures were decoded for each, and the
# sheets of the first and the last.
WRITE = """async ([module, texts]) => {
    const { sheetOf } = await import(module);
    const far = (at) => (at % 28 - 14) ** 2 + (Math.floor(at / 28) - 14) ** 2;
    const disc = Float32Array.from({ length: 784 }, (_, at) => 40 - far(at));
    let decoded = 0;
    const decodeLogits = async (styles) => {
        decoded += styles.length / 2;
        return Array.from({ length: styles.length / 2 }, () => disc);
    };
    const model = { name: "disc", conditional: true, size: 2, directions: null, decodeLogits };
    const counts = [], sheets = [];
    for (const [text, seed] of texts) {
        const before = decoded;
        sheets.push(JSON.stringify(await sheetOf(model, { text, styles: [[0.5, -1]], seed })));
        counts.push(decoded - before);
    }
    return [counts, sheets[0], sheets.at(-1)];
}"""
PAGE = "1234567890" * 40


def written(page: Page, url: str, *texts: tuple[str, int]) -> tuple[list[int], str, str]:
    page.goto(f"{url}{address('runtime/strokes.js')}")  # its text: any page of this origin would do
    counts, first, last = page.evaluate(WRITE, [f"{url}{address('runtime/writing/sheet.js')}", texts])
    return counts, first, last


def test_what_is_typed_on_costs_one_picture(blank: Page, url: str) -> None:
    counts, *_ = written(blank, url, ("31", 0), ("314", 0), ("314", 0), ("31 4", 0))
    assert counts == [12, 1, 0, 1]


def test_a_page_that_was_partly_forgotten_is_written_as_before(blank: Page, url: str) -> None:
    """The third pushes out a part of the first, whose rest would go as that part comes back."""
    counts, first, last = written(blank, url, (PAGE, 0), (PAGE, 1), (PAGE, 2), (PAGE, 0))
    assert counts[:3] == [410, 400, 400] and 0 < counts[3] < 400
    assert first == last
