"""The numpy border: plain arrays in, plain arrays out, and one clear ValueError for anything else."""

import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from numpy.typing import NDArray

import vae_core
from vae_core import inference as inference_module
from vae_core.checkpoint import CheckpointError, save_model
from vae_core.inference import Model, Posterior
from vae_core.model import ConditionalVAE

Array = NDArray[np.float32]
QUICK = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))

NO_ARRAYS: list[Any] = [
    None,
    "seven",
    b"seven",
    "",
    [],
    [[]],
    {},
    {"image": 1},
    {1, 2},
    object(),
    [None],
    [object()],
    [[1, 2], [3]],
    ["a", 1.0],
    1j,
    np.array([1j]),
    np.array(["a"]),
    np.array([None]),
    np.datetime64("2020-01-01"),
    np.zeros(3, dtype=[("a", float)]),
    lambda: 1,
    int,
    10**400,
    float("nan"),
    float("inf"),
]
NO_IMAGES = [
    *NO_ARRAYS,
    0,
    0.5,
    np.zeros(784),
    np.zeros((27, 28)),
    np.zeros((28, 28, 1)),
    np.zeros((1, 1, 28, 28)),
    np.zeros((0, 28, 28)),
    np.zeros((28, 0)),
    np.full((28, 28), np.nan),
    np.full((28, 28), np.inf),
    np.full((28, 28), -0.01),
    np.full((28, 28), 1.01),
    np.full((28, 28), 1e300),
    np.full((28, 28), 255, dtype=np.uint8),
    np.full((28, 28), 2**63, dtype=np.uint64),
    np.zeros((28, 28), dtype=complex),
    np.zeros((28, 28), dtype="datetime64[s]"),
    np.zeros((28, 28), dtype=object),
]
NO_CODES = [
    *NO_ARRAYS,
    0.5,
    np.zeros(3),
    np.zeros(0),
    np.zeros((0, 2)),
    np.zeros((1, 1, 2)),
    [np.nan, 0.0],
    [np.inf, 0.0],
    [1e38, 0.0],
    [-1e5, 0.0],
    [10**30, 0],
]
NO_DIGITS = [
    *NO_ARRAYS,
    -1,
    10,
    2**70,
    3.0,
    True,
    [1, 2, 3],
    [10, 0],
    np.array([-1]),
    np.zeros((2, 10), dtype=int),
    np.zeros((2, 2), dtype=int),
    np.zeros(10),
    np.full(10, 0.2),
    np.full((3, 10), 0.1),
    np.full((2, 9), 1 / 9),
    np.full((0, 10), 0.1),
    np.full((1, 1, 10), 0.1),
    [np.nan] * 10,
    [-1.0, 2.0] + [0.0] * 8,
    [0.5, np.inf] + [0.0] * 8,
]
NO_COUNTS: list[Any] = [0, -1, 100_001, 10**30, 1.0, "1", None, True, [1], np.array([1, 2]), float("nan"), object()]
NO_SEEDS: list[Any] = [-1, 1.0, "1", [1], True, 2**64, object(), float("nan")]


def shown(value: Any) -> str:
    """A name for a test, the same in every process."""
    text = re.sub(r" at 0x\w+", "", repr(value))
    return f"{type(value).__name__} {getattr(value, 'shape', '')} {text}"[:50].encode("ascii", "replace").decode()


def refuse(call: Any, *arguments: Any) -> None:
    """One short sentence that says what was expected and what came."""
    with pytest.raises(ValueError, match="^expected ") as raised:
        call(*arguments)
    message = str(raised.value)
    assert " got " in message
    assert len(message) < 250
    assert "\n" not in message


# What comes out.


def test_classify_gives_ten_probabilities_a_picture(model: Model, images: Array) -> None:
    probabilities = model.classify(images[:7])
    assert (probabilities.shape, probabilities.dtype) == ((7, 10), np.float32)
    np.testing.assert_allclose(probabilities.sum(1), 1, rtol=1e-5)
    assert (probabilities >= 0).all()
    assert probabilities.std(0).max() > 0


