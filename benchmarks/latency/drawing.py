"""A pen draws on the pad: how long until a movement is read, and what is still to come when the pen lifts."""

import json
import time
from dataclasses import dataclass, field

from playwright.sync_api import Page

from benchmarks.latency.apps import ROOT
from benchmarks.latency.probe import SLOW, Note, after, of_kind, settle, watch

STROKES = ROOT / "tests" / "browser" / "strokes.json"
SHARE = 0.7  # of the pad's side, for the longer side of a digit
MOVES = 1 / 60  # seconds between two movements
FEW = 8  # movements a stroke where they are slow and not measured
FIRST = ("#reading", "#reconstruction")
VIEWS = ("#reading", "#seen", "#reconstruction", "#spread", "#hand canvas")

Stroke = list[tuple[float, float]]


@dataclass
class Drawing:
    """Milliseconds and counts, of all repeats so far."""

    moves: list[float] = field(default_factory=list)  # pen down or moved, to the reading of it drawn
    firsts: list[float] = field(default_factory=list)  # the same to digit and reconstruction
    lifts: list[float] = field(default_factory=list)  # pen up to the final reading drawn
    requests: list[float] = field(default_factory=list)  # a digit; on the sketchpad, a stroke


def digits() -> list[list[Stroke]]:
    """The tests' digits, strokes of points in hundredths of their longer side."""
    return [example["strokes"] for example in json.loads(STROKES.read_text())]


def draw(page: Page, strokes: list[Stroke], into: Drawing) -> None:
    """One digit on this app's pad."""
    into.firsts += read(page, strokes, FIRST)[1]
    notes, times = read(page, strokes, VIEWS)
    into.moves += times
    moved, readings = moves_of(notes), answered(notes)
    for lift in of_kind(notes, "pointerup"):
        last = max(at for at in moved if at <= lift["at"])
        into.lifts.append(max(0.0, after(readings, last)["drawn"] - lift["at"]))
    into.requests.append(len(of_kind(notes, "request")))


def read(page: Page, strokes: list[Stroke], views: tuple[str, ...]) -> tuple[list[Note], list[float]]:
    """What was noted while a digit was drawn, and from each movement of the pen to the frame with the views' answer."""
    watch(page, *views)
    move_pen(page, strokes)
    page.wait_for_selector("#reading[aria-busy=false]")
    notes = settle(page)
    readings = answered(notes)
    page.locator("#clear").click()
    settle(page)
    return notes, [after(readings, at)["drawn"] - at for at in moves_of(notes)]


def moves_of(notes: list[Note]) -> list[float]:
    return [note["at"] for note in notes if note["kind"] in ("pointerdown", "pointermove") and note["down"]]


def answered(notes: list[Note]) -> list[Note]:
    """The readings shown: at, when each was asked for, and when its first frame was drawn. One of a drawing that is no
    longer on the pad is not shown."""
    first: dict[float, float] = {}
    for one in of_kind(notes, "shown"):
        if one["of"] is not None:
            first.setdefault(one["of"], one["drawn"])
    return [{"at": at, "drawn": drawn} for at, drawn in sorted(first.items())]


def draw_on_sketchpad(page: Page, strokes: list[Stroke], into: Drawing) -> None:
    """One digit on a gr.Sketchpad, whose brush has to be picked first; only what follows a lifted pen is shown."""
    page.get_by_label("Brush", exact=True).first.click()
    settle(page, SLOW)
    for stroke in strokes:
        watch(page, "#reconstruction")
        move_pen(page, [stroke[:: max(1, len(stroke) // FEW)]])
        page.evaluate("probe.answered()")
        notes = settle(page, SLOW)
        lifted = of_kind(notes, "pointerup")[-1]["at"]
        after(of_kind(notes, "shown"), lifted)
        into.lifts.append(of_kind(notes, "shown")[-1]["drawn"] - lifted)
        into.requests.append(len(of_kind(notes, "request")))
    page.get_by_label("Clear canvas").click()
    settle(page, SLOW)


def move_pen(page: Page, strokes: list[Stroke]) -> None:
    """The mouse along the strokes, 60 points a second, in the middle of the pad."""
    box = page.locator("#pad canvas").first.bounding_box()
    assert box
    xs, ys = zip(*(point for stroke in strokes for point in stroke), strict=True)
    scale = SHARE * min(box["width"], box["height"]) / 100
    left = box["x"] + box["width"] / 2 - scale * (min(xs) + max(xs)) / 2
    top = box["y"] + box["height"] / 2 - scale * (min(ys) + max(ys)) / 2
    due = time.monotonic()
    for stroke in strokes:
        for k, (x, y) in enumerate(stroke):
            now = time.monotonic()
            due = max(due + MOVES, now)
            time.sleep(due - now)
            page.mouse.move(left + scale * x, top + scale * y)
            if k == 0:
                page.mouse.down()
        page.mouse.up()
