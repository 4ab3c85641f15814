"""HAProxy as a process of this machine: haproxy.cfg with local app processes, and what is asked of it while it runs."""

import csv
import os
import re
import shutil
import socket
from collections.abc import Sequence
from pathlib import Path

from deploy.child import Child

CONFIGURATION = Path(__file__).with_name("haproxy.cfg")
TEMPLATE = re.compile(r"^( *)server-template app .*$", re.MULTILINE)
BACKENDS = ("live", "held")
ANSWER_LIMIT = 10.0  # seconds


def configuration(ports: Sequence[int]) -> str:
    """haproxy.cfg for app processes that listen at these ports of loopback: app1, app2 and so on."""

    def servers(found: re.Match[str]) -> str:
        return "\n".join(f"{found[1]}server {name_of(k)} 127.0.0.1:{port}" for k, port in enumerate(ports))

    return TEMPLATE.sub(servers, CONFIGURATION.read_text(encoding="utf-8"))


def name_of(index: int) -> str:
    return f"app{index + 1}"


def executable() -> str | None:
    """Where HAProxy is on this machine, also for who does not look where administrators do."""
    return shutil.which("haproxy", path=os.environ.get("PATH", os.defpath) + os.pathsep + "/usr/sbin")


class HAProxy(Child):
    """Listens at `listen`, an address and a port; its files are in `folder`. `variables` are those of haproxy.cfg.

    Raises OSError where HAProxy is not installed.
    """

    def __init__(self, folder: Path, listen: str, ports: Sequence[int], **variables: str) -> None:
        command = executable()
        if command is None:
            raise OSError("HAProxy is not installed here: apt-get install haproxy, or see docs/deploy.md")
        file = folder / "haproxy.cfg"
        file.write_text(configuration(ports), encoding="utf-8")
        self._socket = str(folder / "haproxy.sock")
        environment = {"LISTEN": listen, "SOCKETS": str(folder), **variables}
        super().__init__("HAProxy", [command, "-W", "-db", "-q", "-f", str(file)], folder, **environment)

    def ask(self, command: str) -> str:
        """The answer to a command of the runtime interface; raises OSError where it cannot be asked."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(ANSWER_LIMIT)
            connection.connect(self._socket)
            connection.sendall(f"{command}\n".encode())
            return b"".join(iter(lambda: connection.recv(65_536), b"")).decode()

    def set_state(self, index: int, state: str) -> None:
        """ready, drain (nothing new but from who is held there) or maint, for all that goes to a process."""
        for backend in BACKENDS:
            self.ask(f"set server {backend}/{name_of(index)} state {state}")

    def under_way(self, index: int) -> dict[str, int]:
        """Requests that a process has at this moment, by backend."""
        return {row["pxname"]: int(row["scur"]) for row in self.rows() if row["svname"] == name_of(index)}

    def asks(self, index: int) -> bool:
        """Whether a process gets its share of all requests: its last checks were answered, and it is not drained."""
        return [row["status"] for row in self.rows() if row["svname"] == name_of(index)] == ["UP"] * len(BACKENDS)

    def rows(self) -> list[dict[str, str]]:
        """HAProxy's own figures, a row each for what listens, each process and each backend."""
        return list(csv.DictReader(self.ask("show stat").removeprefix("# ").splitlines()))