def test_classify_is_the_softmax_of_the_classifier_in_evaluation_mode(network: ConditionalVAE, images: Array) -> None:
    assert network.classifier is not None
    expected = F.softmax(network.classifier(torch.from_numpy(images[:5])), dim=1).detach().numpy()
    network.train()
    np.testing.assert_array_equal(Model(network, "a", {}).classify(images[:5]), expected)


def test_encode_gives_a_mean_and_a_standard_deviation_a_picture(network: ConditionalVAE, images: Array) -> None:
    posterior = Model(network, "a", {}).encode(images[:7])
    expected = network.encoder(torch.from_numpy(images[:7]))
    assert isinstance(posterior, Posterior)
    assert posterior.mean.shape == posterior.std.shape == (7, 2)
    assert posterior.mean.dtype == posterior.std.dtype == np.float32
    np.testing.assert_array_equal(posterior.mean, expected.mean.numpy())
    np.testing.assert_allclose(posterior.std, np.exp(expected.logvar.numpy() / 2), rtol=1e-6)


def test_decode_is_the_sigmoid_of_the_decoder(network: ConditionalVAE) -> None:
    z = np.array([[0.3, -1.2], [1.0, 2.0]], dtype=np.float32)
    expected = torch.sigmoid(network.decoder(torch.from_numpy(z), torch.eye(10)[[4, 9]])).detach().numpy()
    pictures = Model(network, "a", {}).decode(z, [4, 9])
    assert (pictures.shape, pictures.dtype) == ((2, 28, 28), np.float32)
    np.testing.assert_array_equal(pictures, expected)
    assert 0 <= pictures.min() < pictures.max() <= 1


def test_reconstruct_decodes_the_mean_with_the_predicted_probabilities(model: Model, images: Array) -> None:
    expected = model.decode(model.encode(images[:6]).mean, model.classify(images[:6]))
    np.testing.assert_array_equal(model.reconstruct(images[:6]), expected)


def test_reconstruct_without_digits_decodes_the_mean(plain_model: Model, images: Array) -> None:
    expected = plain_model.decode(plain_model.encode(images[:6]).mean)
    np.testing.assert_array_equal(plain_model.reconstruct(images[:6]), expected)


def test_single_picture_counts_as_a_batch_of_one(model: Model, images: Array) -> None:
    assert model.classify(images[0]).shape == (1, 10)
    assert model.encode(images[0]).mean.shape == (1, 2)
    assert model.reconstruct(images[0]).shape == (1, 28, 28)
    assert model.log_likelihood(images[0], 2, 0).shape == (1,)


