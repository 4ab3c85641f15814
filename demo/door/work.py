"""Which threads answer what: live answers have their own, and are never behind heavy ones."""

from collections.abc import Collection
from typing import Any

from demo.door.limits import (
    HEAVY_THREADS,
    HEAVY_WAIT,
    HEAVY_WAIT_EACH,
    LIVE_PICTURES,
    LIVE_SIGNS,
    LIVE_THREADS,
    LIVE_WAIT,
    LIVE_WAIT_EACH,
)
from demo.door.turns import Turns

HEAVY = ("gif", "written", "points", "scorecard")  # whatever is asked of them; so are files and endpoints


class Work:
    """The turns of the three kinds of work. `changes` are commands, some of which wait for another process to end."""

    def __init__(self, changes: Collection[str] = ()) -> None:
        self.live = Turns(LIVE_THREADS, LIVE_WAIT, LIVE_WAIT_EACH)
        self.heavy = Turns(HEAVY_THREADS, HEAVY_WAIT, HEAVY_WAIT_EACH)
        self.commands = Turns(LIVE_THREADS, HEAVY_WAIT, HEAVY_WAIT_EACH)
        self.changes = changes

    def kind_of(self, name: str, asked: Any) -> Turns:
        """Whose work a question is."""
        if name in self.changes:
            return self.commands
        heavy = name in HEAVY or pictures_in(name, asked) > LIVE_PICTURES or signs_in(name, asked) > LIVE_SIGNS
        return self.heavy if heavy else self.live


def pictures_in(name: str, asked: Any) -> int:
    """How many pictures are to be decoded; 0 where that is no matter of the question."""
    if not isinstance(asked, dict):
        return 0
    if name == "decode_each":
        questions = asked.get("questions")
        return sum(pictures_in("decode", one) for one in questions) if isinstance(questions, list) else 0
    if name != "decode":
        return 0
    return max(rows_in(asked.get("style")), rows_in(asked.get("digit")))


def rows_in(value: Any) -> int:
    return len(value) if isinstance(value, list) and value and (isinstance(value[0], list) or len(value) > 1) else 1


def signs_in(name: str, asked: Any) -> int:
    text = asked.get("text") if name == "write" and isinstance(asked, dict) else None
    return len(text) if isinstance(text, str) else 0
