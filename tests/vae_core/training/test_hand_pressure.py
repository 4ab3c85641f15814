"""The pressure on hands: what is compared, who wants what of whom, and when it begins."""

from dataclasses import replace

import pytest
import torch
import torch.nn.functional as F
from tiny import TINY, roughen
from torch import Tensor, nn

from vae_core.config import TrainConfig
from vae_core.data import Digits
from vae_core.hands import TEMPERATURE, Writers
from vae_core.model import build_model
from vae_core.training.batches import TrainingData
from vae_core.training.hand_pressure import (
    HAND,
    SOURCES,
    HandReader,
    Swap,
    draw_swap,
    hand_pressure,
    reader_loss,
)
from vae_core.training.objective import Batch, Objective
from vae_core.training.trainer import Trainer

GENERATOR = torch.default_generator  # seeded anew for each test
WRITERS = 5


class Grey(nn.Module):
    """Knows a hand by its grey: one direction for every tenth of it."""

    def forward(self, x: Tensor, digits: Tensor) -> Tensor:
        return F.one_hot((10 * x[:, 14, 14]).round().long(), 11).float()


def swap_of(sources: list[int], asked: list[int]) -> Swap:
    """Five writers, each with a grey of their own in all ten digits."""
    x = (torch.arange(WRITERS) / 10)[:, None, None, None].expand(-1, 10, 28, 28)
    digits = torch.arange(10).expand(WRITERS, 10)
    return Swap(x, digits, torch.tensor(sources), torch.tensor(asked))


def made_in(greys: list[float], asked: int) -> Tensor:
    return torch.tensor(greys)[:, None, None, None].expand(-1, asked, 28, 28)


SWAP = swap_of([3, 7], [4, 1])
OWN, STRANGE, NOBODY = (
    made_in([0.0, 0.1, 0.2, 0.3, 0.4], 2), made_in([0.1, 0.2, 0.3, 0.4, 0.0], 2), made_in([1.0] * 5, 2)
)  # fmt: skip


def test_real_digits_of_neither_class_are_what_a_made_one_is_compared_with() -> None:
    assert SWAP.compared.shape == (10, 2)
    assert [torch.nonzero(~column).flatten().tolist() for column in SWAP.compared.T] == [[3, 4], [1, 7]]


def test_decoder_is_content_with_the_hand_of_the_writer_and_not_with_anothers() -> None:
    own, strange, nobody = (float(hand_pressure(Grey(), SWAP, made)) for made in (OWN, STRANGE, NOBODY))
    assert own < nobody < strange
    even = 2 * torch.tensor([1 / TEMPERATURE] * 2 + [0.0] * 8).softmax(0)[0]
    assert own == pytest.approx(-float(torch.log(even / 2)), rel=1e-4)  # as much as the writer's own real digit


def test_reader_wants_the_real_digit_of_a_writer_and_never_the_made_one() -> None:
    own, strange, nobody = (float(reader_loss(Grey(), SWAP, made)) for made in (OWN, STRANGE, NOBODY))
    alone = float(reader_loss(Grey(), SWAP))
    assert alone < nobody < 0.01
    assert own == pytest.approx(alone + 0.6931, abs=0.001) and strange == pytest.approx(own, abs=0.001)


