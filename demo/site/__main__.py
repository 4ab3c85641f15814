"""Write the demo as a static folder, which any host of files serves: python -m demo.site --out DIR."""

import argparse
import gzip
from pathlib import Path

from demo.site.folder import site_files

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
    packed = sum(len(gzip.compress(content, LEVEL)) for content in files.values())
    print(f"{folder}: {len(files)} files, {packed / 1e6:.1f} MB as hosts send them")


if __name__ == "__main__":
    main()
