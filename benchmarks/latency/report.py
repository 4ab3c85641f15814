"""The figures as tables of Markdown, beside what they are held to."""

import os
import platform
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

import numpy as np

from benchmarks.latency.drawing import Drawing
from benchmarks.latency.loading import Load
from benchmarks.latency.sliding import Sliding
from benchmarks.latency.writing import Writing

README = Path(__file__).resolve().parents[1] / "README.md"
STARTED = "`python app.py` to a page that can be used"
WEIGHT = "page weight, as transferred / decoded"


@dataclass
class Live:
    """All that was measured of one app while a person works with it."""

    sliding: Sliding = field(default_factory=Sliding)
    drawing: Drawing = field(default_factory=Drawing)
    writing: Writing = field(default_factory=Writing)


Values = tuple[float, ...]  # a median, or a median and a 95th percentile; empty where nothing was measured


@dataclass(frozen=True)
class Figure:
    what: str
    to_reach: str
    unit: str
    of: Callable[[Live], Values]

    def show(self, live: Live) -> str:
        return " / ".join(f"{value:.0f}" for value in self.of(live)) + self.unit if self.of(live) else "-"


def both(times: list[float]) -> Values:
    return tuple(np.quantile(times, (0.5, 0.95)).tolist()) if times else ()


def half(times: list[float]) -> Values:
    return both(times)[:1]


FIGURES = [
    Figure("slider to picture, p50 / p95", "23 / 40 ms", " ms", lambda live: both(live.sliding.moves)),
    Figure("slider to picture after a look, p50 / p95", "", " ms", lambda live: both(live.sliding.looks)),
    Figure("pictures a second in a drag", "55", "", lambda live: half(live.sliding.rates)),
    Figure("lag in a drag, painted, p50", "15 ms", " ms", lambda live: half(live.sliding.lags)),
    Figure("lag in a drag, frame drawn, p50", "", " ms", lambda live: half(live.sliding.lags_drawn)),
    Figure("pointer on the map to picture, p50 / p95", "23 ms", " ms", lambda live: both(live.sliding.hovers)),
    Figure("Inside: slider to reconstruction, p50 / p95", "as Explore", " ms", lambda live: both(live.sliding.inside)),
    Figure("Compare: slider to both pictures, p50 / p95", "as Explore", " ms", lambda live: both(live.sliding.compare)),
    Figure("Inside: slider to every number, p50 / p95", "", " ms", lambda live: both(live.sliding.inside_all)),
    Figure("Compare: slider to both hands of ten, p50 / p95", "", " ms", lambda live: both(live.sliding.compare_all)),
    Figure("103 pictures of a morph, p50", "", " ms", lambda live: half(live.sliding.morphs)),
    Figure("pen to digit and reconstruction, p50 / p95", "", " ms", lambda live: both(live.drawing.firsts)),
    Figure("pen to every view, p50 / p95", "40 / 80 ms", " ms", lambda live: both(live.drawing.moves)),
    Figure("pen lifted to final reading, p50", "60 ms", " ms", lambda live: half(live.drawing.lifts)),
    Figure("typing to written line, 12 digits, p50 / p95", "40 ms", " ms", lambda live: both(live.writing.lines)),
    Figure("typing to written page, 400 digits, p50 / p95", "400 ms", " ms", lambda live: both(live.writing.pages)),
]
REQUESTS = [
    Figure("requests of one move of a slider", "", "", lambda live: half(live.sliding.move_requests)),
    Figure("requests of a drag of 240 moves", "", "", lambda live: half(live.sliding.drag_requests)),
    Figure(
        "requests of a digit drawn; of one stroke on the sketchpad", "", "", lambda live: half(live.drawing.requests)
    ),
]


def live_rows(server: Live, browser: Live, usual: Live) -> list[tuple[str, ...]]:
    """Columns: what, to reach, answered by the server, in the browser, usual idiom, bare Gradio."""
    return [
        (f.what, f.to_reach, *(f.show(live) for live in (server, browser, usual)), "-") for f in (*FIGURES, *REQUESTS)
    ]


def ready_row(times: list[tuple[float, float]]) -> tuple[str, ...]:
    """The same columns, for the runtime of the browser."""
    cold, cached = np.median(times, axis=0)
    return ("runtime ready after the page, cold / cached", "", "-", f"{cold:.0f} / {cached:.0f} ms", "-", "-")


def load_rows(ours: list[Load], usual: list[Load], bare: list[Load]) -> list[tuple[str, ...]]:
    """The same columns, for loading."""

    def seconds(loads: list[Load]) -> float:
        return float(np.median([load.seconds for load in loads]))

    def weight(loads: list[Load]) -> str:
        return f"{loads[-1].transferred / 1000:,.0f} / {loads[-1].decoded / 1000:,.0f} kB" if loads else "-"

    ratio = seconds(ours) / seconds(bare)
    added = [ours[-1].transferred - bare[-1].transferred, ours[-1].decoded - bare[-1].decoded]
    return [
        (STARTED, "1.2 x bare", f"{seconds(ours):.1f} s, {ratio:.2f} x", "-", "-", f"{seconds(bare):.1f} s"),
        (WEIGHT, "", weight(ours), "-", weight(usual), weight(bare)),
        (
            "added to bare Gradio",
            "150 kB",
            " / ".join(f"{count / 1000:+,.0f}" for count in added) + " kB",
            "-",
            "-",
            "-",
        ),
    ]


def ratio_rows(one: Live, other: Live) -> list[tuple[str, ...]]:
    """Columns: what, the one, the other, ratio of the other's median to the one's."""
    return [
        (f.what, f.show(one), f.show(other), f"{f.of(other)[0] / f.of(one)[0]:.2f} x") for f in FIGURES if f.of(one)
    ]


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def machine(chromium: str) -> str:
    """What it was measured on."""
    load = f", load {os.getloadavg()[0]:.1f} before the run" if hasattr(os, "getloadavg") else ""
    python = platform.python_version()
    return (
        f"{os.cpu_count()} cores{load}; headless Chromium {chromium} without a GPU; Python {python}, "
        f"Gradio {version('gradio')}, PyTorch {version('torch')}."
    )


def write(part: str, text: str) -> None:
    """Between the markers of that name in benchmarks/README.md."""
    page = README.read_text(encoding="utf-8")
    marked = rf"(<!-- {part} -->).*(<!-- /{part} -->)"
    README.write_text(re.sub(marked, lambda m: f"{m[1]}\n{text}\n{m[2]}", page, flags=re.S), encoding="utf-8")
