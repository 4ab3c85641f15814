"""The command that trains a preset: options to a Trainer, and what is told while it runs."""

import argparse
import contextlib
import os
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.distributed as dist
from tqdm import tqdm

from vae_core.checkpoint import load_weights, save_model
from vae_core.config import COUPLINGS, PRESETS, Preset, config_to_dict
from vae_core.data import (
    Digits,
    PenDigits,
    load_mnist,
    load_pen_digits,
    render_pen_digits,
    split_by_writer,
    writers_or_none,
)
from vae_core.drawing.augment import vary_strokes
from vae_core.inference import find_model
from vae_core.lock import alone
from vae_core.training.batches import TrainingData
from vae_core.training.fit_prior import fit_prior
from vae_core.training.objective import Terms
from vae_core.training.run_log import RunLog
from vae_core.training.start import file_digest
from vae_core.training.trainer import EpochReport, Trainer

PEN_COPIES = 6  # times each pen digit is drawn, each time by another hand
ENDINGS = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")  # Ctrl-C, a service or machine that ends, a terminal that closes
REFRESH = 20  # steps between two updates of the progress bar


def add_options(train: argparse.ArgumentParser, whole: Callable[[int], Callable[[str], int]]) -> None:
    """The options of `train`; `whole` parses whole numbers from a least one."""
    train.add_argument("preset", choices=PRESETS)
    train.add_argument(
        "--data", default="data", help="folder that holds MNIST, packed or not; it is downloaded there when absent"
    )
    train.add_argument("--out", type=Path, required=True, help="the checkpoint to write")
    train.add_argument("--state", type=Path, help="where the state of the run is kept; beside --out where not given")
    train.add_argument("--epochs", type=int, help="instead of the preset's")
    train.add_argument("--seed", type=whole(0), default=0)
    train.add_argument("--resume", action="store_true", help="go on where the run at --out stopped")
    train.add_argument("--start", type=Path, help="begin with the weights of this checkpoint")
    train.add_argument("--device", default="auto", help="auto, cpu, cuda or mps")
    train.add_argument("--threads", type=whole(1), help="CPU threads; all cores where not given")
    train.add_argument("--background", action="store_true", help="yield to everything else on the machine; no bar")
    train.add_argument("--strokes", help="file of pen strokes to train on beside MNIST")
    train.add_argument(
        "--log-dir",
        type=Path,
        help="folder for metrics.jsonl, live.json and progress.png, a row of digits an epoch; "
        "a file named stop in it stops the run as Ctrl-C does",
    )
    train.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", help="change one hyper-parameter of the preset"
    )
    train.set_defaults(run=run_train)


def run_train(options: argparse.Namespace) -> int:
    if options.threads:
        torch.set_num_threads(options.threads)
    if options.out.is_dir():
        raise ValueError(f"expected --out as the file to write, got the folder {options.out}")
    state = options.state or options.out.with_suffix(".state.safetensors")
    for path in (options.out, state):
        path.parent.mkdir(parents=True, exist_ok=True)
    device = pick_device(options.device)
    if int(os.environ.get("WORLD_SIZE", "1")) > 1:
        if device == "cuda":
            torch.cuda.set_device(int(os.environ["LOCAL_RANK"]))
        dist.init_process_group("nccl" if device == "cuda" else "gloo")
    lead = not dist.is_initialized() or dist.get_rank() == 0
    refusal = f"another training is writing to {state}: stop it first, or choose another --out"
    with alone(lock_of(state), refusal) if lead else contextlib.nullcontext():
        trainer = prepare(options, state, device)
        if options.background:
            yield_to_others()
        finished = train(trainer, RunLog(options.log_dir, trainer) if lead and options.log_dir else None, options)
    if not finished and lead:
        print(f"stopped and saved to {state}: the same command with --resume goes on", file=sys.stderr)
    return 0 if finished else 130


