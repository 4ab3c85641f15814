"""What the app's surroundings may spoil for it: proxies, a folder for files in passing, and how it is told to end."""

import contextlib
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

TEMPORARY = "GRADIO_TEMP_DIR"
PREFIX, LOCK = "vae-demo-", "in-use.lock"
PAST_PROXIES = {"no_proxy": "*"}  # the first that Python looks at; * also keeps it from the system's settings


@contextlib.contextmanager
def environment(**values: str | None) -> Iterator[dict[str, str]]:
    """Variables set, or taken out where None; gives all as they were found, and puts them back."""
    found = dict(os.environ)
    for name, value in values.items():
        os.environ.pop(name, None)
        if value is not None:
            os.environ[name] = value
    try:
        yield found
    finally:
        for name in values:
            os.environ.pop(name, None)
            if name in found:
                os.environ[name] = found[name]


@contextlib.contextmanager
def own_folder() -> Iterator[None]:
    """A folder for uploads and what endpoints draw: the one that GRADIO_TEMP_DIR names, or a private one that goes with
    the app. Gradio's own, of one name for everybody, is another user's where they came first."""
    from vae_core.lock import alone  # which loads PyTorch with its package

    chosen = os.environ.get(TEMPORARY)
    trouble = chosen and trouble_with(Path(chosen))
    if chosen and not trouble:
        yield
        return
    if trouble:
        print(f"{TEMPORARY}={chosen} cannot be written ({trouble}): another folder is used", file=sys.stderr)
    try:
        drop_left_behind(Path(tempfile.gettempdir()))
        folder = tempfile.TemporaryDirectory(prefix=PREFIX, ignore_cleanup_errors=True)
    except OSError as error:
        print(f"There is no folder for temporary files ({error.strerror}): endpoints draw nothing", file=sys.stderr)
        with environment(**{TEMPORARY: os.devnull}):
            yield
        return
    with folder as name, alone(Path(name, LOCK), "it is in use"):
        files = Path(name, "files")
        files.mkdir()
        with environment(**{TEMPORARY: str(files)}):
            yield


def drop_left_behind(place: Path) -> None:
    """Folders of apps that were killed, whose locks nobody holds, go."""
    from vae_core.lock import held

    owner = getattr(os, "getuid", int)()
    for folder in place.glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):
            if folder.lstat().st_uid == owner and (folder / LOCK).is_file() and not held(folder / LOCK):
                shutil.rmtree(folder, ignore_errors=True)


def trouble_with(folder: Path) -> str:
    """Why nothing can be written to a folder, which is made where it is not there; "" where it can."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        return error.strerror or str(error)
    return ""


@contextlib.contextmanager
def ended_in_order() -> Iterator[None]:
    """SIGTERM, and SIGHUP like it, end what is inside by an exception, so that it can put its things away."""

    def end(number: int, frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    def pass_on(number: int, frame: FrameType | None) -> None:
        signal.raise_signal(signal.SIGTERM)  # to whoever listens to it now, as the server does

    handlers = {signal.SIGTERM: end}
    hangup = getattr(signal, "SIGHUP", None)
    if hangup and signal.getsignal(hangup) is not signal.SIG_IGN:  # nohup
        handlers[hangup] = pass_on
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
