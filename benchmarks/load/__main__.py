"""How many people are served: python -m benchmarks.load [--people 10 20 30 ...] [--ray PYTHON] [--write].

People who draw, slide and look, a third each, at one app process, at processes behind HAProxy and at Ray Serve, on
this machine with the client beside them. More and more until they are not served; then three times those that were, and
those that were again; then what the way through HAProxy or Ray adds to a call, and whole pages. --soak MINUTES instead
watches memory and files of two processes behind HAProxy under that load.
"""

import argparse
import os
import platform
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from benchmarks.load.calls import added, page_loads
from benchmarks.load.figures import HEAD, Figures, most_served, served
from benchmarks.load.places import ROOT, Place, Running, one_process, places
from benchmarks.load.soak import soak

PEOPLE = (12, 15, 18, 24, 30, 36, 45, 54, 66, 81, 99)  # a third of each
PAGES = (500, 1000)  # page loads a minute
BATCHES = 10
REPORT = ROOT / "docs" / "deploy.md"
MARKS = ("<!-- load -->", "<!-- /load -->")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, nargs="+", default=PEOPLE, help="how many, in rising order")
    parser.add_argument("--seconds", type=float, default=20.0, help="of each run (%(default)s)")
    parser.add_argument("--places", nargs="+", help="only these, by the first letters of their names")
    parser.add_argument("--ray", metavar="PYTHON", help="a Python that has deploy/requirements.txt")
    parser.add_argument("--soak", type=float, metavar="MINUTES", help="watch memory instead")
    parser.add_argument("--write", action="store_true", help=f"the tables into {REPORT.relative_to(ROOT)}")
    options = parser.parse_args()
    if options.soak:
        print(soak(options.people[0], options.soak))
        return
    chosen = {
        name: place
        for name, place in places(options.ray).items()
        if not options.places or name.startswith(tuple(options.places))
    }
    text = "\n".join(report(chosen, options.people, options.seconds))
    if options.write:
        write(REPORT, text)


def report(chosen: dict[str, Place], people: Sequence[int], seconds: float) -> Iterator[str]:
    """The tables, a line at a time, printed as they come."""
    rows: list[str] = []
    ways: list[str] = []
    yield told(f"{machine()}; {seconds:g} s a run, open arrivals, seed of the people 0.\n")
    yield told(HEAD)
    yield told("| --- " * HEAD.count(" |") + "|")
    for name, place in chosen.items():
        with place() as running:
            runs = []
            for count in people:
                runs.append(served(running.address, count, seconds))
                yield told(runs[-1].row(name))
                if not runs[-1].is_served:
                    break
            most = most_served(runs)
            rows.append(
                f"| {name} | {most or f'fewer than {people[0]}'} | {overload(running, most or people[0], seconds)} |"
            )
            ways.append(f"| {name} | {way(running, name)} | {pages(running, seconds)} |")
    yield told(
        "\n| what | people at p95 200 ms | three times as many: p95 of a refusal, errors | back to normal after |"
    )
    yield told("| --- | --- | --- | --- |")
    for row in rows:
        yield told(row)
    loads = " | ".join(f"{rate} page loads a minute, p95 s (failed)" for rate in PAGES)
    yield told(f"\n| what | p50 of a call, straight -> this way, ms | {loads} |")
    yield told("| --- " * (2 + len(PAGES)) + "|")
    for row in ways:
        yield told(row)


def overload(running: Running, people: int, seconds: float) -> str:
    """Three times so many people, and at once so many again."""
    flood: Figures = served(running.address, 3 * people, seconds)
    after: Figures = served(running.address, people, max(10.0, seconds), warm=0.0)
    refusal = f"{1000 * np.percentile(flood.refused, 95):.0f} ms" if len(flood.refused) else "none refused"
    return f"{refusal}, {flood.errors} | {after.normal_after():g} s"


def way(running: Running, name: str) -> str:
    if running.direct == running.address:
        return "-"
    if running.direct:
        first, second = added(running.direct, running.address, BATCHES)
    else:
        with one_process() as alone:
            first, second = added(alone.address, running.address, BATCHES)
    return f"{first:.1f} -> {second:.1f}, {second - first:+.1f}"


def pages(running: Running, seconds: float) -> str:
    cells = []
    for rate in PAGES:
        late, failed = page_loads(running.address, rate, seconds)
        cells.append(f"{late:.2f} ({failed})")
    return " | ".join(cells)


def machine() -> str:
    return f"{os.cpu_count()} cores ({platform.machine()}), shared with the client"


def told(line: str) -> str:
    print(line, flush=True)
    return line


def write(file: Path, text: str) -> None:
    """Put the tables between their marks."""
    before, rest = file.read_text(encoding="utf-8").split(MARKS[0])
    after = rest.split(MARKS[1])[1]
    file.write_text(f"{before}{MARKS[0]}\n{text}\n{MARKS[1]}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
