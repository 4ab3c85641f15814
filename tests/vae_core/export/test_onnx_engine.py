"""onnxruntime computes what PyTorch does, for every kind of network and any number of pictures."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from test_export_files import SMALL
from tiny import roughen

from vae_core.config import ModelConfig
from vae_core.engine import TorchEngine
from vae_core.export.onnx_engine import BATCH, OnnxEngine
from vae_core.inference import Model, available_models, load_model
from vae_core.model import ConditionalVAE, build_model

Floats = NDArray[np.float32]
NEAR = {"rtol": 1e-4, "atol": 2e-4}


def check(network: ConditionalVAE, images: Floats) -> None:
    ours, theirs = TorchEngine(network), OnnxEngine(network)
    for mine, other in zip(ours.encode(images), theirs.encode(images), strict=True):
        np.testing.assert_allclose(other, mine, **NEAR)
    y = None
    if network.config.conditional:
        for mine, other in zip(ours.recognise(images), theirs.recognise(images), strict=True):
            np.testing.assert_allclose(other, mine, **NEAR)
        y = np.eye(10, dtype=np.float32)[np.arange(len(images)) % 10]
    z = np.random.default_rng(0).standard_normal((len(images), network.config.latent_dim), dtype=np.float32)
    np.testing.assert_allclose(theirs.decode(z, y), ours.decode(z, y), **NEAR)


@pytest.mark.parametrize("name", available_models())
def test_what_ships_computes_the_same(name: str, images: Floats) -> None:
    check(load_model(name).network, images[: 2 * BATCH + 1])


@pytest.mark.parametrize("kind", SMALL)
def test_every_kind_of_network_computes_the_same(kind: str, images: Floats) -> None:
    check(roughen(build_model(SMALL[kind])).eval().requires_grad_(False), images[:3])


def test_a_model_says_the_same_whichever_engine_runs_it(images: Floats) -> None:
    model, other = load_model("conv"), load_model("conv")
    other.run_by(OnnxEngine(other.network))
    x = images[:5]
    assert np.array_equal(model.classify(x).argmax(1), other.classify(x).argmax(1))
    np.testing.assert_allclose(other.reconstruct(x), model.reconstruct(x), atol=1e-4)
    np.testing.assert_allclose(other.write(model.style(x), 3), model.write(model.style(x), 3), atol=1e-4)
    np.testing.assert_allclose(other.doubt(x).strangeness, model.doubt(x).strangeness, atol=1e-2)


def test_refusals_do_not_depend_on_the_engine(model: Model) -> None:
    unconditional = Model(build_model(ModelConfig(latent_dim=2, width=8, depth=1, conditional=False)), "none", {})
    unconditional.run_by(OnnxEngine(unconditional.network))
    with pytest.raises(ValueError, match="no classifier"):
        unconditional.classify(np.zeros((28, 28)))
    model.run_by(OnnxEngine(model.network))
    with pytest.raises(ValueError, match="expected images in"):
        model.encode(np.full((28, 28), 2.0))


def test_what_a_network_learns_later_is_not_followed() -> None:
    network = roughen(build_model(ModelConfig(latent_dim=2, width=8, depth=1))).eval().requires_grad_(False)
    engine, z, y = OnnxEngine(network), np.zeros((1, 2), np.float32), np.eye(10, dtype=np.float32)[:1]
    before = engine.decode(z, y)
    with torch.no_grad():
        for weight in network.parameters():
            weight.add_(1.0)
    assert np.array_equal(engine.decode(z, y), before)


def test_threads_may_share_one(images: Floats) -> None:
    engine = OnnxEngine(load_model("conv").network)
    alone = [engine.encode(images[k : k + 1])[0] for k in range(16)]
    together: dict[int, Floats] = {}

    def encode(first: int) -> None:
        for k in range(first, 16, 4):
            together[k] = engine.encode(images[k : k + 1])[0]

    threads = [threading.Thread(target=encode, args=(first,)) for first in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(np.array_equal(together[k], alone[k]) for k in range(16))


def test_nothing_is_told_to_anybody_about_its_use(tmp_path: Path) -> None:
    """What it would tell it keeps in the home meanwhile, with a name for the machine."""
    script = (
        "import vae_core; from vae_core.export.onnx_engine import OnnxEngine; "
        "model = vae_core.load_model('blog'); model.run_by(OnnxEngine(model.network)); model.sample(3, 2)"
    )
    homes = {name: str(tmp_path) for name in ("HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME")}
    without = {name: value for name, value in os.environ.items() if not name.startswith(("ORT_", "CI", "GITHUB_"))}
    done = subprocess.run([sys.executable, "-c", script], env=without | homes, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert list(tmp_path.iterdir()) == []
