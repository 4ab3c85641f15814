"""Whether the page keeps to what its oldest browsers have: Firefox ESR 115, Safari 15.4 and Chrome 100.

    python -m scripts.oldest_browsers demo

parses its JavaScript, style sheets and markup and looks every name up in newer-names.json (see newer_names.py). What
may be missing is asked for first: by `typeof Name`, `object.name?.()`, an older declaration of the same property
before, or `@supports`.
"""

import json
import re
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import tree_sitter_css
import tree_sitter_javascript
from tree_sitter import Language, Node, Parser

NAMES = json.loads(Path(__file__).with_name("newer-names.json").read_text(encoding="utf-8"))
SCRIPT, STYLE, MARKUP = (
    {name: set(words) for name, words in NAMES[part].items()} for part in ("script", "style", "markup")
)
VALUES = {name: set(words) for name, words in NAMES["style"]["values"].items()}
OURS = {
    "command",
    "drop",
    "hand",
    "image",
    "isVisible",
    "move",
    "resize",
    "share",
}  # members of our own objects, whatever the web calls so
HARMLESS = {"imageSmoothingQuality", "playsinline"}  # where it is not known, nothing is lost
Finding = tuple[int, str]  # line, what is newer


def in_script(text: str) -> Iterator[Finding]:
    """What is newer in a module of JavaScript."""
    asked = set(re.findall(r"typeof (\w+)", text))
    for node in nodes(Parser(Language(tree_sitter_javascript.language())).parse(text.encode()).root_node):
        for word in newer_in_script(node):
            if word not in asked:
                yield node.start_point[0] + 1, word


def newer_in_script(node: Node) -> Iterator[str]:
    kind, word = node.type, text_of(node)
    if kind in ("ERROR", *SCRIPT["syntax"]):
        yield kind
    elif kind == "identifier" and word in SCRIPT["globals"]:
        yield word
    elif kind == "regex":
        yield from (mark for mark in ("(?<=", "(?<!") if mark in SCRIPT["syntax"] and mark in word)
        yield from (["flag v"] if "v" in word.rpartition("/")[2] else [])
    elif kind == "property_identifier" and node.parent and node.parent.type in ("member_expression", "pair"):
        owner = node.parent.child_by_field_name("object")
        named = f"{text_of(owner)}.{word}" if owner else word
        if named in SCRIPT["statics"] or (
            word in SCRIPT["members"] - OURS - HARMLESS and not is_asked_for(node.parent)
        ):
            yield named


def is_asked_for(member: Node) -> bool:
    """Whether it is called by `?.()`, which does nothing where it is not there."""
    call = member.parent
    return (
        call is not None and call.type == "call_expression" and any(c.type == "optional_chain" for c in call.children)
    )


def in_style(text: str) -> Iterator[Finding]:
    """What is newer in a style sheet."""
    for node in nodes(Parser(Language(tree_sitter_css.language())).parse(text.encode()).root_node):
        for word in newer_in_style(node):
            yield node.start_point[0] + 1, word


def newer_in_style(node: Node) -> Iterator[str]:
    kind, word = node.type, text_of(node)
    if kind in ("ERROR", "nesting_selector") or (kind == "rule_set" and has_above(node, "rule_set")):
        yield kind
    elif kind == "declaration":
        found = list(newer_in_declaration(node))
        if not has_above(node, "supports_statement") and not any(is_fallback(node, other) for other in before(node)):
            yield from found
    elif kind == "at_keyword" and word.lstrip("@") in STYLE["at-rules"]:
        yield word
    elif kind == "media_statement" and re.search("[<>]", word.partition("{")[0]):
        yield "range syntax"
    elif kind in ("pseudo_class_selector", "pseudo_element_selector") and not has_above(node, "supports_statement"):
        names = [text_of(child) for child in node.children if child.type in ("class_name", "tag_name")]
        yield from (f":{name}" for name in names[-1:] if name in STYLE["selectors"])


def newer_in_declaration(node: Node) -> Iterator[str]:
    name = property_of(node)
    if name in STYLE["properties"]:
        yield name
    for part in nodes(node):
        word = text_of(part)
        if part.type == "function_name" and word in STYLE["functions"]:
            yield f"{word}()"
        elif part.type == "unit" and word in STYLE["units"]:
            yield word
        elif part.type == "plain_value" and {word, word.replace("-", "_")} & VALUES.get(name, set()):
            yield f"{name}: {word}"


def is_fallback(node: Node, other: Node) -> bool:
    """Whether an older browser takes the other declaration, of the same property or of WebKit's own of that name."""
    if other.type != "declaration" or property_of(other).removeprefix("-webkit-") != property_of(node):
        return False
    return not [*newer_in_declaration(other)]


class Markup(HTMLParser):
    """Collects what is newer in markup."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Finding] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        words = [f"<{tag}>"] if tag in MARKUP["elements"] else []
        words += [name for name, _ in attrs if name in MARKUP["attributes"] - HARMLESS]
        self.found += [(self.getpos()[0], word) for word in words]


def in_markup(text: str) -> Iterator[Finding]:
    """What is newer in a piece of HTML."""
    reader = Markup()
    reader.feed(text)
    return iter(reader.found)


READERS = {".js": in_script, ".css": in_style, ".html": in_markup}


def check(root: Path) -> Iterator[str]:
    """A line for everything below a folder that one of the oldest browsers lacks."""
    for path in sorted(path for path in root.rglob("*") if path.suffix in READERS):
        for line, word in READERS[path.suffix](path.read_text(encoding="utf-8")):
            yield f"{path}:{line}: {word} is newer than the oldest browsers"


def nodes(root: Node) -> Iterator[Node]:
    yield root
    for child in root.children:
        yield from nodes(child)


def before(node: Node) -> Iterator[Node]:
    while (node := node.prev_sibling) is not None:  # type: ignore[assignment]
        yield node


def has_above(node: Node, kind: str) -> bool:
    while (node := node.parent) is not None:  # type: ignore[assignment]
        if node.type == kind:
            return True
    return False


def text_of(node: Node | None) -> str:
    return (node.text or b"").decode() if node else ""


def property_of(declaration: Node) -> str:
    return text_of(declaration.children[0])


if __name__ == "__main__":
    found = [line for root in sys.argv[1:] for line in check(Path(root))]
    print(*found, sep="\n")
    sys.exit(bool(found))
