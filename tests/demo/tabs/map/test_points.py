"""Where digits lie on the map, and what the server answers a page that asks for it."""

import base64
import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

import vae_core
from demo.door.answers import politely
from demo.door.mnist_sample import labelled_digits
from demo.tabs.map.points import locate, plane_of, points
from scripts.mnist_sample import SEED, choose
from vae_core.data import load_mnist
from vae_core.inference import Model

STROKES = [[[100, 100], [500, 900], [900, 100]]]


@pytest.fixture(scope="module")
def conv() -> Model:
    return vae_core.load_model("conv")


def test_the_sheet_holds_a_hundred_of_each_digit_and_the_models_read_them(conv: Model) -> None:
    pictures, digits = labelled_digits()
    assert pictures.shape == (1000, 28, 28) and pictures.min() == 0 and pictures.max() == 1
    assert np.bincount(digits).tolist() == [100] * 10
    assert (conv.classify(pictures[::10]).argmax(axis=1) == digits[::10]).mean() > 0.95


def test_the_sheet_is_what_its_command_writes(data_folder: Path) -> None:
    test = load_mnist(data_folder, train=False)
    chosen = choose(test.labels.numpy(), np.random.default_rng(SEED))
    pictures, digits = labelled_digits()
    assert (np.rint(255 * pictures) == test.images.numpy()[chosen]).all()
    assert (digits == test.labels.numpy()[chosen]).all()


def test_points_of_two_latent_values_are_the_styles_of_the_digits() -> None:
    plane = vae_core.load_model("plane")
    answer = points(plane, {})
    styles = plane.style(*labelled_digits())
    assert np.allclose(np.stack([answer["x"], answer["y"]], axis=1), styles, atol=1e-3)
    assert (answer["origin"], answer["axes"], answer["share"]) == ([0, 0], [[1, 0], [0, 1]], 1)
    assert answer["conditional"]


def test_points_of_more_latent_values_lie_in_the_plane_they_vary_most_in(conv: Model) -> None:
    answer = points(conv, {})
    styles = conv.style(*labelled_digits()).astype(np.float64)
    variances = np.linalg.eigvalsh(np.cov(styles.T))
    assert answer["share"] == pytest.approx(variances[-2:].sum() / variances.sum(), abs=1e-3)
    assert np.var(answer["x"], ddof=1) == pytest.approx(variances[-1], rel=1e-2)
    assert np.var(answer["y"], ddof=1) == pytest.approx(variances[-2], rel=1e-2)
    axes = np.array(answer["axes"])
    assert np.allclose(axes @ axes.T, np.eye(2), atol=1e-5)
    assert np.allclose((styles - answer["origin"]) @ axes.T, np.stack([answer["x"], answer["y"]], axis=1), atol=2e-3)


def test_points_are_the_same_each_time_and_whatever_else_is_asked(conv: Model) -> None:
    first = json.dumps(points(conv, {}), allow_nan=False)
    assert len(first) < 50_000
    for asked in (None, [], {"model": "conv", "x": float("nan")}, "x" * 10_000):
        assert json.dumps(points(conv, asked)) == first


def test_an_axis_points_the_same_way_whatever_the_order_of_the_codes() -> None:
    codes = np.random.default_rng(0).standard_normal((50, 4)) * [4, 3, 2, 1]
    axes = plane_of(codes)[1]
    assert np.allclose(axes, plane_of(codes[::-1])[1])
    assert (axes.max(axis=1) >= -axes.min(axis=1)).all()


@pytest.mark.parametrize("count", [1, 2, 3, 7])
def test_any_number_of_latent_values_has_two_axes(count: int) -> None:
    origin, axes = plane_of(np.random.default_rng(0).standard_normal((20, count)))
    assert origin.shape == (count,) and axes.shape == (2, count)


class Collapsed:
    """A model that learned nothing: every picture has the same style."""

    latent_dim = 3
    conditional = False

    def style(self, pictures: NDArray[np.float32], digits: None) -> NDArray[np.float32]:
        return np.zeros((len(pictures), 3), np.float32)


def test_a_model_that_tells_no_pictures_apart_has_a_map_too() -> None:
    answer = points(Collapsed(), {})
    json.dumps(answer, allow_nan=False)
    assert set(answer["x"]) == {0} and not answer["conditional"]


def test_a_drawing_is_located_at_its_style_and_spreads_as_its_posterior_does(conv: Model) -> None:
    answer = locate(conv, {"strokes": STROKES})
    seen = vae_core.render_strokes(STROKES)
    assert np.allclose(answer["style"], conv.style(seen)[0], atol=1e-4)
    posterior = conv.encode(seen)
    draws = posterior.mean + posterior.std * np.random.default_rng(0).standard_normal((4000, conv.latent_dim))
    spread = conv.to_style(draws, int(conv.classify(seen)[0].argmax())).std(axis=0)
    assert np.allclose(answer["std"], spread, rtol=0.25, atol=0.02)


def test_without_a_flow_a_drawing_spreads_exactly_as_its_posterior_does() -> None:
    blog = vae_core.load_model("blog")
    answer = locate(blog, {"strokes": STROKES})
    posterior = blog.encode(vae_core.render_strokes(STROKES))
    assert np.allclose(answer["style"], posterior.mean[0], atol=1e-4)
    assert np.allclose(answer["std"], posterior.std[0], atol=1e-4)


def test_a_picture_on_the_pad_is_located_as_a_drawing_is(conv: Model) -> None:
    grey = np.rint(255 * labelled_digits()[0][300]).astype(np.uint8)
    answer = locate(conv, {"image": base64.b64encode(grey.tobytes()).decode()})
    assert np.allclose(answer["style"], conv.style(grey.astype(np.float32) / 255)[0], atol=1e-3)


@pytest.mark.parametrize(
    "asked",
    [
        *(None, [], {}, "x", {"strokes": None}, {"strokes": []}, {"strokes": [[["a", "b"]]]}),
        *({"strokes": [[[float("nan"), 1]]]}, {"strokes": [[[1e300, 1], [2, 3]]]}, {"strokes": [[[0, 0]]] * 999}),
        *({"image": None}, {"image": "AAAA"}),
    ],
    ids=lambda asked: str(asked)[:40],
)
def test_what_is_no_drawing_gets_a_sentence(conv: Model, asked: object) -> None:
    answer = politely(lambda asked: locate(conv, asked))(asked)
    assert set(answer) == {"error"} and answer["error"].endswith(".")
