"""What a browser gets of a model computes what the model computes, but for the fewer bits of its weights."""

import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import expit, softmax
from tiny import TINY, roughen

from vae_core import __main__ as command_line
from vae_core.config import ModelConfig
from vae_core.data import load_mnist
from vae_core.export.files import export
from vae_core.export.graph import FEW, HALF_LIMIT, Graph
from vae_core.export.onnx_engine import session
from vae_core.inference import Model, available_models, load_model
from vae_core.model import build_model

Floats = NDArray[np.float32]
LEVEL = 1 / 255  # of grey
SMALL = {
    "conv": TINY,
    "flow": ModelConfig(latent_dim=3, width=8, depth=2, classifier_width=8, couplings=5),
    "one value": ModelConfig(latent_dim=1, width=8, depth=1, classifier_width=8),
    "no digits": ModelConfig(latent_dim=4, width=8, depth=1, conditional=False, couplings=2),
    "dense": ModelConfig("dense", latent_dim=5, width=16, couplings=4),
    "dense, no digits": ModelConfig("dense", latent_dim=2, width=16, conditional=False, likelihood="gaussian"),
}


class Runtime:
    """The exported graphs of a model, run as a browser runs them."""

    def __init__(self, model: Model) -> None:
        files = export(model)
        self.told = json.loads(files.pop("model.json"))
        self._sessions = {Path(name).stem: session(graph) for name, graph in files.items()}

    def run(self, graph: str, **values: Floats | None) -> dict[str, Floats]:
        """What the graph says of those values that it takes."""
        session = self._sessions[graph]
        given = {i.name: values[i.name] for i in session.get_inputs()}
        names = [output.name for output in session.get_outputs()]
        return dict(zip(names, session.run(names, given), strict=True))


def check(model: Model, images: Floats, near: float) -> None:
    """Everything that is exported, within `near`; of what is steep, a little more."""
    runtime = Runtime(model)
    read = runtime.run("encoder", x=images)
    posterior = model.encode(images)
    np.testing.assert_allclose(read["mean"], posterior.mean, atol=near)
    np.testing.assert_allclose(read["std"], posterior.std, atol=near)
    p = features = logits = None
    if model.conditional:
        recognition = model.recognise(images)
        p, features, logits = recognition.probabilities, recognition.features, recognition.logits
        np.testing.assert_allclose(read["logits"], logits, atol=8 * near, rtol=near)
        assert np.array_equal(read["logits"].argmax(1), logits.argmax(1))
    z = posterior.mean
    style = runtime.run("style", z=z, y=p)
    np.testing.assert_allclose(style["style"], model.to_style(z, p), atol=8 * near)
    normal = -0.5 * (np.square(z) + np.log(2 * np.pi)).sum(axis=1)
    np.testing.assert_allclose(style["gain"], model.log_prior(z, p) - normal, atol=20 * near)
    drawn, ours = runtime.run("decoder", style=style["style"], y=p), model.decode(z, p)
    assert_same_pictures(drawn["logits"], ours, near, LEVEL)
    own = None if p is None else softmax(read["logits"], axis=1)
    own_style = runtime.run("style", z=read["mean"], y=own)["style"]
    assert_same_pictures(runtime.run("decoder", style=own_style, y=own)["logits"], ours, near, 2 * LEVEL)
    assert drawn["grey"].dtype == np.uint8
    assert abs(drawn["grey"] - 255.0 * ours).max() <= 1.0
    said = runtime.run("verdict", x=images, reconstruction=ours, logits=logits, features=features)
    doubt = model.doubt(images)
    np.testing.assert_allclose(said["strangeness"][:, 0], doubt.strangeness, atol=4 * near, rtol=4 * near)
    certain = abs(doubt.strangeness) > 4 * near
    assert np.array_equal((said["strangeness"][:, 0] > 0)[certain], (doubt.strangeness > 0)[certain])
    assert np.array_equal((said["several"][:, 0])[certain], doubt.several[certain])


def assert_same_pictures(logits: Floats, pictures: Floats, near: float, most: float) -> None:
    off = abs(expit(logits.astype(np.float64)) - pictures)
    assert np.quantile(off, 0.999) < near
    assert off.max() < most


@pytest.mark.parametrize("name", available_models())
def test_the_graphs_of_what_ships_compute_what_the_model_does(name: str, images: Floats) -> None:
    check(load_model(name), images[::4], 1e-3)


def test_on_a_thousand_digits_the_same_is_read_and_drawn(data_folder: Path) -> None:
    test = load_mnist(data_folder, train=False)
    check(load_model(), test.images[:1000].numpy().astype(np.float32) / 255, 1e-3)


@pytest.mark.parametrize("kind", SMALL)
def test_graphs_follow_the_configuration(kind: str, images: Floats) -> None:
    check(Model(roughen(build_model(SMALL[kind])), "small", {}), images[:20], 2e-3)


def test_a_batch_of_any_size_is_taken(model: Model, images: Floats) -> None:
    runtime = Runtime(model)
    together = runtime.run("encoder", x=images[:7])
    for k in range(7):
        alone = runtime.run("encoder", x=images[k : k + 1])
        np.testing.assert_allclose(alone["logits"][0], together["logits"][k], atol=1e-5)


def test_what_is_told_beside_the_graphs_is_sound(model: Model) -> None:
    told = Runtime(load_model("conv")).told
    assert told["config"]["latent_dim"] == load_model("conv").latent_dim
    assert told["train"]["hand_weight"] > 0 and told["train"]["classifier_apart"] is True
    assert np.shape(told["directions"]["centre"]) == (10, 5)
    assert Runtime(model).told["train"] is None
    assert Runtime(model).told["directions"] is None


def test_weights_that_half_precision_cannot_hold_stay_as_they_are() -> None:
    large = np.full((FEW, 2), 10 * HALF_LIMIT, dtype=np.float32)
    g = Graph("large")
    g.output("y", g.op("MatMul", g.input("x", FEW), g.weight(large)), 2)
    runtime = session(g.to_bytes())
    (y,) = runtime.run(["y"], {"x": np.ones((1, FEW), dtype=np.float32)})
    np.testing.assert_allclose(y, np.full((1, 2), FEW * 10 * HALF_LIMIT), rtol=1e-6)


@pytest.mark.parametrize("bits", [8, 10, 13, 16])
def test_a_matrix_is_as_near_as_its_bits_allow(bits: int) -> None:
    values = np.random.default_rng(0).normal(size=(40, 5)).astype(np.float32) * np.array(
        [1e-9, 1, 0, 1e6, 3], np.float32
    )
    g = Graph("matrix", bits)
    g.output("y", g.op("MatMul", g.input("x", 40), g.matrix(values, axis=1)), 5)
    runtime = session(g.to_bytes())
    (y,) = runtime.run(["y"], {"x": np.eye(40, dtype=np.float32)})
    half_a_step = abs(values).max(axis=0) / (2**bits - 2)
    assert (abs(np.asarray(y) - values) <= 1.001 * half_a_step).all()


def test_the_command_writes_the_same_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command_line.main(["export", "blog", "--out", str(tmp_path / "new" / "blog")]) == 0
    written = {file.name: file.read_bytes() for file in (tmp_path / "new" / "blog").iterdir()}
    assert written == export(load_model("blog"))
    out = capsys.readouterr().out
    assert all(name in out for name in written)
    assert command_line.main(["export", "nobody", "--out", str(tmp_path)]) == 1
    assert capsys.readouterr().err.startswith("error: no model 'nobody'")
