"""A hand moves, a picture changes: a slider one move at a time, a drag, and a pointer on the map."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from playwright.sync_api import Page

from benchmarks.latency.probe import SLOW, after, of_kind, open_tab, settle, watch

PICTURE = "#picture"
MAP, MAP_PICTURE = "#map canvas", "#map-picture"
INSIDE = "#inside-scale", ("#inside-reconstruction",)
INSIDE_ALL = "#inside-scale", ("#inside-reconstruction", "#inside-nats")
COMPARE = "#compare-first", ("#compare-left-picture", "#compare-right-picture")
COMPARE_ALL = "#compare-first", (*COMPARE[1], "#compare-left-hand canvas", "#compare-right-hand canvas")
REST = (80, 80)  # ms from a picture to the next move: a hand that goes on
LOOK = (150, 400)  # a hand that stops to look, while whatever waits for it to rest is computed
DRAG = [round(-2.4 + 0.02 * k, 2) for k in range(240)]  # 4 s at 60 Hz, no value twice
CLOSE = 3.0  # grey levels, mean, between a picture and that of the same value at rest

Nearest = Callable[[list[int], int], int]


@dataclass
class Sliding:
    """All repeats so far, in ms where nothing else is said."""

    moves: list[float] = field(default_factory=list)  # input to frame drawn
    looks: list[float] = field(default_factory=list)  # the same after a look
    move_requests: list[float] = field(default_factory=list)  # requests a move
    rates: list[float] = field(default_factory=list)  # pictures a second, of each drag
    lags: list[float] = field(default_factory=list)  # age of a value when its picture is painted
    lags_drawn: list[float] = field(default_factory=list)  # age of a value when its frame is drawn
    drag_requests: list[float] = field(default_factory=list)  # requests a drag
    hovers: list[float] = field(default_factory=list)  # pointer on the map to frame drawn
    inside: list[float] = field(default_factory=list)  # Inside's slider to frame drawn
    inside_all: list[float] = field(default_factory=list)  # the same, with every number
    compare: list[float] = field(default_factory=list)  # Compare's slider to frame drawn, with both models' pictures
    compare_all: list[float] = field(default_factory=list)  # the same, with both hands
    morphs: list[float] = field(default_factory=list)  # another way to morph, to all its pictures


def begin(page: Page) -> None:
    """At Explore's middle: a drawing was taken along."""
    open_tab(page, "Explore")
    page.locator("#reset").click()
    page.keyboard.press("0")
    settle(page)


def first_slider(page: Page) -> str:
    """That of the dimension that does most, in an Explore that is open."""
    first = page.locator("#sliders input[type=range]").filter(visible=True).first
    name = first.evaluate("(range) => range.closest('[id^=z]').id")
    return f"#{name} input[type=range]"


def move(page: Page, slider: str, count: int, rng: np.random.Generator, into: Sliding) -> None:
    """Single moves, without a rest between them and with one: each input event to the frame of the next picture."""
    for rest, times, n in ((REST, into.moves, count), (LOOK, into.looks, max(1, count // 4))):
        values = np.round(rng.uniform(-2.5, 2.5, n), 2).tolist()
        watch(page, PICTURE)
        page.evaluate("([slider, values, rest]) => probe.move(slider, values, rest)", [slider, values, rest])
        notes = settle(page)
        moved = [note["at"] for note in of_kind(notes, "input")]
        times += [after(of_kind(notes, "shown"), at)["drawn"] - at for at in moved]
        if rest is REST:
            into.move_requests.append(len(of_kind(notes, "request")) / n)


def drag(page: Page, slider: str, nearest: Nearest, into: Sliding) -> None:
    """60 input events a second; which value a picture shows is read from the picture."""
    watch(page, PICTURE)
    page.evaluate("([slider, values]) => probe.drag(slider, values)", [slider, DRAG])
    notes = settle(page, SLOW)
    inputs = [note["at"] for note in of_kind(notes, "input")]
    shown = of_kind(notes, "shown")
    values = [nearest(one["pixels"], int(np.searchsorted(inputs, one["at"]))) for one in shown]
    if not values or values[-1] != len(DRAG) - 1:
        raise RuntimeError("a drag did not end on the picture of its last value")
    frames = {round(one["drawn"]) for one in shown if one["at"] <= inputs[-1]}
    into.rates.append(1000 * len(frames) / (inputs[-1] - inputs[0]))
    for one, value in zip(shown, values, strict=True):
        into.lags.append(one["at"] - inputs[value])
        into.lags_drawn.append(one["drawn"] - inputs[value])
    into.drag_requests.append(len(of_kind(notes, "request")))


def move_elsewhere(
    page: Page, slider: str, views: tuple[str, ...], count: int, rng: np.random.Generator
) -> list[float]:
    """Single moves of another tab's slider, each to the frame in which all of these views are new."""
    watch(page, *views)
    values = np.round(rng.uniform(0.1, 2.5, count), 2).tolist()
    page.evaluate("([slider, values, rest]) => probe.move(slider, values, rest)", [slider, values, REST])
    notes = settle(page)
    shown = of_kind(notes, "shown")
    return [after(shown, note["at"])["drawn"] - note["at"] for note in of_kind(notes, "input")]


def hover(page: Page, count: int, rng: np.random.Generator, into: Sliding) -> None:
    """Single moves of the pointer over the map."""
    watch(page, MAP_PICTURE)
    places = rng.uniform(0.1, 0.9, (count, 2)).tolist()
    page.evaluate("([map, places, rest]) => probe.hover(map, places, rest)", [MAP, places, REST])
    notes = settle(page)
    into.hovers += [
        after(of_kind(notes, "shown"), note["at"])["drawn"] - note["at"] for note in of_kind(notes, "pointermove")
    ]


def morph(page: Page, count: int, into: Sliding) -> None:
    """Another way from one end to the other, with all its pictures: the choice to the frame of the strip."""
    for _ in range(count):
        watch(page, "#morph-strip")
        page.locator("#morph-vary label:not(:has(:checked))").first.click()
        notes = settle(page, SLOW)
        (chosen,) = of_kind(notes, "input")
        into.morphs.append(after(of_kind(notes, "shown"), chosen["at"])["drawn"] - chosen["at"])


def nearest_of(page: Page, slider: str) -> Nearest:
    """Which of the first `count` values of a drag some pixels show, by what the page itself shows of each at rest."""
    watch(page, PICTURE)
    page.evaluate("([slider, values]) => probe.move(slider, values, [0, 0])", [slider, DRAG])
    notes = settle(page, SLOW)
    shown = of_kind(notes, "shown")
    pictures = np.array([after(shown, note["at"])["pixels"] for note in of_kind(notes, "input")], dtype=float)

    def nearest(pixels: list[int], count: int) -> int:
        distances = np.abs(pictures[:count] - np.array(pixels)).mean(axis=1)
        if not count or distances.min() > CLOSE:
            raise RuntimeError("a picture was shown that is of no value asked for")
        return int(distances.argmin())

    return nearest
