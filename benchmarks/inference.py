"""How long one picture takes on one thread: classify + encode + decode, and the steps before and between, with the
networks run by PyTorch and, as the app has them run, by onnxruntime.

python -m benchmarks.inference --model conv
"""

import argparse
import time
from collections.abc import Callable

import numpy as np
import torch

import vae_core
from vae_core.export.onnx_engine import OnnxEngine

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
    by_torch = times_of(model)
    model.run_by(OnnxEngine(model.network))
    by_onnx = times_of(model)
    print(f"{model.name}, one thread, {RUNS} runs, milliseconds, median and 95 %")
    print("| what | PyTorch | onnxruntime |\n| --- | --- | --- |")
    for name in by_torch:
        print(f"| {name} | {told(by_torch[name])} | {told(by_onnx[name])} |")


def told(times: tuple[float, float]) -> str:
    return f"{times[0]:.2f} / {times[1]:.2f}"


def times_of(model: vae_core.Model) -> dict[str, tuple[float, float]]:
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
    return {name: milliseconds(call) for name, call in rows.items()}


if __name__ == "__main__":
    main()
