"""The page keeps to what its oldest browsers have, and a tool says so."""

from pathlib import Path

import pytest
import tree_sitter_javascript
from tree_sitter import Language, Parser

from scripts.oldest_browsers import check, in_markup, in_script, in_style, nodes

ROOT = Path(__file__).parents[1]
NEWER = [  # than Firefox 115, Safari 15.4 or Chrome 100
    (in_script, "row.with(1, 2);"),
    (in_script, "const back = row.toReversed();"),
    (in_script, "row.map(half).toSorted();"),
    (in_script, "row.toSpliced(1, 1);"),
    (in_script, "Promise.withResolvers();"),
    (in_script, "Object.groupBy(rows, kind);"),
    (in_script, "Array.fromAsync(rows);"),
    (in_script, "fetch(address, { signal: AbortSignal.timeout(9) });"),
    (in_script, "new CompressionStream('deflate');"),
    (in_script, "Object.assign(node, { ariaLabel: 'x' });"),
    (in_script, "import data from './x.json' with { type: 'json' };"),
    (in_script, "class A { static { B(); } }"),
    (in_script, "/(?<=a)b/.test(x);"),
    (in_script, "/[a&&b]/v.test(x);"),
    (in_style, ".a:has(.b) { color: red }"),
    (in_style, ".a:not(:has(.b)) { color: red }"),
    (in_style, ".a { .b { color: red } }"),
    (in_style, ".a { &:hover { color: red } }"),
    (in_style, "@container (width > 9px) { .a { color: red } }"),
    (in_style, "@media (width <= 720px) { .a { color: red } }"),
    (in_style, ".a { height: 100dvh }"),
    (in_style, ".a { color: color-mix(in srgb, red, blue) }"),
    (in_style, ".a { overflow: clip }"),
    (in_style, ".a { user-select: none }"),
    (in_style, ".a { translate: 1px }"),
    (in_style, ".a { text-wrap: balance }"),
    (in_markup, '<div popover="auto"></div>'),
    (in_markup, "<p inert></p>"),
]
OLD = [
    (in_script, "row.at(-1); row.findLast(odd); Object.hasOwn(a, b); structuredClone(a); a ??= b?.c;"),
    (in_script, "if (typeof CompressionStream === 'function') new CompressionStream('deflate');"),
    (in_script, "event.getCoalescedEvents?.();"),
    (in_style, ".a:is(.b, .c):focus-visible { inset: 0; aspect-ratio: 1; accent-color: red }"),
    (in_style, ".a { height: 100vh; height: 100svh }"),
    (in_style, ".a { -webkit-user-select: none; user-select: none }"),
    (in_style, "@supports (translate: 1px) { .a { translate: 1px } }"),
    (in_style, "@media (max-width: 720px) { .a { width: min(100%, 9px) } }"),
    (in_markup, '<details open><summary>x</summary></details><input type="range">'),
]


def test_the_page_keeps_to_its_oldest_browsers() -> None:
    assert list(check(ROOT / "demo")) == []


@pytest.mark.parametrize(("reader", "text"), NEWER, ids=[text for _, text in NEWER])
def test_what_is_newer_is_found(reader, text: str) -> None:
    assert list(reader(text))


@pytest.mark.parametrize(("reader", "text"), OLD, ids=[text for _, text in OLD])
def test_what_the_oldest_have_or_what_is_asked_for_first_is_none(reader, text: str) -> None:
    assert list(reader(text)) == []


def test_the_readme_and_the_page_name_the_same_browsers() -> None:
    for place in ("README.md", "demo/page/oldest.js"):
        text = " ".join((ROOT / place).read_text(encoding="utf-8").split())
        assert all(name in text for name in ("Chrome 100", "Safari 15.4", "115")), place


def test_the_first_script_is_one_that_any_browser_can_read() -> None:
    text = (ROOT / "demo/page/oldest.js").read_bytes()
    tree = Parser(Language(tree_sitter_javascript.language())).parse(text).root_node
    newer = {"arrow_function", "template_string", "lexical_declaration", "optional_chain", "spread_element", "ERROR"}
    assert not newer & {node.type for node in nodes(tree)}
    assert b"</script" not in text