def test_swaps_ask_each_style_for_another_class() -> None:
    images = torch.randint(256, (600, 28, 28), generator=GENERATOR).to(torch.uint8)
    writers = Writers(Digits(images, torch.arange(600) % 10), torch.arange(600) // 30)
    seen = set()
    for _ in range(50):
        swap = draw_swap(writers, GENERATOR)
        assert swap.x.shape == (16, 10, 28, 28) and swap.sources.shape == swap.asked.shape == (SOURCES,)
        assert len(swap.sources.unique()) == SOURCES and bool((swap.sources != swap.asked).all())
        seen |= set(zip(swap.sources.tolist(), swap.asked.tolist(), strict=True))
    assert len(seen) > 70


def test_reader_embeds_picture_and_digit_at_length_one() -> None:
    reader = HandReader()
    for block in (reader.block7, reader.block14):
        nn.init.normal_(block.conv2.weight, std=0.1)
    x = torch.rand(4, 28, 28, generator=GENERATOR)
    one, other = (reader(x, torch.full((4,), digit)) for digit in (2, 3))
    assert one.shape == (4, HAND) and not torch.allclose(one, other)
    torch.testing.assert_close(one.norm(dim=1), torch.ones(4))


@pytest.mark.parametrize("couplings", [0, 2])
def test_pressure_reaches_encoder_and_decoder_and_adds_its_weight_to_the_loss(couplings: int) -> None:
    model, reader = roughen(build_model(replace(TINY, couplings=couplings))), HandReader().requires_grad_(False)
    x, digits = torch.rand(8, 28, 28, generator=GENERATOR), torch.arange(8)
    swap = Swap(
        torch.rand(3, 10, 28, 28, generator=GENERATOR),
        torch.arange(10).expand(3, 10),
        torch.tensor([0, 5]),
        torch.tensor([9, 2]),
    )
    config = TrainConfig(binarize=False, hand_weight=4.0)
    batch = Batch(x, digits, x, digits)
    terms = Objective(model, config)(batch, torch.Generator().manual_seed(0), reader=reader, swap=swap)
    assert terms.written is not None and terms.written.shape == (3, 2, 28, 28)
    five, two = (F.one_hot(torch.tensor([digit]), 10).float() for digit in (5, 2))
    style, _ = model.prior.to_style(model.encoder(swap.x[1, 5][None]).mean, five)
    expected = torch.sigmoid(model.decoder(model.prior.to_z(style, two), two))[0]
    torch.testing.assert_close(terms.written[1, 1], expected)
    pressure = hand_pressure(reader, swap, terms.written)
    plain = terms.reconstruction + terms.kl + 10 * terms.classification
    torch.testing.assert_close(terms.loss, plain + 4.0 * pressure)
    pressure.backward()
    assert all(parameter.grad is not None for part in (model.encoder, model.decoder) for parameter in part.parameters())
    assert all(parameter.grad is None for parameter in reader.parameters())


def test_reader_learns_from_the_first_step_and_presses_every_other_after_its_lessons(
    mnist_sample: Digits, tmp_path
) -> None:
    data = TrainingData(mnist_sample, mnist_sample, writers=torch.arange(400) % 4)
    config = TrainConfig(epochs=1, batch_size=80, critic_weight=0.0, hand_weight=2.0, ema_decay=0.0)

    def run(lessons: int, weight: float) -> tuple[Trainer, list[bool]]:
        trainer = Trainer("conv", TINY, replace(config, hand_weight=weight), data, tmp_path / f"{lessons}{weight}")
        trainer.hand_lessons = lessons
        pressed = []
        trainer.run(on_step=lambda step, steps, terms: pressed.append(terms.written is not None))
        return trainer, pressed

    (some, pressed), (never, not_pressed) = run(2, 2.0), run(100, 2.0)
    assert (pressed, not_pressed) == ([False, False, True, False, True], [False] * 5)
    assert some.reader is not None and never.reader is not None
    fresh = HandReader()
    assert not torch.equal(never.reader.get_parameter("stem.weight"), fresh.stem.weight)
    assert not torch.equal(
        some.model.decoder.get_parameter("seed.weight"), never.model.decoder.get_parameter("seed.weight")
    )


def test_without_writers_training_goes_on_without_the_pressure(mnist_sample: Digits, tmp_path) -> None:
    config = TrainConfig(epochs=1, batch_size=80, hand_weight=2.0)
    trainer = Trainer("conv", TINY, config, TrainingData(mnist_sample, mnist_sample), tmp_path / "a")
    assert trainer.reader is None
    assert trainer.run()


def test_model_without_digits_has_no_hand_to_keep(mnist_sample: Digits, tmp_path) -> None:
    config, model = TrainConfig(epochs=1, batch_size=80, hand_weight=1.0), replace(TINY, conditional=False)
    with pytest.raises(ValueError, match="expected hand_weight 0"):
        Trainer("plain", model, config, TrainingData(mnist_sample, mnist_sample), tmp_path / "a")