def add_prior_options(prior: argparse.ArgumentParser, whole: Callable[[int], Callable[[str], int]]) -> None:
    """The options of `prior`."""
    prior.add_argument("model", help="a shipped model's name or a path to a checkpoint")
    prior.add_argument("--data", default="data")
    prior.add_argument("--out", type=Path, required=True, help="the checkpoint to write")
    prior.add_argument("--couplings", type=whole(1), default=COUPLINGS)
    prior.add_argument("--epochs", type=whole(1), default=30)
    prior.add_argument("--seed", type=whole(0), default=0)
    prior.set_defaults(run=run_prior)


def run_prior(options: argparse.Namespace) -> int:
    path = find_model(options.model)
    model, name, card = load_weights(path)
    train = load_mnist(options.data, train=True)
    fitted = fit_prior(
        model, train, options.couplings, options.epochs, options.seed, lambda text: print(text, file=sys.stderr)
    )
    length = f"--couplings {options.couplings} --epochs {options.epochs} --seed {options.seed}"
    told = {"command": f"python -m vae_core prior FILE --data DIR {length}", "sha256": file_digest(path)}
    kept = {key: value for key, value in card.items() if key not in ("figures", "shape")}  # these were of the old prior
    save_model(options.out, fitted, name, {**kept, "prior": told})
    return 0


def lock_of(state: Path) -> Path:
    """The lock that a run holds while it goes."""
    return state.with_suffix(".lock")


def yield_to_others() -> None:
    """Whatever else the machine has to do goes first, as far as the system knows how.

    Linux has a scheduling class below this, which was measured to be no kinder to live requests and, beside other
    work in the background, to come to a standstill.
    """
    if hasattr(os, "nice"):
        os.nice(19)


def prepare(options: argparse.Namespace, state: Path, device: str) -> Trainer:
    """The trainer that the options describe, where it stopped when it is to go on."""
    preset = change(PRESETS[options.preset], options.set)
    if options.epochs is not None:
        preset = replace(preset, train=replace(preset.train, epochs=options.epochs))
    pen = None
    if options.strokes and preset.train.pen_share:
        pen = pen_bank(options.strokes, options.seed)
    mnist, test = load_mnist(options.data, train=True), load_mnist(options.data, train=False)
    writers = None
    if preset.train.hand_weight:
        writers = writers_or_none(options.data, True, "nothing presses the model to keep a hand")
    data = TrainingData(
        _to(mnist, device),
        _to(test, device),
        pen and _to(pen, device),
        None if writers is None else writers.to(device),
    )
    trainer = Trainer(
        options.preset, preset.model, preset.train, data, options.out, options.seed, device, state, options.start
    )
    if options.resume:
        trainer.resume()
    elif state.exists():
        raise ValueError(f"{state} is there already: add --resume to go on with that run, or remove it")
    return trainer


def train(trainer: Trainer, log: RunLog | None, options: argparse.Namespace) -> bool:
    """Run to the end and tell of it; False where it was stopped by a signal or through its log's folder."""
    bar = tqdm(
        total=trainer.batches.per_epoch,
        initial=trainer.step,
        unit_scale=trainer.config.batch_size,
        unit="images",
        disable=trainer.ranks.rank > 0 or options.background,
    )

    def on_step(step: int, steps: int, terms: Terms) -> None:
        if log:
            log.on_step(terms)
        if step % REFRESH == 0 or step == steps:
            bar.set_postfix_str(
                f"epoch {trainer.epoch + 1} loss {terms.loss:.1f} reconstruction {terms.reconstruction:.1f} "
                f"KL {terms.kl:.1f} classification {terms.classification:.3f}",
                refresh=False,
            )
            bar.update(step - bar.n)

    def on_epoch(trainer: Trainer, report: EpochReport) -> None:
        if trainer.ranks.rank == 0:
            bar.write(describe(report, trainer.config.epochs))
        if log:
            log.on_epoch()
        bar.reset()

    with contextlib.closing(bar), signals_noted() as noted:
        finished = trainer.run(on_step, on_epoch, lambda: bool(noted) or bool(log and log.asked_to_stop))
        if log:
            log.end(finished)
    return finished


