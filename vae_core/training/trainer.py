"""Training: data in memory, one loop that reads from top to bottom, a checkpoint after every epoch."""

import copy
import math
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, cast

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from vae_core.checkpoint import save_model
from vae_core.config import PRESETS, ModelConfig, TrainConfig, config_to_dict
from vae_core.evaluation.evaluate import quick_figures
from vae_core.hands import Writers
from vae_core.model import ConditionalVAE, build_model
from vae_core.precision import has_bfloat16
from vae_core.training.batches import Batches, TrainingData
from vae_core.training.critic import Critic, critic_loss
from vae_core.training.hand_pressure import HandReader, Swap, draw_swap, reader_loss
from vae_core.training.objective import MADE_SHARE, Batch, Objective, Terms
from vae_core.training.ranks import Ranks
from vae_core.training.run_state import Owners, load_run, save_run
from vae_core.training.start import begin_with

WARM_UP = 0.03  # share of all steps over which the learning rate rises
CRITIC_LEARNING_RATE = 4e-4
READER_LEARNING_RATE = 1e-3
READER_DECAY = 5e-2  # its few hundred writers are soon known by heart
CRITIC_BETAS = (0.5, 0.99)  # a moving target wants a shorter memory
HAND_EVERY = 2  # steps between two in which the reader of hands learns and presses: it costs as much as all the rest
HAND_LESSONS = 1600  # first steps, in which the reader of hands learns from real digits and does not press yet
CHECK_EVERY = 50  # steps between two looks at whether the loss is still a number


class TrainingDiverged(RuntimeError):
    """The loss is no longer a number; the last checkpoint is the last good one."""


@dataclass(frozen=True)
class EpochReport:
    """One epoch's figures: loss terms in nats per example over the training batches, then those on the test set."""

    epoch: int  # 1 for the first
    loss: float
    reconstruction: float
    kl: float
    classification: float
    test_accuracy: float | None  # None without a classifier
    test_elbo: float
    test_loss: float  # without the critic's part
    test_reconstruction: float
    test_kl: float
    test_classification: float | None  # None without a classifier
    kl_per_dimension: list[float]  # from N(0, 1), on the test set
    images_per_second: float
    seconds: float


