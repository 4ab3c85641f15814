"""How long one picture takes on one thread: classify + encode + decode, and the steps before and between.

python -m benchmarks.inference --model conv
"""

import argparse
import time
from collections.abc import Callable

import numpy as np
import torch

import vae_core

WARM_UP = 50
RUNS = 500
STROKES = [
    np.array([[0.1, 0.0], [0.9, 0.05], [0.8, 0.3], [0.5, 0.6], [0.35, 1.0]]),
    np.array([[0.3, 0.5], [0.8, 0.45]]),
]


def milliseconds(call: Callable[[], object]) -> tuple[float, float]:
    """Median and 95th percentile of a call."""
    times = []
    for run in range(WARM_UP + RUNS):
        started = time.perf_counter()
        call()
        if run >= WARM_UP:
            times.append(1e3 * (time.perf_counter() - started))
    return float(np.median(times)), float(np.quantile(times, 0.95))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="conv")
    options = parser.parse_args()
    torch.set_num_threads(1)
    model = vae_core.load_model(options.model)
    x = vae_core.render_strokes(STROKES)
    z = model.encode(x).mean
    digit = 7 if model.conditional else None

    def read() -> None:
        if model.conditional:
            model.classify(x)
        model.decode(model.encode(x).mean, digit)

    rows: dict[str, Callable[[], object]] = {
        "classify + encode + decode": read,
        "encode": lambda: model.encode(x),
        "decode": lambda: model.decode(z, digit),
        "decode, ten at once": lambda: model.decode(z.repeat(10, 0), None if digit is None else np.arange(10)),
        "render_strokes": lambda: vae_core.render_strokes(STROKES),
    }
    print(f"{model.name}, one thread, {RUNS} runs, milliseconds\n| what | median | 95 % |\n| --- | --- | --- |")
    for name, call in rows.items():
        median, high = milliseconds(call)
        print(f"| {name} | {median:.2f} | {high:.2f} |")


if __name__ == "__main__":
    main()
