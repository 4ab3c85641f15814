"""serve.yaml on this machine alone: everything of Ray's listens at loopback and asks for a token made for this once."""

import contextlib
import os
import secrets
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
CONFIGURATION = "deploy/serve.yaml"
ADDRESS = "http://127.0.0.1:8000"
END_LIMIT = 90.0  # seconds
UNHURRIED = {"RAY_worker_niceness": "0"}  # else replicas yield to all that this machine does beside them
LOOPBACK = {"RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0"}  # what Ray calls a machine that has no others beside it
THROUGH_HAPROXY = {"RAY_SERVE_ENABLE_HA_PROXY": "1", "RAY_SERVE_HAPROXY_METRICS_ENABLED": "0"}
PATIENT = {  # seconds; a machine that is busy starts slowly
    "RAY_SERVE_PROXY_READY_CHECK_TIMEOUT_S": "120",
    "RAY_SERVE_PROXY_HEALTH_CHECK_TIMEOUT_S": "60",
    "RAY_SERVE_HAPROXY_STARTUP_TIMEOUT_S": "120",
}


@contextlib.contextmanager
def serving(
    python: str, output: int | None = subprocess.DEVNULL, **variables: str
) -> Iterator[subprocess.Popen[bytes]]:
    """`serve run` by a Python that has Ray; it has begun, and does not answer yet. All of it ends with the block."""
    with tempfile.TemporaryDirectory(prefix="ray-", ignore_cleanup_errors=True) as folder:
        token = {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex(16)}
        own = {
            "RAY_TMPDIR": folder,
            "RAY_USAGE_STATS_ENABLED": "0",
            **UNHURRIED,
            **LOOPBACK,
            **THROUGH_HAPROXY,
            **PATIENT,
            **token,
        }
        process = subprocess.Popen(
            [python, "-m", "ray.serve.scripts", "run", CONFIGURATION],
            cwd=ROOT,
            env={**os.environ, **own, **variables},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(END_LIMIT)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
