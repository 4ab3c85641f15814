"""The little of Handlebars that the widgets' markup uses: {{name}}, {{this.name}}, {{../name}} and {{#each name}}."""

import re
from collections.abc import Iterator
from html import escape
from typing import Any

TAG = re.compile(r"\{\{(.+?)\}\}")


def render(template: str, values: dict[str, Any]) -> str:
    """The markup with its values, which are escaped. Raises ValueError for a tag that is not one of these."""
    return "".join(fill(iter(TAG.split(template)), [values]))


def fill(parts: Iterator[str], scopes: list[Any]) -> Iterator[str]:
    """Text and tags come in turn; ends with them, or at {{/each}}."""
    for text in parts:
        yield text
        tag = next(parts, "/each").strip()
        if tag == "/each":
            return
        if tag.startswith("#each "):
            inside = until_end(parts)
            for each in find(tag.removeprefix("#each "), scopes):
                yield from fill(iter(inside), [*scopes, each])
        elif tag.startswith(("#", "/", "^", ">")):
            raise ValueError(f"expected a value or #each in the markup, got {tag}")
        else:
            yield escape(str(find(tag, scopes)))


def until_end(parts: Iterator[str]) -> list[str]:
    """The parts up to the {{/each}} that ends them, which is taken too."""
    found, depth = [], 1
    for text in parts:
        tag = next(parts, "").strip()
        depth += tag.startswith("#each ") - (tag == "/each")
        found += [text, tag]
        if not depth:
            return found
    raise ValueError("expected {{/each}} in the markup")


def find(path: str, scopes: list[Any]) -> Any:
    path = path.strip()
    while path.startswith("../"):
        path, scopes = path.removeprefix("../"), scopes[:-1]
    if path == "this":
        return scopes[-1]
    return scopes[-1][path.removeprefix("this.")]