@pytest.mark.parametrize("size", [3, 400])
def test_batch_gives_what_its_pictures_give_alone(
    model: Model, images: Array, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inference_module, "BATCH", 150)
    x = images[:: 400 // size][:size]
    alone = range(0, size, max(1, size // 20))
    for call in (model.classify, lambda x: model.encode(x).mean, lambda x: model.encode(x).std, model.reconstruct):
        together = call(x)
        assert len(together) == size
        np.testing.assert_allclose(together[list(alone)], np.concatenate([call(x[i]) for i in alone]), atol=1e-5)


def test_shipped_models_give_the_same_alone_and_in_a_batch(images: Array) -> None:
    for name in vae_core.available_models():
        model = vae_core.load_model(name)
        np.testing.assert_allclose(
            model.reconstruct(images[:24]), np.concatenate([model.reconstruct(x) for x in images[:24]]), atol=1e-5
        )


def test_many_threads_get_the_same_answers_as_one(model: Model, images: Array) -> None:
    def work(i: int) -> tuple[Array, Array, Array]:
        x = images[i]
        return model.classify(x), model.reconstruct(x), model.sample(i % 10, 2, seed=i)

    alone = [work(i) for i in range(32)]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(work, range(32)))
    for a, b in zip(alone, together, strict=True):
        for one, other in zip(a, b, strict=True):
            np.testing.assert_allclose(one, other, atol=1e-5)


def test_no_call_keeps_gradients_or_changes_the_weights(network: ConditionalVAE, images: Array) -> None:
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    model = Model(network, "a", {})
    model.reconstruct(images[:3])
    model.sample(1, 2)
    model.log_likelihood(images[:2], 3, 0)
    assert all(torch.equal(before[name], tensor) for name, tensor in network.state_dict().items())
    assert not any(parameter.requires_grad for parameter in network.parameters())


def test_arguments_are_never_changed_and_answers_never_share_their_memory(model: Model, images: Array) -> None:
    x, z = images[:2].copy(), np.zeros((2, 2), dtype=np.float32)
    answers = [model.classify(x), model.encode(x).mean, model.reconstruct(x), model.decode(z, 1)]
    np.testing.assert_array_equal(x, images[:2])
    assert not any(np.shares_memory(answer, argument) for answer in answers for argument in (x, z))


# What may go in.


@pytest.mark.parametrize(
    "change",
    [
        lambda x: x.tolist(),
        lambda x: x.astype(np.float64),
        lambda x: x.astype(">f4"),
        lambda x: np.asfortranarray(x),
        lambda x: x[:, ::-1, ::-1][:, ::-1, ::-1],
        lambda x: torch.from_numpy(x),
        lambda x: list(x),
        lambda x: np.broadcast_to(x, x.shape),  # memory that may not be written
    ],
)
def test_images_of_any_layout_and_precision_are_read_alike(model: Model, images: Array, change: Any) -> None:
    np.testing.assert_allclose(model.classify(change(images[:2])), model.classify(images[:2]), atol=1e-6)


@pytest.mark.parametrize("dtype", [bool, np.uint8, np.int64, np.float16, np.float64, np.longdouble])
def test_binary_images_of_any_type_are_read_alike(model: Model, images: Array, dtype: Any) -> None:
    binary = (images[:2] > 0.5).astype(np.float32)
    np.testing.assert_array_equal(model.classify(binary.astype(dtype)), model.classify(binary))


ONE_HOT = np.eye(10, dtype=np.float32)


@pytest.mark.parametrize(
    "digits",
    [
        7,
        np.int64(7),
        np.uint8(7),
        np.array(7),
        [7],
        (7,),
        np.array([7]),
        [7, 7, 7],
        np.array([7, 7, 7], dtype=np.uint8),
        ONE_HOT[7],
        ONE_HOT[[7]],
        ONE_HOT[[7, 7, 7]],
        ONE_HOT[7].astype(np.float64),
        ONE_HOT[7].tolist(),
        ONE_HOT[[7, 7, 7]].astype(np.float16),
    ],
    ids=shown,
)
def test_digit_may_be_given_in_every_documented_form(model: Model, digits: Any) -> None:
    z = np.array([[0.0, 0.0], [1.0, -1.0], [2.0, 0.5]])
    np.testing.assert_array_equal(model.decode(z, digits), model.decode(z, [7, 7, 7]))


def test_each_code_has_its_own_digit(model: Model) -> None:
    z = np.array([[0.0, 0.0], [1.0, -1.0]])
    expected = np.concatenate([model.decode(z[0], 3), model.decode(z[1], 8)])
    np.testing.assert_allclose(model.decode(z, [3, 8]), expected, atol=1e-6)
    assert np.abs(expected - model.decode(z, [8, 3])).max() > 1e-4


def test_one_code_may_be_drawn_as_many_digits(model: Model) -> None:
    every = model.decode([0.5, -0.5], np.arange(10))
    assert every.shape == (10, 28, 28)
    np.testing.assert_allclose(every[6], model.decode([[0.5, -0.5]], 6)[0], atol=1e-6)


def test_probabilities_between_digits_draw_something_between(model: Model) -> None:
    halves = np.zeros(10)
    halves[[3, 8]] = 0.5
    z = [0.5, -0.5]
    assert np.abs(model.decode(z, halves) - model.decode(z, 3)).max() > 1e-4
    assert np.abs(model.decode(z, halves) - model.decode(z, 8)).max() > 1e-4


def test_sampling_repeats_with_its_seed_and_differs_without(model: Model) -> None:
    first, again, other = (model.sample(3, 4, seed=seed) for seed in (1, np.int64(1), 2))
    assert (first.shape, first.dtype) == ((4, 28, 28), np.float32)
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).max() > 1e-4
    assert np.abs(model.sample(3, 4) - model.sample(3, 4)).max() > 1e-4


def test_sampling_at_temperature_nought_draws_the_middle_of_the_prior(model: Model) -> None:
    np.testing.assert_allclose(
        model.sample(3, 5, temperature=0), np.tile(model.decode([0, 0], 3), (5, 1, 1)), atol=1e-6
    )


def test_temperature_scales_the_codes(model: Model) -> None:
    z = np.random.default_rng(5).standard_normal((4, 2), dtype=np.float32)
    np.testing.assert_array_equal(model.sample(3, 4, seed=5, temperature=2.0), model.decode(np.float32(2.0) * z, 3))


def test_model_without_digits_samples_none(plain_model: Model) -> None:
    assert plain_model.sample(None, 3, seed=0).shape == (3, 28, 28)
    assert plain_model.decode([0.0, 0.0]).shape == (1, 28, 28)


def test_log_likelihood_repeats_with_its_seed_and_rises_with_its_samples(model: Model, images: Array) -> None:
    x = images[::10]
    first, again, other = (model.log_likelihood(x, samples=5, seed=seed) for seed in (1, 1, 2))
    assert (first.shape, first.dtype) == ((40,), np.float32)
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).max() > 0
    binary = (x > 0.5).astype(np.float32)
    assert model.log_likelihood(binary, 1, 0).mean() < model.log_likelihood(binary, 100, 0).mean() < 0


