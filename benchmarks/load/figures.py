"""What people got, in figures."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
DRAWS, SLIDES, LOOKS = 12.0, 10.0, 0.2  # moves a second of the three kinds of people
SERVED = 0.2  # seconds that 95 of 100 moves may wait
SHED = 0.01  # share of questions that may be refused
WINDOW = 1.0  # seconds over which a return to normal is looked for
HEAD = (
    "| what | people | moves answered a second | p50 / p95 / p99 ms | errors | refused | a refusal, p95 ms |"
    " client's cores |"
)


@dataclass(frozen=True)
class Figures:
    """Of one run with so many people."""

    people: int
    seconds: float
    client: float  # cores that the client took
    due: np.ndarray  # (N,) seconds from the start, of moves that were answered, or still waited at the end
    waited: np.ndarray  # (N,) seconds
    refused: np.ndarray  # (R,) seconds until a refusal came
    errors: int

    @property
    def is_served(self) -> bool:
        return self.errors == 0 and self.shed <= SHED and bool(self.percentile(95) <= SERVED)

    @property
    def shed(self) -> float:
        """Share of what was asked."""
        return len(self.refused) / max(1, len(self.refused) + len(self.waited) + self.errors)

    def percentile(self, share: float) -> float:
        return float(np.percentile(self.waited, share)) if len(self.waited) else float("inf")

    def normal_after(self) -> float:
        """Seconds from the start until the last window whose p95 is not within what is served; inf where it is the
        run's last."""
        windows = np.floor(self.due / WINDOW)
        bad = [window for window in np.unique(windows) if np.percentile(self.waited[windows == window], 95) > SERVED]
        if not bad:
            return 0.0
        return (bad[-1] + 1) * WINDOW if (bad[-1] + 1) * WINDOW < self.seconds else float("inf")

    def row(self, what: str) -> str:
        times = " / ".join(f"{1000 * self.percentile(share):.0f}" for share in (50, 95, 99))
        refusal = f"{1000 * np.percentile(self.refused, 95):.0f}" if len(self.refused) else "-"
        asked = max(1, len(self.waited) + len(self.refused) + self.errors)
        return (
            f"| {what} | {self.people} | {len(self.waited) / self.seconds:.0f} | {times} | {self.errors / asked:.2%} | "
            f"{self.shed:.1%} | {refusal} | {self.client:.2f} of {os.cpu_count()} |"
        )


def served(address: str, people: int, seconds: float, warm: float = 3.0) -> Figures:
    """How so many people are served at an address, by a client of its own process."""
    command = [sys.executable, "-m", "benchmarks.load.people", address, "--people", str(people)]
    command += ["--seconds", str(seconds), "--warm", str(warm)]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if result.returncode:
        raise RuntimeError(f"the client failed: {result.stderr[-2000:]}")
    told = json.loads(result.stdout.splitlines()[-1])
    of_kind = {kind: [sample for sample in told["samples"] if sample[0] in kind] for kind in ("answer late", "refused")}
    waits = np.array([sample[1:] for sample in of_kind["answer late"]]).reshape(-1, 2)
    refused = np.array([sample[2] for sample in of_kind["refused"]])
    errors = sum(sample[0] == "error" for sample in told["samples"])
    return Figures(people, told["seconds"], told["client"], waits[:, 0], waits[:, 1], refused, errors)


def most_served(runs: Sequence[Figures]) -> int:
    """The most people that were served, of runs with more and more."""
    most = 0
    for run in runs:
        if not run.is_served:
            break
        most = run.people
    return most
