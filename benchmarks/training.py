"""How many images a second a preset trains on, beside the usual ways to train the same network.

    python -m benchmarks.training --data data --presets blog conv --threads 1 2

Three ways, each in a process of its own: this package's trainer, with all it does beside (critic, averaging, views);
the same networks and terms of the loss in the usual loop, a DataLoader with per-item transforms and a number read each
step; and the same encoder and decoder, which then know no digit, in pythae (`pip install pythae`). The machine must do
nothing else meanwhile.
"""

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import torch
from torch import Tensor, nn

from vae_core.config import PRESETS, Preset
from vae_core.data import load_mnist
from vae_core.model import build_model
from vae_core.training.batches import TrainingData
from vae_core.training.objective import Batch, Objective
from vae_core.training.trainer import Trainer

WARM_UP = 10  # steps before the clock starts
PYTHAE_BATCHES = 100  # in its one epoch, which is timed as a whole


def ours(preset: Preset, data: str, steps: int) -> float:
    """Images a second of Trainer, without the report at an epoch's end."""
    digits = load_mnist(data, train=True)
    with tempfile.TemporaryDirectory() as folder:
        config = replace(preset.train, pen_share=0.0)
        trainer = Trainer("conv", preset.model, config, TrainingData(digits, digits), Path(folder) / "a")
        started: list[float] = []

        def on_step(step: int, of: int, terms: object) -> None:
            if step in (WARM_UP, WARM_UP + steps):
                started.append(time.perf_counter())

        trainer.run(on_step, stopped=lambda: len(started) == 2)
    return steps * config.batch_size / (started[1] - started[0])


def usual_loop(preset: Preset, data: str, steps: int) -> float:
    """Images a second of a DataLoader over torchvision's MNIST, in full precision, with Adam and no critic."""
    from torch.utils.data import DataLoader
    from torchvision import transforms
    from torchvision.datasets import MNIST

    vary = [transforms.RandomAffine(10, (0.1, 0.1), (0.9, 1.1))] if preset.train.augment else []
    dataset = MNIST(data, train=True, transform=transforms.Compose([*vary, transforms.ToTensor()]))
    loader = DataLoader(dataset, preset.train.batch_size, shuffle=True)
    model, generator = build_model(preset.model), torch.Generator().manual_seed(0)
    objective = Objective(model, preset.train)
    optimizer = torch.optim.Adam(model.parameters(), preset.train.learning_rate)
    total, started = 0.0, 0.0
    for step, (x, digits) in enumerate(loader):
        if step == WARM_UP:
            started = time.perf_counter()
        if step == WARM_UP + steps:
            break
        loss = objective(Batch(x[:, 0], digits, x[:, 0], digits), generator).loss
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item()
    return steps * preset.train.batch_size / (time.perf_counter() - started)


def pythae(preset: Preset, data: str, steps: int) -> float:
    """Images a second of pythae's BaseTrainer over one epoch of its own loader."""
    from pythae.data.datasets import BaseDataset
    from pythae.models import VAE, VAEConfig
    from pythae.models.base.base_utils import ModelOutput
    from pythae.models.nn import BaseDecoder, BaseEncoder
    from pythae.trainers import BaseTrainer, BaseTrainerConfig

    network = build_model(replace(preset.model, conditional=False, couplings=0))

    class Encoder(BaseEncoder):
        def __init__(self) -> None:
            nn.Module.__init__(self)
            self.network = network.encoder

        def forward(self, x: Tensor) -> ModelOutput:
            posterior = self.network(x[:, 0])
            return ModelOutput(embedding=posterior.mean, log_covariance=posterior.logvar)

    class Decoder(BaseDecoder):
        def __init__(self) -> None:
            nn.Module.__init__(self)
            self.network = network.decoder

        def forward(self, z: Tensor) -> ModelOutput:
            return ModelOutput(reconstruction=torch.sigmoid(self.network(z, None))[:, None])

    digits = load_mnist(data, train=True)
    count = PYTHAE_BATCHES * preset.train.batch_size
    images = digits.images[:count, None].float() / 255
    dataset = BaseDataset(images, digits.labels[:count])
    loss = "bce" if preset.model.likelihood == "bernoulli" else "mse"
    model = VAE(
        VAEConfig(input_dim=(1, 28, 28), latent_dim=preset.model.latent_dim, reconstruction_loss=loss),
        Encoder(),
        Decoder(),
    )
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(sys.stderr):
        config = BaseTrainerConfig(
            folder, num_epochs=1, per_device_train_batch_size=preset.train.batch_size, no_cuda=True
        )
        trainer = BaseTrainer(model, dataset, training_config=config)
        trainer.prepare_training()
        started = time.perf_counter()
        trainer.train_step(1)
        return count / (time.perf_counter() - started)


WAYS = {"this package": ours, "usual loop": usual_loop, "pythae": pythae}


def in_a_process(way: str, name: str, threads: int, options: argparse.Namespace) -> float | None:
    """One way in a process with so many threads; None where pythae is not there."""
    if way == "pythae" and find_spec("pythae") is None:
        return None
    command = [sys.executable, "-m", "benchmarks.training", "--data", options.data, "--steps", str(options.steps)]
    command += ["--one", way, "--presets", name, "--threads", str(threads)]
    environment = {**os.environ, "OMP_NUM_THREADS": str(threads)}
    told = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout
    return float(json.loads(told.splitlines()[-1]))


def table(options: argparse.Namespace) -> Iterable[str]:
    yield f"Images a second, {os.cpu_count()} cores, PyTorch {torch.__version__}, {options.steps} steps each\n"
    yield "| preset | threads | " + " | ".join(WAYS) + " |"
    yield "| --- " * (2 + len(WAYS)) + "|"
    for name in options.presets:
        for threads in options.threads:
            rates = [in_a_process(way, name, threads, options) for way in WAYS]
            yield f"| `{name}` | {threads} | " + " | ".join("-" if r is None else f"{r:,.0f}" for r in rates) + " |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default="data")
    parser.add_argument("--presets", nargs="+", choices=PRESETS, default=list(PRESETS))
    parser.add_argument("--threads", nargs="+", type=int, default=[1, 2])
    parser.add_argument("--steps", type=int, default=200, help="timed, of the first two ways")
    parser.add_argument("--one", choices=WAYS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        torch.set_num_threads(options.threads[0])
        print(json.dumps(WAYS[options.one](PRESETS[options.presets[0]], options.data, options.steps)))
        return
    for line in table(options):
        print(line, flush=True)


if __name__ == "__main__":
    main()