def test_model_says_what_it_is(model: Model, plain_model: Model) -> None:
    assert (model.name, model.latent_dim, model.card, model.conditional) == ("tiny", 2, {"seed": 0}, True)
    assert not plain_model.conditional


# What may not.


@pytest.mark.parametrize("bad", NO_IMAGES, ids=shown)
def test_what_is_no_image_is_refused(model: Model, bad: Any) -> None:
    refuse(model.classify, bad)
    refuse(model.encode, bad)
    refuse(model.reconstruct, bad)
    refuse(model.log_likelihood, bad, 1, 0)


@pytest.mark.parametrize("bad", NO_CODES, ids=shown)
def test_what_is_no_code_is_refused(model: Model, bad: Any) -> None:
    refuse(model.decode, bad, 3)


@pytest.mark.parametrize("bad", NO_DIGITS, ids=shown)
def test_what_is_no_digit_is_refused(model: Model, bad: Any) -> None:
    refuse(model.decode, np.zeros((2, 2)), bad)
    refuse(model.sample, bad, 2)


@pytest.mark.parametrize("bad", NO_COUNTS, ids=shown)
def test_what_is_no_count_is_refused(model: Model, images: Array, bad: Any) -> None:
    refuse(model.sample, 3, bad)
    refuse(model.log_likelihood, images[:1], bad, 0)


@pytest.mark.parametrize("bad", NO_SEEDS, ids=shown)
def test_what_is_no_seed_is_refused(model: Model, images: Array, bad: Any) -> None:
    refuse(model.sample, 3, 1, bad)
    refuse(model.log_likelihood, images[:1], 1, bad)


@pytest.mark.parametrize("bad", [-0.1, 10.1, float("nan"), float("inf"), "1", None, [1.0, 2.0], object()], ids=shown)
def test_what_is_no_temperature_is_refused(model: Model, bad: Any) -> None:
    refuse(model.sample, 3, 1, 0, bad)


@pytest.mark.parametrize("digits", [[1, 2], np.array([3]), ONE_HOT[3]], ids=shown)
def test_sampling_takes_one_digit(model: Model, digits: Any) -> None:
    refuse(model.sample, digits, 2)


def test_model_without_digits_refuses_them(plain_model: Model, images: Array) -> None:
    refuse(plain_model.decode, [0.0, 0.0], 3)
    refuse(plain_model.sample, 3, 1)
    with pytest.raises(ValueError, match="no classifier"):
        plain_model.classify(images[:1])


@QUICK
@given(
    value=st.one_of(
        npst.arrays(
            npst.scalar_dtypes() | npst.datetime64_dtypes() | npst.unicode_string_dtypes(),
            npst.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=3),
        ),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3) | st.binary(max_size=3),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=2),
            max_leaves=8,
        ),
    )
)
def test_nothing_but_a_value_error_comes_of_anything(model: Model, value: Any) -> None:
    for call in (
        model.classify,
        model.encode,
        model.reconstruct,
        lambda v: model.decode(v, 3),
        lambda v: model.decode([0.0, 0.0], v),
        lambda v: model.sample(v, 1),
        lambda v: model.sample(1, 1, seed=v),
        lambda v: model.sample(1, 1, temperature=v),
        vae_core.load_model,
    ):
        try:
            answer = call(value)
        except ValueError as error:
            assert len(str(error)) < 300
        else:
            assert isinstance(answer, Posterior) or np.isfinite(answer).all()


