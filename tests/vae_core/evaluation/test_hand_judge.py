"""The hand kept: what is compared with what, and right where it can be worked out."""

import re
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from tiny import TINY, roughen
from torch import Tensor, nn

from vae_core.checkpoint import CheckpointError, save_model
from vae_core.data import Digits
from vae_core.evaluation import hand_judge as hand_judge_module
from vae_core.evaluation.hand_judge import (
    HandJudge,
    hold_out,
    load_hand_judge,
    save_hand_judge,
    train_hand_judge,
)
from vae_core.evaluation.hand_kept import area_of_hands, draw_trials, hand_figures, hands_of
from vae_core.evaluation.style_reader import style_figure
from vae_core.inference import Model
from vae_core.model import ConditionalVAE, build_model
from vae_core.posterior import DiagonalGaussian

LABELS, WRITERS = np.random.randint(10, size=600), np.random.randint(12, size=600) + 50


@pytest.mark.parametrize("drawings", [1, 3, 10])
def test_trials_compare_a_third_class_by_the_same_and_by_another_writer(drawings: int) -> None:
    trials = draw_trials(LABELS, WRITERS, drawings, np.random.default_rng(1))
    assert len(trials.asked) == 600 and trials.sources.shape == (600, drawings)
    assert trials.sources[:, 0].tolist() == list(range(600))
    own, other = LABELS[trials.own], LABELS[trials.other]
    assert (own == other).all() and (own != trials.asked).all()
    assert (LABELS[trials.sources] != own[:, None]).all() and (LABELS[trials.sources] != trials.asked[:, None]).all()
    who = WRITERS[trials.sources[:, 0]]
    assert (WRITERS[trials.sources] == who[:, None]).all()
    assert (WRITERS[trials.own] == who).all() and (WRITERS[trials.other] != who).all()
    assert all(len(set(row)) == drawings for row in trials.sources.tolist())
    assert (np.unique(WRITERS)[trials.writers] == who).all()


def test_writer_of_too_few_digits_is_left_out() -> None:
    writers = np.where(np.arange(600) < 4, 7, WRITERS)
    assert 0 in draw_trials(LABELS, writers, 1, np.random.default_rng(0)).sources
    trials = draw_trials(LABELS, writers, 10, np.random.default_rng(0))
    assert len(trials.asked) == 596 and trials.sources.min() == 4
    assert len(draw_trials(LABELS[:4], writers[:4], 10, np.random.default_rng(0)).asked) == 0


class Pen(nn.Module):
    """A judge that knows a hand by how dark it is; only the paper in the corner does not count."""

    def forward(self, x: Tensor, digits: Tensor) -> Tensor:
        angle = x[:, 14, 14]
        return torch.stack([angle.cos(), angle.sin()], dim=1)


class Dark(nn.Module):
    """Encodes how dark a picture is, but for noise, without doubt."""

    def __init__(self, noise: float) -> None:
        super().__init__()
        self.noise = noise

    def forward(self, x: Tensor) -> DiagonalGaussian:
        noise = torch.randn(len(x), 2, generator=torch.Generator().manual_seed(3))
        mean = x[:, 14, 14, None].expand(-1, 2) + self.noise * noise
        return DiagonalGaussian(mean, torch.full_like(mean, -20.0))


class Fill(nn.Module):
    """Draws a picture as dark as its code."""

    def forward(self, z: Tensor, y: Tensor) -> Tensor:
        return torch.logit(z[:, :1, None].clamp(1e-3, 1 - 1e-3)).expand(-1, 28, 28)


def dark_digits() -> Digits:
    """Each writer has a grey of their own, a little different each time."""
    grey = 20 * (WRITERS - 50) + np.random.randint(20, size=600)
    return Digits(torch.from_numpy(grey.astype(np.uint8))[:, None, None].expand(-1, 28, 28), torch.from_numpy(LABELS))


def kept(noise: float) -> list[float]:
    network = roughen(build_model(TINY))
    network.encoder, network.decoder = Dark(noise), Fill()
    judge: HandJudge = Pen()  # type: ignore[assignment]
    figures = hand_figures(Model(network, "a", {}), judge, dark_digits(), torch.from_numpy(WRITERS), seed=0)
    assert [figure.name for figure in figures] == [
        "hand kept, 1 drawing", "hand kept, 3 drawings", "hand kept, 10 drawings",
    ]  # fmt: skip
    for figure in figures:
        made, real = map(float, re.search(r"AUC ([0-9.]+), of the real drawings ([0-9.]+):", figure.protocol).groups())  # type: ignore[union-attr]
        assert figure.value == pytest.approx((made - 0.5) / (real - 0.5), abs=5e-3)
        assert figure.low is not None and figure.high is not None and figure.low <= figure.value <= figure.high
        assert "600 test digits of 12 writers" in figure.protocol
    return [figure.value for figure in figures]


