"""What keeps the hand when the digit changes? Fine-tunes `conv` under each pressure, and lets the judges decide.

    python -m benchmarks.hands --data data --out runs/hands --steps 200    # the pressures
    python -m benchmarks.hands --data data --models                        # the models that ship

Each pressure begins from the same weights, the same reader of hands and the same critic, which have learned their
lessons: the reader from real digits, the critic from what the unchanged model makes. The classifier stays as it is.

- none: the same steps without a pressure on hands
- learning reader: the one that is used; it learns to tell what was made from the writer's own digits
- frozen reader: it stays as it is after its lessons, and asks only whose hand a made picture shows
- codes together: the codes of a writer's digits are to be told by one another among those of other writers

Prints a table for each, and writes a sheet: real digits, and what is made of each in ten classes.
"""

import argparse
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from vae_core.__main__ import table
from vae_core.checkpoint import load_weights, save_model
from vae_core.config import DIGITS, PRESETS
from vae_core.data import Digits, load_mnist, load_writers
from vae_core.evaluation.figure import Figure, share
from vae_core.evaluation.hand_judge import load_hand_judge
from vae_core.evaluation.hand_kept import Hands, draw_trials, hand_figure, hand_figures
from vae_core.evaluation.judge import load_judge
from vae_core.evaluation.metrics import bootstrap_interval, frechet_distance, mean_interval
from vae_core.evaluation.style_reader import style_figure
from vae_core.hands import Writers, hand_loss, other_classes
from vae_core.inference import Model, find_model, load_model
from vae_core.model import ConditionalVAE
from vae_core.pictures import sheet
from vae_core.precision import has_bfloat16
from vae_core.training.critic import Critic, critic_loss
from vae_core.training.hand_pressure import HandReader, Swap, draw_swap, read_hands, reader_loss
from vae_core.training.objective import MADE_SHARE, Batch, Objective

READER_LESSONS, CRITIC_LESSONS = 800, 150  # steps
BATCH = 64
LEARNING_RATE = 3e-4  # of the model, falling to 0
SHIPPED = ("conv", "plane", "blog", "deep")
SHARP = 2_000  # test digits, the first so many, whose reconstructions are compared
SHOWN = 12  # test digits on a sheet

Pressure = Callable[[nn.Module, Swap, Tensor], Tensor]


def frozen_reader(reader: nn.Module, swap: Swap, made: Tensor) -> Tensor:
    """Of telling, by a made picture (W, S, 28, 28), its writer among those of the real digits; a scalar."""
    with torch.no_grad():
        real = read_hands(reader, swap.x, swap.digits)
    return hand_loss(read_hands(reader, made, swap.asked.expand(len(made), -1)), real, swap.compared.T)


def codes_together(model: ConditionalVAE) -> Pressure:
    """Of telling a writer by the code of another class; pictures are not looked at."""

    def press(reader: nn.Module, swap: Swap, made: Tensor) -> Tensor:
        codes = model.encoder(swap.x.flatten(0, 1)).mean.unflatten(0, swap.digits.shape)  # (W, 10, Z)
        codes = F.normalize(codes, dim=2)
        return hand_loss(codes, codes, other_classes(codes.device))

    return press


WEIGHTS = {"none": 0.0, "learning reader": 30.0, "frozen reader": 30.0, "codes together": 10.0}


class FineTuning:
    """`conv`, a critic and a reader of hands, and the steps that change them."""

    def __init__(self, train: Digits, writers: Tensor) -> None:
        self.train, self.writers = train, Writers(train, writers)
        self.generator = torch.Generator().manual_seed(0)
        self.model, self.name, _ = load_weights(find_model("conv"))
        self.model.encoder.requires_grad_(True)
        self.model.decoder.requires_grad_(True)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(0)
            self.critic, self.reader = Critic(), HandReader()
        weights = [*self.model.encoder.parameters(), *self.model.decoder.parameters()]
        self.optimizer = torch.optim.AdamW(weights, LEARNING_RATE, weight_decay=0.0, fused=True)
        self.critics = torch.optim.AdamW(self.critic.parameters(), 4e-4, (0.5, 0.99), weight_decay=1e-3, fused=True)
        self.readers = torch.optim.AdamW(self.reader.parameters(), 1e-3, weight_decay=5e-2, fused=True)

    def teach(self, lessons: Path) -> None:
        """The lessons of critic and reader; they are kept in a file for the next pressure."""
        learners = {"critic": self.critic, "critics": self.critics, "reader": self.reader, "readers": self.readers}
        if not lessons.exists():
            for step in range(READER_LESSONS):
                self._learn(self.readers, lambda: reader_loss(self.reader, draw_swap(self.writers, self.generator)))
                print(f"reader {step}", end="\r", flush=True)
            objective = Objective(self.model, PRESETS["conv"].train)
            for _ in range(CRITIC_LESSONS):
                batch = self._batch()
                with torch.no_grad(), self._half():
                    made = objective(batch, self.generator, self.critic).made
                self._teach_critic(batch, made)
            lessons.parent.mkdir(parents=True, exist_ok=True)
            torch.save({name: learner.state_dict() for name, learner in learners.items()}, lessons)
        for name, state in torch.load(lessons, weights_only=True).items():
            learners[name].load_state_dict(state)

    def run(self, pressure: str, steps: int) -> None:
        config = replace(PRESETS["conv"].train, hand_weight=WEIGHTS[pressure])
        objective = Objective(self.model, config)
        if pressure == "frozen reader":
            objective.press = frozen_reader
        if pressure == "codes together":
            objective.press = codes_together(self.model)
        for step in range(steps):
            batch, swap = self._batch(), draw_swap(self.writers, self.generator)
            self.optimizer.param_groups[0]["lr"] = LEARNING_RATE * 0.5 * (1 + math.cos(math.pi * step / steps))
            self.critic.requires_grad_(False)
            self.reader.requires_grad_(False)
            with self._half():
                terms = objective(
                    batch,
                    self.generator,
                    self.critic,
                    reader=self.reader if config.hand_weight else None,
                    swap=swap,
                )
            self.optimizer.zero_grad()
            terms.loss.backward()
            self.optimizer.step()
            self.critic.requires_grad_(True)
            self.reader.requires_grad_(True)
            self._teach_critic(batch, terms.made)
            if pressure == "learning reader" and terms.written is not None:
                written = terms.written.detach()
                self._learn(self.readers, lambda swap=swap, written=written: reader_loss(self.reader, swap, written))
            print(f"{pressure} {step + 1}/{steps} loss {terms.loss:.1f}", end="\r", flush=True)

    def _batch(self) -> Batch:
        x, digits = self.train.take(torch.randint(len(self.train), (BATCH,), generator=self.generator))
        return Batch(x, digits, x[:1], digits[:1])

    def _teach_critic(self, batch: Batch, made: Tensor | None) -> None:
        assert made is not None
        real, digits = batch.x[::MADE_SHARE], batch.digits[::MADE_SHARE]
        self._learn(self.critics, lambda: critic_loss(self.critic, real, digits, made.detach()))

    def _learn(self, optimizer: torch.optim.Optimizer, loss_of: Callable[[], Tensor]) -> None:
        with self._half():
            loss = loss_of()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    def _half(self) -> torch.autocast:
        return torch.autocast("cpu", torch.bfloat16, enabled=has_bfloat16("cpu"))


