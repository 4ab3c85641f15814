"""serve.yaml on this machine alone: everything of Ray's listens at loopback and asks for a token made for this once."""

import contextlib
import os
import secrets
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from deploy.cluster import HERE, free_ports

ROOT = Path(__file__).parents[1]
CONFIGURATION = Path(__file__).with_name("serve.yaml")
PORT = "port: 8000"  # as the configuration has it; another is taken, which nobody else has
SHORT = "/tmp"  # where a socket's path stays within the hundred letters that it may have
END_LIMIT = 90.0  # seconds
UNHURRIED = {"RAY_worker_niceness": "0"}  # else replicas yield to all that this machine does beside them
LOOPBACK = {"RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0"}  # what Ray calls a machine that has no others beside it
THROUGH_HAPROXY = {"RAY_SERVE_ENABLE_HA_PROXY": "1", "RAY_SERVE_HAPROXY_METRICS_ENABLED": "0"}
PATIENT = {  # a machine that is busy starts slowly, and is no less alive
    "RAY_SERVE_PROXY_READY_CHECK_TIMEOUT_S": "120",
    "RAY_SERVE_PROXY_HEALTH_CHECK_TIMEOUT_S": "60",
    "RAY_SERVE_HAPROXY_STARTUP_TIMEOUT_S": "120",
    "RAY_worker_register_timeout_seconds": "300",
    "RAY_agent_register_timeout_ms": "300000",
    "RAY_health_check_timeout_ms": "60000",
    "RAY_gcs_server_request_timeout_seconds": "300",
}


@dataclass(frozen=True)
class Serving:
    """`serve run`, a session of its own, and the address it answers at, without a slash at the end."""

    process: subprocess.Popen[bytes]
    address: str

    def processes(self) -> list[psutil.Process]:
        """All that it started and that has not ended, whoever their parents are by now."""
        return [process for process in psutil.process_iter() if self._has(process)]

    def end(self) -> None:
        """Told to end, and whatever is left after the limit, or was left alone, is killed."""
        self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(END_LIMIT)
        while left := self.processes():
            for process in left:
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.kill()
            psutil.wait_procs(left, timeout=1)
        self.process.wait()

    def _has(self, process: psutil.Process) -> bool:
        with contextlib.suppress(OSError, psutil.Error):
            return os.getsid(process.pid) == self.process.pid and process.status() != psutil.STATUS_ZOMBIE
        return False


@contextlib.contextmanager
def serving(python: str, output: int | None = subprocess.DEVNULL, **variables: str) -> Iterator[Serving]:
    """`serve run` by a Python that has Ray; it has begun, and does not answer yet. All of it ends with the block."""
    own = SHORT if os.access(SHORT, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="ray-", dir=own, ignore_cleanup_errors=True) as folder:
        port, *others = free_ports(3)
        configuration = Path(folder, CONFIGURATION.name)
        configuration.write_text(CONFIGURATION.read_text(encoding="utf-8").replace(PORT, f"port: {port}"), "utf-8")
        process = subprocess.Popen(
            [python, "-m", "ray.serve.scripts", "run", str(configuration)],
            cwd=ROOT,
            env={**environment(Path(folder), others), **variables},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        made = Serving(process, f"http://{HERE}:{port}")
        try:
            yield made
        finally:
            made.end()


def environment(folder: Path, ports: list[int]) -> dict[str, str]:
    """Ours but for what it says to Ray, which could name a cluster that runs elsewhere; all files are in the folder."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("RAY_")}
    statistics, metrics = map(str, ports)
    haproxy = {
        "RAY_SERVE_HAPROXY_STATS_PORT": statistics,
        "RAY_SERVE_HAPROXY_METRICS_PORT": metrics,
        "RAY_SERVE_HAPROXY_CONFIG_FILE_LOC": str(folder / "haproxy.cfg"),
        "RAY_SERVE_HAPROXY_SOCKET_PATH": str(folder / "admin.sock"),
        "RAY_SERVE_HAPROXY_METRICS_SOCKET_PATH": str(folder / "metrics.sock"),
        "RAY_SERVE_HAPROXY_SERVER_STATE_BASE": str(folder),
        "RAY_SERVE_HAPROXY_SERVER_STATE_FILE": str(folder / "server-state"),
    }
    token = {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex(16)}
    alone = {"RAY_TMPDIR": str(folder), "TMPDIR": str(folder), "RAY_USAGE_STATS_ENABLED": "0"}
    return ours | alone | UNHURRIED | LOOPBACK | THROUGH_HAPROXY | PATIENT | haproxy | token
