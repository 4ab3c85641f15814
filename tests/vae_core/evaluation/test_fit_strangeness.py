"""What is fitted on digits and made non-digits, and where its threshold is set."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import ImageFont

from vae_core.checkpoint import save_model
from vae_core.data import Digits, PenDigits
from vae_core.evaluation import fit_strangeness, strange_pictures
from vae_core.evaluation.strange_pictures import Pictures, Sources, make_pictures, set_aside
from vae_core.inference import Model, load_model
from vae_core.pen_signs import PenSigns

Floats = NDArray[np.float32]


@pytest.fixture(scope="module")
def pictures(images: Floats) -> Pictures:
    """Digits; their negatives as what is none; two side by side as several; every second digit kept aside."""
    shown, aside = images[::2], images[1::2]
    several = np.concatenate([shown[:, ::2, ::2]] * 2, axis=2)
    several = np.pad(several, ((0, 0), (7, 7), (0, 0)))
    return Pictures(
        np.concatenate([shown, 1 - shown, several]), np.repeat([0, 1, 2], len(shown)), [aside[:99], aside[99:]]
    )


def quiet(text: str) -> None:
    assert text.endswith(" ...")


def test_digits_and_what_is_none_are_told_apart(
    model: Model, pictures: Pictures, images: Floats, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fit_strangeness, "EPOCHS", 100)  # of two batches each
    doubting = Model(model._network, "doubting", {}, fit_strangeness.fit(model, pictures, 0, quiet))
    aside = doubting.doubt(images[1::2])
    assert (aside.strangeness > 0).mean() <= 0.01
    none = doubting.doubt(1 - images[1::2])
    assert (none.strangeness > 0).mean() > 0.95
    assert none.several.mean() < 0.1
    several = doubting.doubt(pictures.images[pictures.kinds == 2])
    assert several.several.mean() > 0.9


def test_the_same_seed_fits_the_same(model: Model, pictures: Pictures) -> None:
    first, second, other = (fit_strangeness.fit(model, pictures, seed, quiet) for seed in (0, 0, 1))
    assert np.array_equal(first.hidden, second.hidden)
    assert np.array_equal(first.output_bias, second.output_bias)
    assert not np.array_equal(first.hidden, other.hidden)


def test_it_is_kept_in_the_checkpoint_as_it_was_fitted(
    model: Model, pictures: Pictures, images: Floats, tmp_path: Path
) -> None:
    path = tmp_path / "tiny.safetensors"
    save_model(path, model._network, "tiny", {})
    before = load_model(path).classify(images)
    fitted = fit_strangeness.fit_and_store(str(path), pictures, 0, quiet)
    doubting = Model(model._network, "doubting", {}, fitted)
    assert np.allclose(load_model(path).doubt(images).strangeness, doubting.doubt(images).strangeness, atol=1e-3)
    assert np.array_equal(load_model(path).classify(images), before)


def test_a_model_without_a_classifier_is_refused(plain_model: Model, pictures: Pictures) -> None:
    with pytest.raises(ValueError, match="no classifier"):
        fit_strangeness.fit(plain_model, pictures, 0, quiet)


def test_every_writer_is_on_one_side() -> None:
    writers = np.array([f"somebody:{k}" for k in range(40)])
    pen = PenDigits([[np.array([[0.0, 0.0], [k, 1.0]], np.float32)] for k in range(40)], np.arange(40) % 10, writers)
    shown, aside = set_aside(pen, False), set_aside(pen, True)
    assert set(shown.writers).isdisjoint(aside.writers)
    assert len(shown.labels) + len(aside.labels) == 40
    assert len(aside.labels) > 0


def test_pictures_are_of_all_kinds_and_the_seed_decides_them(
    mnist_sample: Digits, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(strange_pictures, "ASIDE", 40)
    writers = np.array([f"somebody:{k}" for k in range(40)])
    strokes = [[np.array([[0.0, 0.0], [k, 10.0], [20.0, k]], np.float32)] for k in range(40)]
    pen = PenDigits(strokes, np.arange(40) % 10, writers)
    signs = PenSigns(strokes[:5], np.array(["Latin/character03"] * 5))
    sources = Sources(mnist_sample, pen, signs, [ImageFont.load_default(size=20)])
    made, again = (make_pictures(sources, 24, 0, quiet) for _ in range(2))
    assert np.array_equal(made.images, again.images)
    assert made.images.shape == (len(made.kinds), 28, 28)
    assert (made.images.min(), np.bincount(made.kinds).min() > 10) == (0, True)
    assert made.images.max() <= 1
    assert [len(digits) for digits in made.aside] == [40, len(set_aside(pen, True).labels)]
