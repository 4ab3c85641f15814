"""Write the demo as a static folder, which any host of files serves: python -m demo.site --out DIR."""

import argparse
import gzip
from pathlib import Path

from demo.site.folder import site_files

FIRST = "conv"  # the model shown first
LEVEL = 6  # of gzip, as hosts pack


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder to write; what it holds of other names stays")
    folder = parser.parse_args().out
    files = site_files()
    for name, content in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    packed = {name: len(gzip.compress(content, LEVEL)) for name, content in files.items()}
    page = sum(size for name, size in packed.items() if name.startswith(("index", "files/")))
    first = page + sum(size for name, size in packed.items() if name.startswith("vendor/") or f"/{FIRST}/" in name)
    print(f"{folder}: {len(files)} files, {sum(packed.values()) / 1e6:.1f} MB as hosts send them,")
    print(f"of which {first / 1e6:.1f} MB read a first digit and {page / 1e3:.0f} kB are the page:")
    for part in dict.fromkeys(map(part_of, packed)):
        size = sum(size for name, size in packed.items() if part_of(name) == part)
        print(f"{size / 1e3:9,.0f} kB {part}")


def part_of(name: str) -> str:
    """The folder at the top that a file is in; of graphs, each of a model by itself."""
    folder, _, rest = name.partition("/")
    return f"{folder}: {'/'.join(rest.split('/')[1:])}" if folder == "graphs" else folder if rest else "page and icons"


if __name__ == "__main__":
    main()
