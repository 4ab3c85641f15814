"""Writers and their digits, and the loss by which a network learns to tell one hand from another."""

import math

import pytest
import torch
import torch.nn.functional as F

from vae_core.data import Digits
from vae_core.hands import TEMPERATURE, Writers, hand_loss, other_classes

GENERATOR = torch.default_generator  # seeded anew for each test


def made_up(writers: int, each: int) -> tuple[Digits, torch.Tensor]:
    """Pictures whose grey tells writer and class, in no order; the last writer wrote no 9."""
    labels = torch.arange(10).repeat(writers * each)
    who = torch.arange(writers).repeat_interleave(10 * each)
    kept = torch.randperm(len(labels), generator=GENERATOR)
    kept = kept[~((who == writers - 1) & (labels == 9))[kept]]
    images = (10 * who + labels).to(torch.uint8)[:, None, None].expand(-1, 28, 28)
    return Digits(images[kept], labels[kept]), 1000 + who[kept]


def test_each_writer_drawn_wrote_all_ten_digits_of_its_row() -> None:
    writers = Writers(*made_up(6, 3))
    assert len(writers) == 5
    seen = set()
    for _ in range(20):
        x, digits = writers.draw(4, GENERATOR)
        assert x.shape == (4, 10, 28, 28) and torch.equal(digits, torch.arange(10).expand(4, 10))
        told = (255 * x[:, :, 0, 0]).round().long()
        who = told // 10
        assert torch.equal(told % 10, digits)
        assert bool((who == who[:, :1]).all()) and len(set(who[:, 0].tolist())) == 4
        seen |= set(who[:, 0].tolist())
    assert seen == set(range(5))


def test_every_digit_of_a_writer_is_drawn_some_time() -> None:
    digits, who = made_up(3, 4)
    marked = Digits(torch.arange(len(digits), dtype=torch.uint8)[:, None, None].expand(-1, 28, 28), digits.labels)
    writers = Writers(marked, who)
    drawn = torch.cat([(255 * writers.draw(2, GENERATOR)[0][:, :, 0, 0]).round().flatten() for _ in range(60)])
    assert len(drawn.unique()) == 80


def test_writers_that_are_not_as_many_as_digits_are_refused() -> None:
    digits, who = made_up(3, 1)
    with pytest.raises(ValueError, match="expected 29 writers, one for each digit"):
        Writers(digits, who[1:])


def test_loss_is_the_cross_entropy_of_naming_the_writer_by_another_class() -> None:
    hands = F.normalize(torch.randn(3, 2, 5, generator=GENERATOR), dim=2)
    others = F.normalize(torch.randn(4, 2, 5, generator=GENERATOR), dim=2)
    compared = torch.tensor([[False, True], [True, False]])
    expected = 0.0
    for writer in range(3):
        for a, b in ((0, 1), (1, 0)):
            logits = others[:, b] @ hands[writer, a] / TEMPERATURE
            expected -= float(torch.log_softmax(logits, 0)[writer]) / 6
    assert float(hand_loss(hands, others, compared)) == pytest.approx(expected, rel=1e-5)


def test_loss_is_small_for_hands_of_their_own_and_that_of_a_guess_for_hands_alike() -> None:
    own = torch.eye(6)[:, None].expand(6, 10, 6)
    assert float(hand_loss(own, own, other_classes())) < 0.01
    alike = torch.ones(6, 10, 6) / math.sqrt(6)
    assert float(hand_loss(alike, alike, other_classes())) == pytest.approx(math.log(6), rel=1e-5)