def test_hand_that_survives_is_kept_whole_and_one_that_is_lost_is_not() -> None:
    assert kept(0.0) == pytest.approx([1.0] * 3, abs=0.02)
    assert kept(50.0) == pytest.approx([0.0] * 3, abs=0.25)


def test_styles_of_more_drawings_tell_more_of_a_hand() -> None:
    one, three, ten = kept(0.25)
    assert 0.2 < one < three < ten < 1.05


def test_digit_is_read_from_a_style_that_holds_it_and_not_from_one_that_does_not() -> None:
    network = roughen(build_model(TINY))

    def read(grey: NDArray[np.int64]) -> float:
        network.encoder = Dark(0.0)
        images = torch.from_numpy(grey.astype(np.uint8))[:, None, None].expand(-1, 28, 28)
        digits = Digits(images, torch.from_numpy(LABELS))
        return style_figure(Model(network, "a", {}), digits, digits, seed=0).value

    assert read(25 * LABELS) > 0.5
    assert read(np.full(600, 80)) < 0.2


# The judge of hands.


@pytest.fixture(scope="module")
def hands() -> tuple[Digits, Tensor]:
    """20 writers, each with slopes of their own, ten digits as bars of ten lengths, each three times."""
    images = np.zeros((600, 28, 28), dtype=np.uint8)
    who, labels = np.repeat(np.arange(20), 30), np.tile(np.arange(10), 60)
    rows = np.arange(28)
    for i in range(600):
        length, slope = 8 + 2 * labels[i], (who[i] - 9.5) / 10
        rows = np.arange(14 - length // 2, 14 + length // 2)
        columns = np.clip(np.rint(14 + slope * (rows - 14) + np.random.randint(-1, 2)), 0, 27).astype(int)
        images[i, rows, columns] = 255
    return Digits(torch.from_numpy(images), torch.from_numpy(labels)), torch.from_numpy(who)


@pytest.fixture(scope="module")
def hand_judge(hands: tuple[Digits, Tensor]) -> HandJudge:
    learned, _ = hold_out(*hands)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hand_judge_module, "BATCH", 9)
        return train_hand_judge(*learned, epochs=20, seed=1)


def test_judge_of_hands_learns_to_tell_writers_it_never_saw_apart(
    hands: tuple[Digits, Tensor], hand_judge: HandJudge
) -> None:
    learned, checked = hold_out(*hands)
    assert set(learned[1].tolist()).isdisjoint(checked[1].tolist())
    assert len(learned[1]) + len(checked[1]) == 600 and checked[1].unique().tolist() == [0, 10]
    assert area_of_hands(HandJudge().eval(), *checked) < 0.8 < area_of_hands(hand_judge, *checked)
    assert not hand_judge.training


def test_hands_are_of_length_one_and_depend_on_the_digit(hands: tuple[Digits, Tensor], hand_judge: HandJudge) -> None:
    images = hands[0].images[:30].numpy().astype(np.float32) / 255
    one, other = (hands_of(hand_judge, images, np.full(30, digit)) for digit in (1, 2))
    np.testing.assert_allclose(np.linalg.norm(one, axis=1), 1.0, rtol=1e-4)
    assert np.abs(one - other).max() > 0.01


def test_judge_of_hands_is_small() -> None:
    assert sum(parameter.numel() for parameter in HandJudge().parameters()) < 300_000


def test_judge_of_hands_repeats_with_its_seed_and_comes_back_bit_for_bit(
    hands: tuple[Digits, Tensor], tmp_path: Path
) -> None:
    state = torch.get_rng_state()
    first, again, other = (train_hand_judge(*hands, epochs=1, seed=seed) for seed in (2, 2, 3))
    save_hand_judge(tmp_path / "judge", first, epochs=1, seed=2, unseen=2, area=0.5)
    loaded = load_hand_judge(tmp_path / "judge")
    assert torch.equal(state, torch.get_rng_state())
    assert all(torch.equal(a, b) for a, b in zip(first.parameters(), again.parameters(), strict=True))
    assert not torch.equal(first.gather.weight, other.gather.weight)
    x, digits = torch.rand(3, 28, 28), torch.tensor([1, 2, 3])
    assert torch.equal(first(x, digits), loaded(x, digits))


def test_what_is_no_judge_of_hands_is_refused(tmp_path: Path, network: ConditionalVAE) -> None:
    with pytest.raises(CheckpointError, match="cannot be read"):
        load_hand_judge(tmp_path / "none")
    save_model(tmp_path / "model", network, "conv", {})
    with pytest.raises(CheckpointError, match="does not hold a judge of hands"):
        load_hand_judge(tmp_path / "model")