def measure(model: Model, test: Digits, writers: Tensor) -> list[Figure]:
    """The hand kept from 1 and 3 drawings, and what the judge of digits says of the same pictures; sharpness."""
    x, judge = test.images.numpy().astype(np.float32) / 255.0, load_judge()
    hands, labels = Hands(model, load_hand_judge(), test), test.labels.numpy()
    figures, made = [], x
    for drawings in (3, 1):
        trials = draw_trials(labels, writers.numpy(), drawings, np.random.default_rng(0))
        made = hands.made(trials)
        figures.insert(0, hand_figure(hands.scores(trials, made), trials, 0))
    with torch.inference_mode():
        features, real = (
            torch.cat([judge.features(part) for part in torch.from_numpy(pictures).split(500)])
            for pictures in (made, x)
        )
        read = judge.output(features).argmax(1).numpy()
    figures.append(share("swap accuracy", read == trials.asked, f"the {len(made)} digits made from 1 drawing"))
    a, b = features.numpy(), real.numpy()
    low, high = bootstrap_interval(lambda i: frechet_distance(a[i], b), len(a), 20)
    how = f"Frechet distance of the {len(made)} digits made from 1 drawing to the {len(x)} test digits"
    figures.append(Figure("realism, swapped", frechet_distance(a, b), low, high, "distance", how))
    errors = np.square(model.reconstruct(x[:SHARP]) - x[:SHARP]).mean((1, 2))
    how = f"mean squared error of reconstruct on the first {len(errors)} test digits"
    figures.append(Figure("sharpness", float(errors.mean()), *mean_interval(errors), "squared intensity", how))
    return figures


def draw(model: Model, test: Digits, path: Path) -> None:
    """A sheet: a test digit at the left of each row, and the ten digits made in its style."""
    x = test.images[:SHOWN].numpy().astype(np.float32) / 255.0
    made = model.write(model.style(x).repeat(DIGITS, axis=0), np.tile(np.arange(DIGITS), SHOWN))
    rows = np.concatenate([x[:, None], made.reshape(SHOWN, DIGITS, *x.shape[1:])], axis=1)
    sheet(rows.reshape(-1, *x.shape[1:]), DIGITS + 1, 2).save(path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default="data")
    parser.add_argument("--out", type=Path, default=Path("runs/hands"))
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--only", choices=WEIGHTS, action="append")
    parser.add_argument("--models", nargs="*", metavar="MODEL", help="measure models that ship, or of a path, instead")
    options = parser.parse_args()
    train, test = load_mnist(options.data, True), load_mnist(options.data, False)
    writers, test_writers = load_writers(options.data, True), load_writers(options.data, False)
    options.out.mkdir(parents=True, exist_ok=True)
    if options.models is not None:
        for name in options.models or SHIPPED:
            model = load_model(name)
            figures = hand_figures(model, load_hand_judge(), test, test_writers, 0)
            report(name, [*figures, style_figure(model, train, test, 0)])
        return
    for pressure in options.only or WEIGHTS:
        tuning = FineTuning(train, writers)
        tuning.teach(options.out / "lessons.pt")
        tuning.run(pressure, options.steps)
        path = options.out / f"{pressure.replace(' ', '-')}.safetensors"
        save_model(path, tuning.model, tuning.name, {"pressure": pressure, "steps": options.steps})
        model = load_model(path)
        report(pressure, measure(model, test, test_writers))
        draw(model, test, path.with_suffix(".png"))


def report(title: str, figures: list[Figure]) -> None:
    print(f"\n{title}\n{table({'figures': [vars(figure) for figure in figures]})}\n", flush=True)


if __name__ == "__main__":
    main()
