"""People at the app, as one client process that tells in JSON how they were served; `benchmarks.load` starts it.

A third draws (a pen that moves 12 times a second; at the end of each digit all of its reading is asked, as a page does
when the pen rests), a third slides (10 times a second), a third looks. Each has one question under way, as a page has,
and the newest waits. What a hand does is on a schedule of its own: a move is timed from when it was due until the first
answer to it or to a later one, so that a slow server hides nothing. A refused question (429, 503) is asked again with
what is newest then.
"""

import argparse
import itertools
import json
import random
import time

import gevent
from locust import FastHttpUser, constant, task
from locust.env import Environment

from benchmarks.load.figures import DRAWS, LOOKS, SLIDES

STROKE = [[200, 150], [350, 130], [500, 120], [650, 140], [800, 160], [725, 290], [650, 420], [540, 650], [430, 880]]
FACTS = ("catalog", "describe?model=conv", "points?model=conv", "scorecard?model=conv")
REFUSED = (429, 503)
REST = 0.1  # seconds after a question that was refused or failed
TIME_LIMIT = 30.0  # seconds, the page's own
Sample = tuple[str, float, float]  # answer, refused, error or late; when it was due; seconds until it came


class Person(FastHttpUser):
    """Somebody whose hand moves `rate` times a second."""

    abstract = True
    wait_time = constant(0)
    network_timeout = connection_timeout = TIME_LIMIT
    rate: float
    there: list["Person"] = []  # noqa: RUF012
    seats = itertools.count()

    def on_start(self) -> None:
        seat = next(self.seats)
        self.headers = {"Content-Type": "application/json", "X-Page-Token": f"person-{seat:09}"}
        self.begun = time.perf_counter() + random.Random(seat).random() / self.rate
        self.move = 0  # the first that is not answered
        self.samples: list[Sample] = []
        self.there.append(self)

    def due(self, move: int) -> float:
        return self.begun + move / self.rate

    @task
    def live(self) -> None:
        gevent.sleep(max(0.0, self.due(self.move) - time.perf_counter()))
        asked = time.perf_counter()
        newest = max(self.move, int((asked - self.begun) * self.rate))
        kind = self.ask(newest)
        now = time.perf_counter()
        if kind == "answer":
            self.samples += [(kind, self.due(move), now - self.due(move)) for move in range(self.move, newest + 1)]
            self.move = newest + 1
        else:
            self.samples.append((kind, asked, now - asked))
            gevent.sleep(REST)

    def pending(self, until: float) -> list[Sample]:
        """Moves that were due and have no answer yet."""
        last = int((until - self.begun) * self.rate)
        return [("late", self.due(move), time.perf_counter() - self.due(move)) for move in range(self.move, last + 1)]

    def ask(self, move: int) -> str:
        """Ask what the hand's `move` asks; how that went."""
        raise NotImplementedError

    def told(self, path: str, question: dict | None = None) -> str:
        method, body = ("GET", None) if question is None else ("POST", json.dumps(question))
        with self.client.request(
            method, f"/live/{path}", data=body, headers=self.headers, catch_response=True
        ) as answer:
            answer.success()  # the figures are our own
            if answer.status_code in REFUSED:
                return "refused"
            return "answer" if answer.status_code == 200 and b'"error"' not in (answer.content or b"") else "error"


class Draws(Person):
    rate = DRAWS

    def ask(self, move: int) -> str:
        points = 2 + move % (len(STROKE) - 1)
        return self.told("read", {"strokes": [STROKE[:points]], "model": "conv", "hurry": points < len(STROKE)})


class Slides(Person):
    rate = SLIDES

    def ask(self, move: int) -> str:
        return self.told("decode", {"style": [move % 40 / 10 - 2, *[0.3] * 15], "digit": 3, "model": "conv"})


class Looks(Person):
    rate = LOOKS

    def ask(self, move: int) -> str:
        return self.told(FACTS[move % len(FACTS)])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("address")
    parser.add_argument("--people", type=int, required=True)
    parser.add_argument("--warm", type=float, default=3.0, help="seconds that do not count (%(default)s)")
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--after", type=float, default=2.0, help="seconds in which what is due may still be answered")
    options = parser.parse_args()
    environment = Environment(user_classes=[Draws, Slides, Looks], host=options.address.rstrip("/"))
    runner = environment.create_local_runner()
    runner.start(options.people, spawn_rate=options.people)
    gevent.sleep(options.warm)
    begun, used = time.perf_counter(), time.process_time()
    gevent.sleep(options.seconds)
    ended, share = time.perf_counter(), (time.process_time() - used) / options.seconds
    gevent.sleep(options.after)
    every = [sample for person in Person.there for sample in [*person.samples, *person.pending(ended)]]
    samples = [(kind, round(due - begun, 4), round(took, 5)) for kind, due, took in every if begun <= due < ended]
    print(json.dumps({"seconds": ended - begun, "client": share, "samples": samples}))
    runner.quit()


if __name__ == "__main__":
    main()