class Trainer:
    """A model in training: `run` is the loop; `save` and `resume` carry it across processes.

    All randomness comes from one generator, seeded by seed and rank, whose state is saved too: a run that was
    interrupted ends in the same weights as one that was not. Raises ValueError where data and configuration do not fit.
    """

    def __init__(
        self,
        name: str,
        model_config: ModelConfig,
        config: TrainConfig,
        data: TrainingData,
        out: Path,
        seed: int = 0,
        device: str = "cpu",
        state: Path | None = None,  # where `save` keeps the run; beside `out` where not given
        start: Path | None = None,  # checkpoint whose weights to begin with; fresh ones where not given
    ) -> None:
        self.name, self.config, self.out, self.seed = name, config, out, seed
        self.state_path = state or out.with_suffix(".state.safetensors")
        self.data = data.first_share(config.data_share)
        self.device = torch.device(device)
        self.ranks = Ranks.now()
        self.generator = torch.Generator(self.device).manual_seed(seed * 1000 + self.ranks.rank)
        self.batches = Batches(self.data, config, self.ranks, self.generator, seed)
        self._check_fit(model_config)
        self.model = build_model(model_config, seed)
        self.start = begin_with(self.model, start) if start else None
        self.model.to(self.device)
        if self.model.classifier is not None and not config.asks_classifier:
            self.model.classifier.requires_grad_(False)
        self.average = AveragedModel(self.model) if config.ema_decay else None
        self.optimizer = torch.optim.AdamW(
            self.model.parameters(), config.learning_rate, weight_decay=config.weight_decay, fused=True
        )
        self.objective: nn.Module = self.ranks.distribute(Objective(self.model, config))
        self.critic: nn.Module | None = None
        if config.critic_weight:
            with torch.random.fork_rng(devices=[]):
                torch.manual_seed(seed)
                critic = Critic().to(memory_format=torch.channels_last).to(self.device)
            self.critic = critic
            self.critic_optimizer = torch.optim.AdamW(
                critic.parameters(), CRITIC_LEARNING_RATE, CRITIC_BETAS, weight_decay=1e-3, fused=True
            )
            self.synced_critic = self.ranks.distribute(critic)
        self.reader: nn.Module | None = None
        self.hand_lessons = HAND_LESSONS
        if config.hand_weight and self.data.writers is not None:
            self.writers = Writers(self.data.train, self.data.writers)
            with torch.random.fork_rng(devices=[]):
                torch.manual_seed(seed)
                reader = HandReader().to(memory_format=torch.channels_last).to(self.device)
            self.reader = reader
            self.reader_optimizer = torch.optim.AdamW(
                reader.parameters(), READER_LEARNING_RATE, weight_decay=READER_DECAY, fused=True
            )
            self.synced_reader = self.ranks.distribute(reader)
        self.epoch, self.step = 0, 0  # epochs done, steps done in the epoch under way
        self.sums = torch.zeros(4, device=self.device)  # of the terms of the loss, over the epoch under way
        self.history: list[dict[str, Any]] = []
        self.half = has_bfloat16(self.device.type) and model_config.architecture == "conv"

    def run(
        self,
        on_step: Callable[[int, int, Terms], None] = lambda step, steps, terms: None,
        on_epoch: Callable[["Trainer", EpochReport], None] = lambda trainer, report: None,
        stopped: Callable[[], bool] = lambda: False,
    ) -> bool:
        """Train to the last epoch; False where `stopped` said so first (all is saved then, to be resumed)."""
        while self.epoch < self.config.epochs:
            started, first = time.perf_counter(), self.step
            for batch in self.batches.of_epoch(self.step):
                terms = self._train_step(batch)
                self.sums += torch.stack([terms.loss, terms.reconstruction, terms.kl, terms.classification]).detach()
                self.step += 1
                if self.step % CHECK_EVERY == 0 or self.step == self.batches.per_epoch:
                    self._check_finite()
                on_step(self.step, self.batches.per_epoch, terms)
                if self.ranks.any(stopped(), self.device):
                    self._check_finite()
                    self.save()
                    return False
            report = self._report(time.perf_counter() - started, (self.step - first) * self.config.batch_size)
            self.history.append(asdict(report))
            self.epoch, self.step, self.batches.order = self.epoch + 1, 0, None
            self.sums.zero_()
            self.save()
            on_epoch(self, report)
        return True

    def _train_step(self, batch: Batch) -> Terms:
        config, critic, reader = self.config, self.critic, self.reader
        if config.schedule == "cosine":
            for group in self.optimizer.param_groups:
                group["lr"] = config.learning_rate * self._schedule()
        if critic is not None:
            critic.requires_grad_(False)
        swap, presses = None, self._steps_done() >= self.hand_lessons
        if reader is not None and self._steps_done() % HAND_EVERY == 0:
            reader.requires_grad_(False)
            swap = draw_swap(self.writers, self.generator)
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.half):
            terms = self.objective(batch, self.generator, critic, self._done(), reader if presses else None, swap)
        self.optimizer.zero_grad()
        terms.loss.backward()
        self.optimizer.step()
        if self.average is not None:
            done = self._steps_done()
            decay = min(config.ema_decay, (1.0 + done) / (10.0 + done))  # short at first, while the weights still run
            self.average.multi_avg_fn = get_ema_multi_avg_fn(decay)
            self.average.update_parameters(self.model)
        if terms.made is not None:
            self.train_critic(batch, terms.made.detach())
        if swap is not None:
            self.train_reader(swap, None if terms.written is None else terms.written.detach())
        return terms

    def train_critic(self, batch: Batch, made: Tensor) -> None:
        """One step of the critic: real pictures of the batch against made ones (B, 28, 28)."""
        assert self.critic is not None
        self.critic.requires_grad_(True)
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.half):
            loss = critic_loss(self.synced_critic, batch.x[::MADE_SHARE], batch.digits[::MADE_SHARE], made)
        self.critic_optimizer.zero_grad()
        loss.backward()
        self.critic_optimizer.step()

    def train_reader(self, swap: Swap, written: Tensor | None) -> None:
        """One step of the reader of hands: real digits of a swap, beside those written (W, S, 28, 28) where given."""
        assert self.reader is not None
        self.reader.requires_grad_(True)
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.half):
            loss = reader_loss(self.synced_reader, swap, written)
        self.reader_optimizer.zero_grad()
        loss.backward()
        self.reader_optimizer.step()

    def _steps_done(self) -> int:
        return self.epoch * self.batches.per_epoch + self.step

    def _schedule(self) -> float:
        done = self._done()
        return (
            done / WARM_UP + 1.0 / (self.config.epochs * self.batches.per_epoch)
            if done < WARM_UP
            else 0.5 * (1.0 + math.cos(math.pi * (done - WARM_UP) / (1.0 - WARM_UP)))
        )

    def _done(self) -> float:
        """The share of all steps that are done."""
        return self._steps_done() / (self.config.epochs * self.batches.per_epoch)

    def _report(self, seconds: float, images: int) -> EpochReport:
        loss, reconstruction, kl, classification = self.ranks.mean(self.sums / self.step).tolist()
        test = quick_figures(self.smooth_model(), self.data.test)
        test_loss = test.reconstruction + self.config.beta * test.kl
        test_loss += self.config.classification_weight * (test.classification or 0.0)
        if not math.isfinite(test_loss):
            raise self._diverged()
        return EpochReport(
            epoch=self.epoch + 1,
            loss=loss,
            reconstruction=reconstruction,
            kl=kl,
            classification=classification,
            test_accuracy=test.accuracy,
            test_elbo=test.elbo,
            test_loss=test_loss,
            test_reconstruction=test.reconstruction,
            test_kl=test.kl,
            test_classification=test.classification,
            kl_per_dimension=test.kl_per_dimension,
            images_per_second=images / seconds,
            seconds=seconds,
        )

    def smooth_model(self) -> ConditionalVAE:
        """The model to use: averaged weights where they are kept."""
        return self.model if self.average is None else cast(ConditionalVAE, self.average.module)

    def snapshot(self) -> ConditionalVAE:
        """A copy of the model to use, on the CPU, that training no longer changes."""
        return copy.deepcopy(self.smooth_model()).cpu()

    def _check_fit(self, model_config: ModelConfig) -> None:
        if self.config.critic_weight and not model_config.conditional:
            raise ValueError("expected critic_weight 0 for a model without digits: a critic asks for digits")
        if self.config.hand_weight and not model_config.conditional:
            raise ValueError("expected hand_weight 0 for a model without digits: a hand is what outlives their change")
        if self.config.decoder_digits == "probabilities" and (self.config.augment or self.data.pen is not None):
            raise ValueError(
                "expected decoder_digits 'labels' with augment or pen digits: "
                "the classifier's probabilities would be of other pictures than the decoder's"
            )

    def _check_finite(self) -> None:
        tensors = [self.sums, *self.model.parameters()]
        if self.ranks.any(not all(bool(torch.isfinite(tensor).all()) for tensor in tensors), self.device):
            raise self._diverged()

    def _diverged(self) -> TrainingDiverged:
        kept = f"the weights of epoch {self.epoch} are kept" if self.epoch else "nothing was saved yet"
        where = f"the loss is no longer a number in epoch {self.epoch + 1}"
        return TrainingDiverged(f"{where}: {kept}; try a lower learning rate or another seed")

    # Carrying a run across processes.

    def save(self) -> None:
        """Write the run as it stands and, after a whole epoch, the model itself; rank 0 does it."""
        generators, sums = self.ranks.gather(self.generator.get_state()), self.ranks.mean(self.sums.clone())
        if self.ranks.rank == 0:
            # The model first: a run killed between the two goes back to before it, and writes it again. A folder that
            # somebody removed is not made anew behind their back: the run ends.
            if self.step == 0:
                save_model(self.out, self.smooth_model(), self.name, self.card(), make_folder=False)
            tensors = {f"generator.{rank}": state for rank, state in enumerate(generators)}
            tensors |= {"shuffler": self.batches.shuffler.get_state()}
            if self.batches.order is not None:
                tensors |= {"order": self.batches.order, "sums": sums}
            header = {"run": self._settings(), "epoch": self.epoch, "step": self.step, "history": self.history}
            save_run(self.state_path, self._owners(), tensors, header)
        self.ranks.wait()

    def resume(self) -> None:
        """Go on where `save` left the run at the same path; raises CheckpointError where that is not this run."""
        checkpoint = load_run(self.state_path, self._owners(), self._settings())
        tensors = checkpoint.tensors
        self.generator.set_state(tensors[f"generator.{self.ranks.rank}"])
        self.batches.shuffler.set_state(tensors["shuffler"])
        self.epoch, self.step, self.history = (checkpoint.header[key] for key in ("epoch", "step", "history"))
        self.batches.order = tensors.get("order")
        if self.batches.order is not None:
            self.sums = tensors["sums"].to(self.device)

    def card(self) -> dict[str, Any]:
        """What the checkpoint says of itself."""
        started = {"start": self.start} if self.start else {}
        return {
            "command": self._command(),
            **started,
            "train": config_to_dict(self.config),
            "seed": self.seed,
            "epochs_done": self.epoch,
            "data": self.data.sizes(),
            "torch": torch.__version__,
            "history": self.history,
        }

    def _command(self) -> str:
        strokes = "" if self.data.pen is None else " --strokes FILE"
        start = " --start FILE" if self.start else ""
        length = f"--epochs {self.config.epochs} --seed {self.seed}"
        changed = "".join(f" --set {name}={value}" for name, value in self._changes().items())
        return f"python -m vae_core train {self.name} --data DIR{strokes}{start} {length}{changed}"

    def _changes(self) -> dict[str, Any]:
        """The hyper-parameters that are not the preset's, the number of epochs aside."""
        preset = PRESETS[self.name]
        now = config_to_dict(self.model.config) | config_to_dict(self.config)
        usual = config_to_dict(preset.model) | config_to_dict(preset.train)
        return {name: value for name, value in now.items() if value != usual[name] and name != "epochs"}

    def _settings(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "model": config_to_dict(self.model.config),
            "train": config_to_dict(self.config),
            "seed": self.seed,
            "data": self.data.sizes(),
            "start": self.start,
            "processes": self.ranks.world,
        }

    def _owners(self) -> Owners:
        owners: Owners = {"model": self.model, "optimizer": self.optimizer}
        if self.average is not None:
            owners["average"] = self.average
        if self.critic is not None:
            owners |= {"critic": self.critic, "critic_optimizer": self.critic_optimizer}
        if self.reader is not None:
            owners |= {"reader": self.reader, "reader_optimizer": self.reader_optimizer}
        return owners