@QUICK
@given(
    pixels=st.dictionaries(
        st.tuples(st.integers(0, 27), st.integers(0, 27)), st.floats() | st.floats(0, 1), max_size=5
    ),
    dtype=st.sampled_from([np.float16, np.float32, np.float64]),
)
def test_any_image_is_either_read_or_refused(model: Model, pixels: dict[Any, float], dtype: Any) -> None:
    image = np.zeros((28, 28))
    for place, value in pixels.items():
        image[place] = value
    with np.errstate(over="ignore"):
        values = image.astype(dtype)
        inside = bool(((values.astype(np.float32) >= 0) & (values.astype(np.float32) <= 1)).all())
    if inside:
        assert np.isfinite(model.reconstruct(values)).all()
    else:
        refuse(model.reconstruct, values)


@QUICK
@given(z=npst.arrays(np.float64, (2,), elements=st.floats(-1e4, 1e4)))
def test_any_code_within_the_limit_is_drawn(model: Model, z: NDArray[np.float64]) -> None:
    picture = model.decode(z, 5)
    assert 0 <= picture.min() <= picture.max() <= 1


# Models by name and by path.


def test_model_is_loaded_by_its_path(tmp_path: Path, network: ConditionalVAE, images: Array) -> None:
    path = tmp_path / "mine.safetensors"
    save_model(path, network, "mine", {"note": "a"})
    for name in (path, str(path)):
        model = vae_core.load_model(name)
        assert (model.name, model.card) == ("mine", {"note": "a"})
        np.testing.assert_array_equal(model.classify(images[:3]), Model(network, "a", {}).classify(images[:3]))


def test_shipped_models_are_loaded_by_their_names(
    tmp_path: Path, network: ConditionalVAE, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inference_module, "SHIPPED", tmp_path)
    assert vae_core.available_models() == []
    for name in ("plane", "conv", "judge", "stranger"):
        save_model(tmp_path / f"{name}.safetensors", network, name, {})
    assert vae_core.available_models() == ["conv", "plane"]
    assert vae_core.load_model("plane").name == "plane"
    assert vae_core.load_model().name == "conv"


def test_unknown_name_is_answered_with_the_known_ones(
    tmp_path: Path, network: ConditionalVAE, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inference_module, "SHIPPED", tmp_path)
    save_model(tmp_path / "conv.safetensors", network, "conv", {})
    save_model(tmp_path / "blog.safetensors", network, "blog", {})
    with pytest.raises(ValueError, match="no model 'convx': expected one of blog, conv, or a path to a checkpoint"):
        vae_core.load_model("convx")


@pytest.mark.parametrize(
    "name",
    ["../conv", "../checkpoints/conv", "conv/../conv", "..", ".", "/", "", "/etc/passwd", "~", "conv\0", "x" * 10_000,
     "\ud800", "conv.safetensors", "CONV", " conv", None, 3, True, b"conv", ["conv"], object()],
    ids=shown,
)  # fmt: skip
def test_names_that_lead_elsewhere_are_refused(name: Any) -> None:
    with pytest.raises(CheckpointError) as raised:
        vae_core.load_model(name)
    assert len(str(raised.value)) < 250


def test_serving_a_model_imports_neither_torchvision_nor_gradio(tmp_path: Path, network: ConditionalVAE) -> None:
    save_model(tmp_path / "tiny", network, "tiny", {})
    program = f"""
import sys, numpy as np, vae_core
model = vae_core.load_model({str(tmp_path / "tiny")!r})
model.reconstruct(np.zeros((28, 28)))
vae_core.render_strokes([np.array([[0, 0], [1, 1]])])
print([name for name in ("torchvision", "gradio", "matplotlib", "torch._dynamo") if name in sys.modules])
"""
    root = Path(vae_core.__file__).parents[1]
    result = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
