"""Several app processes of this machine behind HAProxy: python -m deploy.cluster [--processes 2] [options of app.py].

What ends by itself is started again. SIGUSR2 starts one process after another anew, without a live question lost;
SIGTERM and Ctrl-C end all in order.
"""

import argparse
import contextlib
import os
import signal
import socket
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import FrameType

from demo.command import parse as app_options
from demo.door.owner import Owner
from deploy.child import Child
from deploy.haproxy import HAProxy, name_of

APP = "app.py"
READY = "/readyz"  # answers 200 when a process may be asked
DRAIN_LIMIT = 10.0  # seconds for what a process is held for, once its live questions are answered
START_LIMIT = 300.0  # seconds
PAUSE = 0.2  # seconds between two looks
ROOT = Path(__file__).parents[1]
HERE = "127.0.0.1"


class Cluster:
    """App processes at `ports` with the options `arguments`, and HAProxy at `listen` before them."""

    def __init__(self, folder: Path, listen: str, ports: Sequence[int], arguments: Sequence[str], **variables: str):
        self.ports = ports
        self.haproxy = HAProxy(folder, listen, ports, READY=READY, **variables)
        self.apps = [Child(name_of(k), app_command(port, arguments), ROOT) for k, port in enumerate(ports)]

    def wait_until_ready(self) -> None:
        """Raises OSError where one ends before it answers."""
        for index in range(len(self.apps)):
            self._admit(index)

    def look_after(self, but: int | None = None) -> None:
        """Start again what has ended, `but` for one that is being started anew; takes a moment."""
        time.sleep(PAUSE)
        for index, app in enumerate(self.apps):
            if index != but:
                app.revive()
        self.haproxy.revive()

    def restart(self) -> None:
        """Each process in turn is asked nothing new, ends when it has answered, and is asked again when it is ready."""
        for index, app in enumerate(self.apps):
            self._wait_for_others(index)
            self._drain(index)
            app.end()
            app.start()
            self._admit(index)
            say(f"{app.name} was started anew")

    def end(self) -> None:
        """The processes end in order, all at once; HAProxy when they have."""
        for app in self.apps:
            app.tell_to_end()
        for app in [*self.apps, self.haproxy]:
            app.end()

    def _wait_for_others(self, index: int) -> None:
        """Until all of them are asked, as one may have been killed just now; not longer than a start takes."""
        others, deadline = [k for k in range(len(self.apps)) if k != index], time.monotonic() + START_LIMIT
        while not all(map(self._is_asked, others)) and time.monotonic() < deadline:
            self.look_after()

    def _drain(self, index: int) -> None:
        """Until it is asked nothing any more. A HAProxy that just ended asks nothing and remembers nothing."""
        deadline = time.monotonic() + DRAIN_LIMIT
        with contextlib.suppress(OSError):
            self.haproxy.set_state(index, "drain")
            while (busy := self.haproxy.under_way(index))["live"] or (busy["held"] and time.monotonic() < deadline):
                self.look_after(but=index)

    def _admit(self, index: int) -> None:
        """Until it answers and HAProxy asks it; otherwise the next one's end could leave nobody to ask."""
        app, deadline = self.apps[index], time.monotonic() + START_LIMIT
        while not (answers(self.ports[index]) and self._is_asked(index)):
            if not app.is_alive() or time.monotonic() > deadline:
                raise OSError(f"{app.name} {'is silent' if app.is_alive() else 'ended before it answered'}")
            self.look_after(but=index)

    def _is_asked(self, index: int) -> bool:
        with contextlib.suppress(OSError):  # not listening yet, or just ended: it is looked after
            self.haproxy.set_state(index, "ready")
            return self.haproxy.asks(index)
        return False


def app_command(port: int, arguments: Sequence[str]) -> list[str]:
    """An app that believes the proxy on this machine."""
    own = ["--host", HERE, "--port", str(port), "--forwarded-allow-ips", HERE]
    return [sys.executable, APP, *arguments, *own]


def answers(port: int) -> bool:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with contextlib.suppress(OSError), direct.open(f"http://{HERE}:{port}{READY}", timeout=5) as answer:
        return answer.status == 200
    return False


def own_names(host: str) -> list[str]:
    """What this machine is asked for by, where it listens beyond loopback at `host`."""
    if host in (HERE, "localhost"):
        return []
    name = socket.gethostname()
    found = {host, name, f"{name}.local"}
    with contextlib.suppress(OSError):
        found |= {str(address[0]) for *_, address in socket.getaddrinfo(name, None)}
    return sorted(found)


def refuse_taken(host: str, port: int) -> None:
    """Raise OSError in a sentence where nobody can listen there; HAProxy would say so in many."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, port), family=family).close()
    except (OSError, OverflowError) as error:
        raise OSError(f"cannot listen at {host}, port {port}: {getattr(error, 'strerror', None) or error}") from None


def free_ports(count: int) -> list[int]:
    """Ports of loopback that nobody listens at now."""
    with contextlib.ExitStack() as held:
        sockets = [held.enter_context(socket.create_server((HERE, 0))) for _ in range(count)]
        return [each.getsockname()[1] for each in sockets]


def parse(arguments: list[str] | None = None) -> tuple[argparse.Namespace, list[str]]:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--processes", type=int, default=2, help="as many as cores, or half of them (%(default)s)")
    parser.add_argument("--host", default=HERE, help="address to listen on (%(default)s)")
    parser.add_argument("--port", type=int, default=7860, help="port to listen on (%(default)s)")
    options, passed = parser.parse_known_args(arguments)
    if options.processes < 1:
        parser.error(f"expected at least one process, got {options.processes}")
    return options, passed


@contextlib.contextmanager
def running(listen: str, count: int, arguments: Sequence[str], **variables: str) -> Iterator[Cluster]:
    """A cluster that answers; all of it ends with the block."""
    with tempfile.TemporaryDirectory(prefix="vae-cluster-") as folder:
        cluster = Cluster(Path(folder), listen, free_ports(count), arguments, **variables)
        try:
            cluster.wait_until_ready()
            yield cluster
        finally:
            cluster.end()


def main() -> None:
    options, passed = parse()
    of_app = app_options(passed)  # refused here where they are wrong, and not by each process
    restarts = told_by_signals()
    names = [part for name in own_names(options.host) for part in ("--allow-host", name)]
    try:
        refuse_taken(options.host, options.port)
        with running(f"{options.host}:{options.port}", options.processes, [*passed, *names]) as cluster:
            address = f"http://{options.host}:{options.port}"
            say(f"Running at {address}; kill -USR2 {os.getpid()} starts one process after another anew")
            if (key := of_app.runs / "owner.key").exists() and not of_app.no_training:
                say(f"Whoever opens {Owner(key).link(address)} may stop any training.")
            while True:
                cluster.look_after()
                if restarts:
                    restarts.clear()
                    cluster.restart()
    except OSError as error:
        raise SystemExit(f"cluster: {error}") from None


def told_by_signals() -> list[int]:
    """Gets an entry for each SIGUSR2; other signals that end a process end this one in order."""
    restarts: list[int] = []

    def end(number: int, frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:  # nohup
            signal.signal(number, end)
    signal.signal(signal.SIGUSR2, lambda number, frame: restarts.append(number))
    return restarts


def say(words: str) -> None:
    print(words, flush=True)


if __name__ == "__main__":
    main()
