"""Turns, shares and room, by themselves."""

import asyncio
import errno
import logging
import os
import sys
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TypeVar

import pytest
from gradio.state_holder import StateHolder

from demo.door.client import client_of
from demo.door.gradio_guard import bound_memory
from demo.door.limits import CLIENTS, LINES, SESSIONS
from demo.door.log import Sparing
from demo.door.room import Room
from demo.door.share import Shares
from demo.door.surroundings import LOCK, PREFIX, drop_left_behind
from demo.door.turns import Busy, Left, Turns
from vae_core.lock import alone

Result = TypeVar("Result")


def finish(work: Coroutine[Any, Any, Result]) -> Result:
    """What it comes to, in a thread of its own: in this one a browser's event loop may run."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


async def never() -> dict:
    await asyncio.Event().wait()
    return {}


async def hang_up() -> dict:
    return {"type": "http.disconnect"}


async def in_order(turns: Turns, *clients: str) -> list[str]:
    """Who was answered when, of clients that ask in this order while one other is answered."""
    answered: list[str] = []

    async def ask(client: str) -> None:
        async with turns.turn(client, never):
            answered.append(client)

    async with turns.turn("first"):
        asked = [asyncio.create_task(ask(client)) for client in clients]
        await asyncio.sleep(0)
    await asyncio.gather(*asked)
    return answered


def test_those_who_wait_are_answered_by_turns() -> None:
    assert finish(in_order(Turns(1, 9, 9), *"aaaab")) == [*"abaaa"]
    assert finish(in_order(Turns(1, 9, 9), *"aabbc")) == [*"abcab"]


def test_any_thread_may_ask_how_many_wait_while_they_come_and_go() -> None:
    turns = Turns(1, 999, 999)

    async def come_and_go() -> None:
        for _ in range(200):
            await in_order(turns, *"abcdefghijklmnop")

    often = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(1) as thread:
            done = thread.submit(asyncio.run, come_and_go())
            while not done.done():
                assert 0 <= turns.waiting <= 16 and 0 <= turns.taken <= 1
    finally:
        sys.setswitchinterval(often)
    done.result()
    assert (turns.taken, turns.waiting) == (0, 0)


def test_more_than_may_wait_are_refused_and_nobody_is_lost() -> None:
    async def crowd() -> list[int]:
        turns, refused = Turns(1, 3, 2), []

        async def ask(client: str) -> None:
            try:
                async with turns.turn(client, never):
                    await asyncio.sleep(0)
            except Busy as busy:
                refused.append(busy.status)

        await asyncio.gather(*(ask(client) for client in "aaaabbb"))
        assert (turns.taken, turns.waiting) == (0, 0)
        return refused

    assert finish(crowd()) == [429, 503, 503]


def test_of_one_client_no_more_are_at_work_than_it_has_places() -> None:
    async def two_of_one() -> None:
        turns = Turns(3, 9, 9, places_each=2)
        async with turns.turn("a"), turns.turn("a"):
            third = asyncio.create_task(turns._wait_for_one("a", never))
            await asyncio.sleep(0)
            async with turns.turn("b"):
                assert (turns.taken, turns.waiting) == (3, 1)
            assert not third.done()
        await third

    finish(two_of_one())


def test_who_leaves_is_taken_out_of_the_queue() -> None:
    async def leave() -> None:
        turns = Turns(1, 9, 9)
        async with turns.turn("a"):
            with pytest.raises(Left):
                await turns.run("b", hang_up, pytest.fail, "worked for nobody")
            assert turns.waiting == 0
        assert await turns.run("c", hang_up, int) == 0

    finish(leave())


def test_a_share_is_used_up_and_fills_again() -> None:
    now = [0.0]
    shares = Shares(10, 20, lambda: now[0])
    assert [shares.take("a") for _ in range(21)] == [True] * 20 + [False]
    assert shares.take("b")
    now[0] = 0.5
    assert [shares.take("a") for _ in range(6)] == [True] * 5 + [False]


def test_of_countless_clients_some_are_remembered() -> None:
    shares = Shares(1, 1, lambda: 0.0)
    for k in range(CLIENTS + 50):
        shares.take(str(k))
    assert len(shares._left) == CLIENTS


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("10.0.0.1", "10.0.0.2", False),
        ("10.0.0.1", "::ffff:10.0.0.1", True),
        ("2001:db8::1", "2001:db8::ffff:2", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("", "unix", False),
    ],
)
def test_a_customer_of_ipv6_is_one_client(one: str, other: str, same: bool) -> None:
    told = [client_of({"type": "http", "client": (host, 1)}) for host in (one, other)]
    assert (told[0] == told[1]) is same


def put(folder: Path, name: str, size: int, age: float) -> Path:
    file = folder / name / "inner" / "file"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"x" * size)
    written = file.stat().st_mtime - age
    os.utime(file, (written, written))
    return file


def test_old_files_go_for_new_ones_and_their_folders_with_them(tmp_path: Path) -> None:
    folder = tmp_path / "files"
    oldest, old, young = put(folder, "a", 40, 500), put(folder, "b", 40, 400), put(folder, "c", 15, 0)
    Room(folder, size=100).make(30)
    assert not (folder / "a").exists() and not oldest.exists()
    assert old.exists() and young.exists() and folder.is_dir()


def test_where_all_is_young_there_is_no_room(tmp_path: Path) -> None:
    file = put(tmp_path, "a", 90, 0)
    for room in (Room(tmp_path, size=100), Room(tmp_path, files=1)):
        with pytest.raises(OSError, match="no room") as full:
            room.make(30)
        assert full.value.errno == errno.ENOSPC and file.exists()


def test_what_a_killed_app_left_goes_and_what_another_uses_stays(tmp_path: Path) -> None:
    left, used, strange = (tmp_path / f"{PREFIX}{name}" for name in ("left", "used", "strange"))
    for folder in (left, used, strange):
        folder.mkdir()
    (left / LOCK).touch()
    with alone(used / LOCK, "in use"):
        drop_left_behind(tmp_path)
    assert [folder.exists() for folder in (left, used, strange)] == [False, True, True]


def test_gradio_keeps_a_few_sessions_only() -> None:
    queue, holder = SimpleNamespace(), StateHolder()
    blocks: Any = SimpleNamespace(
        blocks={}, default_config=SimpleNamespace(blocks={}), state_session_capacity=10**6, _queue=queue
    )
    holder.set_blocks(blocks)
    bound_memory(SimpleNamespace(state_holder=holder), blocks)
    kept = queue.pending_messages_per_session, queue.pending_event_ids_session
    for k in range(SESSIONS + 20):
        _ = holder[f"session {k}"]
        for one in kept:
            one[f"session {k}"] = None
    assert [len(one) for one in (holder.session_data, *kept)] == [SESSIONS] * 3


def test_the_log_tells_how_many_lines_it_left_out() -> None:
    sparing, kept = Sparing(), []
    for _ in range(LINES + 5):
        record = logging.LogRecord("x", logging.INFO, __file__, 1, "", (), None)
        kept.append(sparing.filter(record))
    assert sum(kept) == LINES
    sparing._lines.clear()  # another minute
    assert sparing.filter(record) and record.left_out == 5  # type: ignore[attr-defined]
