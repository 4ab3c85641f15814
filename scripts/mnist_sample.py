"""Write the sheet of MNIST test digits that the app shows as points on its map.

    python -m scripts.mnist_sample --data data

A hundred of each digit, chosen by a seeded generator; a row a digit, 0 to 9.
"""

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from demo.door.mnist_sample import DIGITS, SHEET
from vae_core.data import load_mnist
from vae_core.pictures import sheet

EACH = 100  # pictures of a digit
SEED = 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("data"), help="folder of MNIST/raw")
    parser.add_argument("--out", type=Path, default=SHEET)
    options = parser.parse_args()
    test = load_mnist(options.data, train=False)
    chosen = choose(test.labels.numpy(), np.random.default_rng(SEED))
    sheet(test.images.numpy()[chosen] / 255, EACH).save(options.out, optimize=True)


def choose(labels: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
    """Where in `labels` (N,) the chosen digits are, digit after digit, in the order they have there."""
    each = [np.sort(rng.choice(np.flatnonzero(labels == digit), EACH, replace=False)) for digit in range(DIGITS)]
    return np.concatenate(each)


if __name__ == "__main__":
    main()
