"""What the tests share: a small real sample of MNIST, tiny models, and the whole data where it is there."""

import os
import random
import signal
from pathlib import Path

import numpy as np
import pytest
import torch
from chromium import MISSING, chromium
from hypothesis import settings
from numpy.typing import NDArray
from tiny import TESTS, TINY, roughen

from vae_core.config import ModelConfig
from vae_core.data import Digits
from vae_core.inference import Model
from vae_core.model import ConditionalVAE, build_model

settings.register_profile("any machine", deadline=None, derandomize=True)  # slow is no fault, nor is chance
settings.load_profile("any machine")

DATA = Path(os.environ.get("VAE_DATA", TESTS.parents[1] / "shared" / "data"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--chance", type=int, default=0, help="seed of every lot that a test, or a page in one, draws")
    ways, answers = ("server", "browser", "site"), "who answers the pages of the browser tests"
    parser.addoption("--answered-by", choices=ways, default="server", help=f"{answers}, {', '.join(ways)}")


def pytest_configure(config: pytest.Config) -> None:
    """Where all tests are to run and there is no browser, say so at once and not when half of them are through."""
    asked = [Path(argument).resolve() for argument in config.args]
    if any((TESTS / "browser").is_relative_to(path) for path in asked) and not chromium():
        raise pytest.UsageError(MISSING)


@pytest.hookimpl(tryfirst=True)
def pytest_make_collect_report(collector: pytest.Collector) -> None:
    seed(collector.config)


@pytest.hookimpl(tryfirst=True)
def pytest_fixture_setup(request: pytest.FixtureRequest) -> None:
    seed(request.config)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> None:
    seed(item.config)


def seed(config: pytest.Config) -> None:
    """Each module, fixture and test draws the same lots, whatever ran before it in the same process."""
    chance = config.getoption("chance")
    random.seed(chance)
    np.random.seed(chance)
    torch.manual_seed(chance)


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> None:
    """The same arithmetic here and in the processes that tests start."""
    torch.set_num_threads(1)


@pytest.fixture(scope="session", autouse=True)
def hears_hangups() -> None:
    """Under nohup SIGHUP is ignored, also by whatever is started: a handler of our own is not handed down to that."""
    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
        signal.signal(signal.SIGHUP, lambda number, frame: None)


@pytest.fixture(scope="session")
def mnist_sample() -> Digits:
    """400 real test digits, 40 of each."""
    with np.load(TESTS / "data" / "mnist-sample.npz") as file:
        return Digits(torch.from_numpy(file["images"]), torch.from_numpy(file["labels"].astype(np.int64)))


@pytest.fixture(scope="session")
def images(mnist_sample: Digits) -> NDArray[np.float32]:
    """The pictures of the sample as the numpy border takes them, (400, 28, 28) in [0, 1]."""
    return mnist_sample.images.numpy().astype(np.float32) / 255


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """All of MNIST and the pen strokes, where they are on this machine."""
    if not (DATA / "MNIST" / "raw" / "train-images-idx3-ubyte").is_file():
        pytest.skip(f"MNIST is not in {DATA}")
    return DATA


@pytest.fixture
def network() -> ConditionalVAE:
    return roughen(build_model(TINY)).eval()


@pytest.fixture(scope="session")
def model() -> Model:
    return Model(roughen(build_model(TINY)), "tiny", {"seed": 0})


@pytest.fixture(scope="session")
def plain_model() -> Model:
    config = ModelConfig(latent_dim=2, width=8, depth=1, conditional=False)
    return Model(roughen(build_model(config)), "tiny-plain", {})