@contextlib.contextmanager
def signals_noted() -> Iterator[list[int]]:
    """The signals that told the process to end meanwhile, which they do not do; `nohup` stays deaf to its own."""
    noted: list[int] = []
    numbers = [getattr(signal, name) for name in ENDINGS if hasattr(signal, name)]
    heard = [number for number in numbers if signal.getsignal(number) is not signal.SIG_IGN or number == signal.SIGINT]
    before = {number: signal.signal(number, lambda number, frame: noted.append(number)) for number in heard}
    try:
        yield noted
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def pick_device(name: str) -> str:
    """The device of that name; of "auto", the first of cuda, mps and cpu that computes.

    A GPU may be there that this build of PyTorch cannot use: then a word on stderr says what is used in its place.
    """
    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    usable = [device for device, is_there in there.items() if is_there]
    if name not in ("auto", *usable):
        raise ValueError(f"expected --device auto or what this machine has ({', '.join(usable)}), got {name!r}")
    for device in usable if name == "auto" else [name]:
        trouble = "" if device == "cpu" else trouble_with(device)
        if not trouble:
            return device
        if name != "auto":
            raise ValueError(f"expected a device that can be used, got {name}: {trouble}")
        if os.environ.get("RANK", "0") == "0":
            print(f"{device} is there but cannot be used ({trouble}): the CPU trains", file=sys.stderr)
    return "cpu"


def trouble_with(device: str) -> str:
    """Why a tiny step of training fails there, in one line; "" where it does not."""
    try:
        weight = torch.ones(1, 1, 3, 3, device=device, requires_grad=True)
        torch.nn.functional.conv2d(torch.ones(1, 1, 5, 5, device=device), weight).sum().backward()
        computed = weight.grad is not None and bool((weight.grad == 9).all())
    except Exception as error:  # of many kinds: no kernel for this GPU, no driver, no memory, not compiled in
        return next(iter(str(error).strip().splitlines()), type(error).__name__)[:200]
    return "" if computed else "it computes wrongly"


def change(preset: Preset, settings: list[str]) -> Preset:
    """The preset with NAME=VALUE settings, each of the type the field has."""
    for setting in settings:
        name, separator, text = setting.partition("=")
        part = next((part for part in ("model", "train") if name in config_to_dict(getattr(preset, part))), None)
        if not separator or part is None:
            raise ValueError(f"expected --set NAME=VALUE with a hyper-parameter's name, got {setting!r}")
        config = getattr(preset, part)
        preset = replace(preset, **{part: replace(config, **{name: parsed(text, type(getattr(config, name)))})})
    return preset


def parsed(text: str, kind: type) -> Any:
    """A hyper-parameter as its field has it, or still text where it is none: the field's own check then says so."""
    if kind is bool:
        return {"True": True, "False": False}.get(text, text)
    try:
        return kind(text)
    except ValueError:
        return text


def pen_bank(path: str, seed: int) -> Digits:
    """The training writers' digits, each drawn several times by varied hands."""
    return draw_pen(split_by_writer(load_pen_digits(path), train=True), seed)


def draw_pen(pen: PenDigits, seed: int) -> Digits:
    """Digits, each drawn several times by varied hands."""
    rng = np.random.default_rng(seed)
    return render_pen_digits(pen, lambda strokes, digit: vary_strokes(strokes, digit, rng), PEN_COPIES)


def describe(report: EpochReport, epochs: int) -> str:
    accuracy = "" if report.test_accuracy is None else f"  test accuracy {report.test_accuracy:.2%}"
    terms = f"reconstruction {report.reconstruction:.2f}, KL {report.kl:.2f}"
    return (
        f"epoch {report.epoch}/{epochs}  loss {report.loss:.2f} ({terms}, "
        f"classification {report.classification:.3f}){accuracy}  test ELBO {report.test_elbo:.2f}  "
        f"{report.images_per_second:,.0f} images/s"
    )


def _to(digits: Digits, device: str) -> Digits:
    return Digits(digits.images.to(device), digits.labels.to(device))
