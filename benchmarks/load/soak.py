"""Hours of people: whether memory stays flat and no file is left."""

import tempfile
from pathlib import Path

from benchmarks.load.figures import served
from benchmarks.load.places import behind_haproxy
from demo.door.surroundings import environment

MINUTE = 60.0  # seconds between two looks
FLAT = 0.05  # share by which memory may differ between the second look and the last


def soak(people: int, minutes: float) -> str:
    """A row a minute, and in a line what it comes to. The first minute fills caches and does not count."""
    with tempfile.TemporaryDirectory() as folder, environment(TMPDIR=folder), behind_haproxy(2) as place:
        files = count(folder)
        rows = ["| minute | memory, MB | files | p95 ms | errors | refused |", "| --- | --- | --- | --- | --- | --- |"]
        print("\n".join(rows), flush=True)
        memory: list[int] = []
        for minute in range(1, max(2, round(minutes)) + 1):
            run = served(place.address, people, min(MINUTE, 60 * minutes / 2), warm=1.0)
            memory.append(place.memory())
            rows.append(
                f"| {minute} | {memory[-1] / 1e6:.1f} | {count(folder) - files:+d} | {1000 * run.percentile(95):.0f} | "
                f"{run.errors} | {run.shed:.1%} |"
            )
            print(rows[-1], flush=True)
    change = memory[-1] / memory[0] - 1
    verdict = "flat" if abs(change) <= FLAT else "not flat"
    return f"\nMemory after the first minute: {change:+.1%}, {verdict}."


def count(folder: str) -> int:
    return sum(path.is_file() for path in Path(folder).rglob("*"))
