"""Commands of vae_core in processes of their own, known by the lock each holds while it works."""

import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path

import vae_core
from demo.door.faults import disk_trouble
from vae_core.lock import held

COMMAND = (sys.executable, "-m", "vae_core")
ROOT = Path(vae_core.__file__).parents[1]
SAID = re.compile(r"^error: (.+)$", re.MULTILINE)  # how vae_core's commands tell what they refuse
ERRNO = re.compile(r"\[Errno (\d+)\]")
PATH = re.compile(r"(?<![\w/\\])(?:[A-Za-z]:)?[/\\](?:[^\s'\"/\\]*[/\\])*(?=\S)")  # down to the last name
START_LIMIT = 120.0  # seconds until the lock is held
END_LIMIT = 60.0  # seconds for a command that was told to end


Started = list[subprocess.Popen[bytes]]


def launch(
    arguments: list[str],
    output: Path,
    lock: Path,
    environment: Mapping[str, str] | None = None,
    started: Started | None = None,
) -> None:
    """Start a command and wait until it holds its lock, or has ended. It goes on when this process is killed, and ends
    with it where it is among the `started` that this process ends.

    Not a session of its own: there a system that shares the processor out by session would not let it yield to us.
    """
    with output.open("wb") as file:
        process = subprocess.Popen(
            [*COMMAND, *arguments],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            creationflags=getattr(subprocess, "IDLE_PRIORITY_CLASS", 0),  # Windows
        )
    if started is not None:
        started[:] = [process, *(other for other in started if other.poll() is None)]
    threading.Thread(target=process.wait, daemon=True).start()  # so that nothing is left of it when it ends
    deadline = time.monotonic() + START_LIMIT
    while process.poll() is None and not held(lock) and time.monotonic() < deadline:
        time.sleep(0.05)


def end(started: Started) -> None:
    """Tell commands to end as Ctrl-C does, and wait; one that does not within the limit is killed."""
    for process in started if os.name == "posix" else ():  # elsewhere there is no telling, but by a run's own file
        process.terminate()
    deadline = time.monotonic() + END_LIMIT
    for process in started:
        try:
            process.wait(timeout=max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()


def complaint(output: Path, *folders: Path) -> str:
    """The sentence with which a command of ours ended, "" where it ended well or without one; of a path, and first of
    those in `folders`, only the last name is told."""
    try:
        said = SAID.findall(output.read_text(encoding="utf-8", errors="replace"))
    except OSError:
        return ""
    if not said:
        return ""
    number = ERRNO.match(said[-1])
    if number:
        return disk_trouble(int(number[1]))
    for folder in folders:
        said[-1] = said[-1].replace(f"{folder}{os.sep}", "")
    return PATH.sub("", said[-1]).strip()
