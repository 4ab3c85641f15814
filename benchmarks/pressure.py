"""Which pressure keeps the digit out of z? Trains the default model a few epochs under each, and lets the judge decide.

    python -m benchmarks.pressure --data data --strokes pen-digits.npz --out runs/pressure --epochs 3

Four pressures: none; a critic frozen after it has learned the real digits; a critic that learns on, felt by the decoder
only; and the one that is used, felt by the encoder too. Prints a table and writes a sheet of swapped digits for each.
"""

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from vae_core.__main__ import table
from vae_core.config import PRESETS, TrainConfig
from vae_core.data import Digits, load_mnist
from vae_core.evaluation.evaluate import Protocol, evaluate
from vae_core.evaluation.judge import load_judge
from vae_core.inference import load_model
from vae_core.pictures import sheet
from vae_core.training.batches import TrainingData
from vae_core.training.command import pen_bank
from vae_core.training.critic import critic_loss
from vae_core.training.objective import Batch, Objective
from vae_core.training.trainer import Trainer

FROZEN_STEPS = 1000  # steps the frozen critic learns from real digits
SHOWN = ("conditional accuracy", "swap accuracy", "realism, generated", "realism, swapped", "sharpness", "log p(x)")


class DecoderOnly(Objective):
    """The critic's gradient stops before the encoder."""

    def _make(self, mean: Tensor, z: Tensor, y: Tensor | None, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        return super()._make(mean.detach(), z.detach(), y, generator)


class FrozenCritic(Trainer):
    """The critic learns the real digits first and nothing afterwards."""

    def train_critic(self, batch: Batch, made: Tensor) -> None:
        pass

    def prepare(self) -> None:
        assert self.critic is not None
        for _ in range(FROZEN_STEPS):
            x, digits = self.data.train.take(torch.randint(len(self.data.train), (128,), generator=self.generator))
            loss = critic_loss(self.critic, x, digits, x[:0])
            self.critic_optimizer.zero_grad()
            loss.backward()
            self.critic_optimizer.step()


def train(pressure: str, config: TrainConfig, data: TrainingData, out: Path) -> None:
    """One model under one pressure, written to `out`."""
    if pressure == "none":
        config = replace(config, critic_weight=0.0)
    kind = FrozenCritic if pressure == "frozen critic" else Trainer
    trainer = kind("conv", PRESETS["conv"].model, config, data, out)
    if isinstance(trainer, FrozenCritic):
        trainer.prepare()
    if pressure in ("frozen critic", "learning critic, decoder only"):
        trainer.objective = DecoderOnly(trainer.model, config)
    trainer.run(on_epoch=lambda trainer, report: print(f"{pressure}: {report}", flush=True))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default="data")
    parser.add_argument("--strokes")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--epochs", type=int, default=3)
    pressures = ["none", "frozen critic", "learning critic, decoder only", "learning critic"]
    parser.add_argument("--only", choices=pressures, action="append")
    options = parser.parse_args()
    config = replace(PRESETS["conv"].train, epochs=options.epochs)
    pen: Digits | None = pen_bank(options.strokes, 0) if options.strokes else None
    mnist, test = load_mnist(options.data, True), load_mnist(options.data, False)
    x = test.images[:10].numpy().astype(np.float32) / 255.0
    for pressure in options.only or pressures:
        out = options.out / f"{pressure.replace(' ', '-').replace(',', '')}.safetensors"
        train(pressure, config, TrainingData(mnist, test, pen), out)
        model = load_model(out)
        report = evaluate(model, load_judge(), mnist, test, protocol=Protocol(samples=100, likelihood_digits=1000))
        report["figures"] = [figure for figure in report["figures"] if figure["name"] in SHOWN]
        print(f"\n{pressure}\n{table(report)}\n", flush=True)
        swapped = model.decode(model.encode(x).mean.repeat(10, axis=0), np.tile(np.arange(10), len(x)))
        sheet(swapped, 10, 2).save(out.with_suffix(".png"))


if __name__ == "__main__":
    main()
