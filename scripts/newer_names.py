"""What the web has that the oldest browsers the page is for have not, for scripts/oldest_browsers.py to look up.

    npm pack @mdn/browser-compat-data && tar xzf mdn-browser-compat-data-*.tgz
    python -m scripts.newer_names package/data.json

writes scripts/newer-names.json of MDN's table (CC0). A member counts as newer where no interface that these browsers
know has it: which object it is asked of cannot be told from the source.
"""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

OLDEST = {"chrome": (100,), "firefox": (115,), "safari": (15, 4)}
ON_TELEPHONES = {"chrome": "chrome_android", "firefox": "firefox_android", "safari": "safari_ios"}
OUT = Path(__file__).with_name("newer-names.json")
SYNTAX = {  # what a parser calls it: where the table has it
    "class_static_block": "classes.static.initialization_blocks",
    "import_attribute": "statements.import.import_attributes",
    "using_declaration": "statements.using",
    "(?<=": "regular_expressions.lookbehind_assertion",
    "(?<!": "regular_expressions.lookbehind_assertion",
    "flag v": "builtins.RegExp.unicodeSets",
}
UNITS = {
    "viewport_percentage_units_dynamic": ["dvw", "dvh", "dvi", "dvb", "dvmin", "dvmax"],
    "viewport_percentage_units_large": ["lvw", "lvh", "lvi", "lvb", "lvmin", "lvmax"],
    "viewport_percentage_units_small": ["svw", "svh", "svi", "svb", "svmin", "svmax"],
    "container_query_length_units": ["cqw", "cqh", "cqi", "cqb", "cqmin", "cqmax"],
}
Table = dict[str, Any]


def is_old(entry: Table) -> bool:
    """Whether all the oldest browsers have it, on a desk or on a telephone, as it is and without a flag."""
    support = entry.get("__compat", {}).get("support", {})
    return all(
        any(had(fact, version) for place in (name, ON_TELEPHONES[name]) for fact in listed(support.get(place)))
        for name, version in OLDEST.items()
    )


def listed(facts: Any) -> list[Table]:
    return facts if isinstance(facts, list) else [facts or {"version_added": "0"}]


def had(fact: Table, version: tuple[int, ...]) -> bool:
    if any(fact.get(key) for key in ("flags", "prefix", "alternative_name")):
        return False
    added, removed = fact.get("version_added"), fact.get("version_removed")
    return (
        isinstance(added, str)
        and added != "preview"
        and number(added) <= version
        and not (isinstance(removed, str) and number(removed) <= version)
    )


def number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.lstrip("≤").split("."))


def parts(entry: Table) -> Iterator[tuple[str, Table]]:
    return ((name, part) for name, part in entry.items() if not name.startswith("__"))


def all_parts(entry: Table) -> Iterator[tuple[str, Table]]:
    for name, part in parts(entry):
        yield name, part
        yield from all_parts(part)


def newer(entries: Iterator[tuple[str, Table]]) -> list[str]:
    """The names that are new wherever they stand."""
    entries = list(entries)
    old = {name for name, entry in entries if is_old(entry)}
    return sorted({name for name, _ in entries if not name.startswith("-")} - old)


def script(table: Table) -> Table:
    interfaces = [*parts(table["api"]), *parts(table["javascript"]["builtins"])]
    known = [(name, part) for name, entry in interfaces if is_old(entry) for name, part in parts(entry)]
    own = [(name, part) for name, part in known if not name.endswith(("_event", "_static"))]
    statics = [
        (f"{owner}.{name.removesuffix('_static')}", part)
        for owner, entry in interfaces
        for name, part in parts(entry)
        if name.endswith("_static") or owner in table["javascript"]["builtins"]
    ]
    where = {word: path.split(".") for word, path in SYNTAX.items()}
    return {
        "globals": newer(iter(interfaces)),
        "members": newer(iter(own)),
        "statics": newer(iter(statics)),
        "syntax": [word for word, path in where.items() if not is_old(at(table["javascript"], path))],
    }


def at(entry: Table, path: list[str]) -> Table:
    for name in path:
        entry = entry[name]
    return entry


def style(css: Table) -> Table:
    properties = dict(parts(css["properties"]))
    lengths = css["types"]["length"]
    values = {name: newer(parts(entry)) for name, entry in properties.items() if is_old(entry)}
    inside = [pair for entry in properties.values() for pair in parts(entry)]
    return {
        "properties": newer(iter(properties.items())),
        "values": {name: words for name, words in values.items() if words},
        "functions": newer(iter([*all_parts(css["types"]), *inside])),
        "selectors": newer(parts(css["selectors"])),
        "at-rules": newer(parts(css["at-rules"])),
        "units": [unit for name, units in UNITS.items() if not is_old(lengths[name]) for unit in units],
    }


def markup(html: Table) -> Table:
    elements = dict(parts(html["elements"]))
    attributes = [pair for entry in elements.values() for pair in parts(entry)]
    everywhere = list(parts(html["global_attributes"]))
    return {"elements": newer(iter(elements.items())), "attributes": newer(iter([*attributes, *everywhere]))}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("table", type=Path)
    table = json.loads(parser.parse_args().table.read_text(encoding="utf-8"))
    names = {
        "source": f"@mdn/browser-compat-data {table['__meta']['version']}",
        "script": script(table),
        "style": style(table["css"]),
        "markup": markup(table["html"]),
    }
    OUT.write_text(json.dumps(names, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
