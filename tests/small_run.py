"""The command line on the small sample of MNIST, as a process of its own; it may send itself a signal on the way.

python small_run.py SIGNAL STEP train ...      SIGNAL at the end of training step STEP, counted from 1; STEP 0 is never.
"parent SIGNAL" goes to the process that started this one.
"""

import os
import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
import torch

from vae_core import __main__ as command_line
from vae_core.data import Digits
from vae_core.training import command as train_command
from vae_core.training.trainer import Trainer


def load_sample(root: str, train: bool) -> Digits:
    with np.load(Path(__file__).parent / "data" / "mnist-sample.npz") as file:
        return Digits(torch.from_numpy(file["images"]), torch.from_numpy(file["labels"].astype(np.int64)))


def main() -> int:
    name, last, *arguments = sys.argv[1:]
    to_parent = name.startswith("parent ")
    torch.set_num_threads(1)
    train_command.load_mnist = load_sample
    train_command.yield_to_others = lambda: None  # a test does not wait for a busy machine
    train_step, done = Trainer._train_step, [0]

    def counted(trainer: Trainer, *inputs):
        terms = train_step(trainer, *inputs)
        done[0] += 1
        if done[0] == int(last) and trainer.ranks.rank == 0:
            os.kill(os.getppid() if to_parent else os.getpid(), getattr(signal, name.removeprefix("parent ")))
        return terms

    Trainer._train_step = counted
    return command_line.main(arguments)


if __name__ == "__main__":
    sys.exit(main())
