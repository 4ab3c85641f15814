"""Training learns, repeats, and goes on after whatever stopped it as if nothing had."""

import math
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
import torch
from tiny import TINY
from torch import Tensor, nn

from vae_core.checkpoint import CheckpointError, load_weights
from vae_core.config import PRESETS, ModelConfig, TrainConfig
from vae_core.data import Digits, load_mnist
from vae_core.drawing.augment import warp
from vae_core.training import trainer as training_module
from vae_core.training.batches import TrainingData
from vae_core.training.objective import Batch
from vae_core.training.run_state import load_run, save_run
from vae_core.training.trainer import Trainer, TrainingDiverged

CONFIG = TrainConfig(epochs=3, batch_size=40, critic_weight=1.0)
WRITERS = torch.arange(200) % 3  # made up
DENSE = ModelConfig("dense", latent_dim=2, width=8)
PUBLISHED = TrainConfig(
    epochs=3, batch_size=40, schedule="constant", decoder_digits="probabilities", binarize=False, augment=False,
    pen_share=0.0, ema_decay=0.0,
)  # fmt: skip

State = dict[str, Tensor]


@pytest.fixture(scope="session")
def data(mnist_sample: Digits) -> TrainingData:
    """200 digits to train on, 100 to report on, and 100 in the place of pen digits."""
    index = torch.randperm(400, generator=torch.Generator().manual_seed(0))
    parts = (Digits(mnist_sample.images[i], mnist_sample.labels[i]) for i in index.split([200, 100, 100]))
    return TrainingData(*parts)


@pytest.fixture
def make(data: TrainingData, tmp_path: Path) -> Callable[..., Trainer]:
    def make(
        out: str = "a",
        model: ModelConfig = TINY,
        config: TrainConfig = CONFIG,
        seed: int = 0,
        data: TrainingData = data,
    ) -> Trainer:
        return Trainer("conv", model, config, data, tmp_path / f"{out}.safetensors", seed)

    return make


def whole_state(trainer: Trainer) -> State:
    """Every tensor that training changes."""
    states = {"model": trainer.model.state_dict(), "smooth": trainer.smooth_model().state_dict()}
    if trainer.critic is not None:
        states["critic"] = trainer.critic.state_dict()
    if trainer.reader is not None:
        states["reader"] = trainer.reader.state_dict()
    return {f"{name}.{key}": value.clone() for name, state in states.items() for key, value in state.items()}


def same(a: State, b: State) -> bool:
    return list(a) == list(b) and all(torch.equal(a[key], b[key]) for key in a)


def losses(trainer: Trainer) -> list[tuple[float, ...]]:
    return [
        tuple(report[key] for key in ("loss", "reconstruction", "kl", "classification", "test_elbo", "test_accuracy"))
        for report in trainer.history
    ]


@pytest.fixture(scope="module")
def unbroken(data: TrainingData, tmp_path_factory: pytest.TempPathFactory) -> Trainer:
    """A run from start to end with nothing in its way."""
    trainer = Trainer("conv", TINY, CONFIG, data, tmp_path_factory.mktemp("unbroken") / "a.safetensors")
    trainer.run()
    return trainer


def stop_after(steps: int) -> Callable[[], bool]:
    done = [0]

    def stopped() -> bool:
        done[0] += 1
        return done[0] == steps

    return stopped


KINDS = {
    "with hands": (TINY, replace(CONFIG, hand_weight=2.0)),
    "conv with critic and pen": (TINY, CONFIG),
    "dense as published": (DENSE, PUBLISHED),
    "without digits": (replace(TINY, conditional=False), replace(CONFIG, critic_weight=0.0)),
    "constant rate with decay": (TINY, replace(CONFIG, schedule="constant", weight_decay=0.1, ema_decay=0.0)),
}


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest, data: TrainingData) -> dict[str, Any]:
    model, config = KINDS[request.param]
    data = data if config.pen_share else replace(data, pen=None)
    return {"model": model, "config": config, "data": replace(data, writers=WRITERS) if config.hand_weight else data}


@pytest.fixture(autouse=True)
def short_lessons(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training_module, "HAND_LESSONS", 3)


# Learning.


@pytest.mark.parametrize("published", [True, False])
def test_loss_falls_and_every_term_is_reported(
    make: Callable[..., Trainer], published: bool, data: TrainingData
) -> None:
    settings = (
        (DENSE, replace(PUBLISHED, epochs=6), replace(data, pen=None))
        if published
        else (TINY, replace(CONFIG, epochs=6), data)
    )
    trainer = make(model=settings[0], config=settings[1], data=settings[2])
    assert trainer.run()
    first, last = trainer.history[0], trainer.history[-1]
    assert last["loss"] < 0.95 * first["loss"]
    assert last["test_elbo"] > first["test_elbo"]
    assert last["test_accuracy"] > 0.15
    weights = trainer.config
    for report in trainer.history:
        terms = report["reconstruction"] + weights.beta * report["kl"]
        terms += weights.classification_weight * report["classification"]
        assert report["loss"] >= terms - 1e-2  # the critic's part is on top
        if published:
            assert report["loss"] == pytest.approx(terms, rel=1e-5)


def test_each_epoch_sees_every_digit_once_and_in_another_order(
    make: Callable[..., Trainer], data: TrainingData
) -> None:
    numbered = Digits(data.train.images, torch.arange(200))
    trainer = make(config=PUBLISHED, model=DENSE, data=TrainingData(numbered, data.test))
    epochs = []
    for _ in range(2):
        seen = []
        for batch in trainer.batches.of_epoch(0):
            seen += batch.digits.tolist()
        epochs.append(seen)
        trainer.batches.order = None
    assert sorted(epochs[0]) == sorted(epochs[1]) == list(range(200))
    assert epochs[0] != epochs[1] != list(range(200))


def test_pen_digits_have_their_share_of_the_batch_and_three_times_that_of_the_views(
    make: Callable[..., Trainer], data: TrainingData
) -> None:
    mnist, pen = Digits(data.train.images, torch.zeros(200).long()), Digits(data.test.images, torch.ones(100).long())
    trainer = make(config=replace(CONFIG, pen_share=0.1, augment=False), data=TrainingData(mnist, data.test, pen))
    batch = next(trainer.batches.of_epoch(0))
    assert (len(batch.x), len(batch.views)) == (40, 40)
    assert (int(batch.digits.sum()), int(batch.view_digits.sum())) == (4, 12)
    assert torch.equal(batch.x[:28], batch.views[:28])


def test_only_the_views_are_warped(make: Callable[..., Trainer], data: TrainingData) -> None:
    data = replace(data, pen=None)
    batch = next(make(data=data).batches.of_epoch(0))
    still = next(make(config=replace(CONFIG, augment=False), data=data).batches.of_epoch(0))
    assert torch.equal(batch.x, still.x) and torch.equal(still.x, still.views)
    assert torch.equal(batch.digits, batch.view_digits)
    assert (batch.views - batch.x).abs().mean() > 0.01


def test_rate_rises_then_falls_to_nothing(make: Callable[..., Trainer]) -> None:
    trainer, rates = make(config=replace(CONFIG, epochs=20, learning_rate=1e-3)), []
    for done in range(20 * trainer.batches.per_epoch):
        trainer.epoch, trainer.step = divmod(done, trainer.batches.per_epoch)
        rates.append(trainer._schedule())
    assert rates[0] < rates[1] < 1
    assert max(rates) == pytest.approx(1, abs=0.02)
    assert rates[-1] < 1e-3
    top = rates.index(max(rates))
    assert top < 0.05 * len(rates)
    assert rates[top:] == sorted(rates[top:], reverse=True)


def test_constant_schedule_keeps_its_rate(make: Callable[..., Trainer], data: TrainingData) -> None:
    trainer = make(model=DENSE, config=replace(PUBLISHED, epochs=1, learning_rate=1e-4), data=replace(data, pen=None))
    trainer.run()
    assert trainer.optimizer.param_groups[0]["lr"] == 1e-4


def test_kept_weights_are_the_running_average_and_kept_statistics_the_latest(make: Callable[..., Trainer]) -> None:
    trainer = make(config=replace(CONFIG, ema_decay=0.5, epochs=1))
    expected: State = {}

    def follow(step: int, steps: int, terms: Any) -> None:
        for name, value in trainer.model.named_parameters():
            decay = min(0.5, step / (9 + step)) if name in expected else 0.0
            expected[name] = decay * expected.get(name, torch.zeros(())) + (1 - decay) * value.detach()

    trainer.run(on_step=follow)
    smooth = trainer.smooth_model()
    for name, value in smooth.named_parameters():
        torch.testing.assert_close(value, expected[name], rtol=1e-4, atol=1e-6)
    assert any(not torch.equal(a, b) for a, b in zip(smooth.parameters(), trainer.model.parameters(), strict=True))
    assert [name for name, _ in smooth.named_buffers()]
    assert all(torch.equal(a, b) for a, b in zip(smooth.buffers(), trainer.model.buffers(), strict=True))


def test_weights_are_written_as_they_are_used(unbroken: Trainer) -> None:
    model, name, card = load_weights(unbroken.out)
    assert name == "conv"
    assert same(dict(model.state_dict()), dict(unbroken.smooth_model().state_dict()))
    assert card["train"] == asdict(CONFIG)
    assert (card["seed"], card["epochs_done"], len(card["history"])) == (0, 3, 3)
    assert card["data"] == {"mnist": 200, "pen_pictures": 100}


def test_snapshot_stays_as_it_was_taken(make: Callable[..., Trainer]) -> None:
    trainer = make()
    trainer.run(stopped=stop_after(2))
    snapshot = trainer.snapshot()
    before = {name: value.clone() for name, value in snapshot.state_dict().items()}
    trainer.run()
    assert same(before, dict(snapshot.state_dict()))
    assert not same(before, dict(trainer.smooth_model().state_dict()))


def test_training_mode_survives_the_report_of_an_epoch(make: Callable[..., Trainer]) -> None:
    trainer = make()
    trainer.run(on_epoch=lambda trainer, report: None, stopped=stop_after(7))
    assert trainer.model.training
    assert all(module.training for module in trainer.model.modules())


# The same again.


def test_same_seed_gives_the_same_weights_and_another_seed_others(
    make: Callable[..., Trainer], kind: dict[str, Any]
) -> None:
    first, again, other = (make(out, seed=seed, **kind) for out, seed in (("a", 3), ("b", 3), ("c", 4)))
    for trainer in (first, again, other):
        torch.manual_seed(torch.seed())  # the global generator has no say
        trainer.run()
    assert same(whole_state(first), whole_state(again))
    assert losses(first) == losses(again)
    assert not same(whole_state(first), whole_state(other))


def test_training_leaves_the_global_generator_alone(make: Callable[..., Trainer]) -> None:
    state = torch.get_rng_state()
    make().run()
    assert torch.equal(state, torch.get_rng_state())


# Going on.


def same_end(unbroken: Trainer, resumed: Trainer) -> bool:
    kept = [dict(load_weights(trainer.out)[0].state_dict()) for trainer in (unbroken, resumed)]
    return same(whole_state(unbroken), whole_state(resumed)) and losses(unbroken) == losses(resumed) and same(*kept)


@pytest.mark.parametrize("stop", [1, 3, 5, 6, 14, 15])
def test_stopped_run_goes_on_to_the_weights_of_an_unbroken_one(
    make: Callable[..., Trainer], unbroken: Trainer, stop: int
) -> None:
    """Five steps an epoch: stopped at the first step, in an epoch, on the last step of one, on the last of all."""
    assert unbroken.batches.per_epoch == 5
    assert not make().run(stopped=stop_after(stop))
    resumed = make()
    resumed.resume()
    assert resumed.run()
    assert same_end(unbroken, resumed)


def test_every_kind_of_run_goes_on_as_an_unbroken_one(make: Callable[..., Trainer], kind: dict[str, Any]) -> None:
    whole, broken = make("a", **kind), make("b", **kind)
    whole.run()
    broken.run(stopped=stop_after(whole.batches.per_epoch + 2))
    resumed = make("b", **kind)
    resumed.resume()
    resumed.run()
    assert same_end(whole, resumed)


class Crash(BaseException):
    """The process is gone."""


@pytest.mark.parametrize("lost", ["save_model", "save_run"])
@pytest.mark.parametrize("time", [1, 3])
def test_crash_while_saving_loses_nothing_but_time(
    make: Callable[..., Trainer], unbroken: Trainer, monkeypatch: pytest.MonkeyPatch, lost: str, time: int
) -> None:
    """The model or the run of an epoch is never written, the last epoch's too."""
    broken, calls = make(), [0]
    write = getattr(training_module, lost)

    def crash(*arguments: Any, **options: Any) -> None:
        calls[0] += 1
        if calls[0] == time:
            raise Crash
        write(*arguments, **options)

    with monkeypatch.context() as patch, pytest.raises(Crash):
        patch.setattr(training_module, lost, crash)
        broken.run()
    resumed = make()
    if resumed.state_path.exists():
        resumed.resume()
    resumed.run()
    assert same_end(unbroken, resumed)


def test_finished_run_has_nothing_to_go_on_with(make: Callable[..., Trainer], unbroken: Trainer) -> None:
    again = make()
    for path, finished in ((again.out, unbroken.out), (again.state_path, unbroken.state_path)):
        path.write_bytes(finished.read_bytes())
    again.resume()
    assert again.run(on_step=lambda *arguments: pytest.fail("a step was taken"))
    assert same_end(unbroken, again)


def test_there_must_be_a_run_to_go_on_with(make: Callable[..., Trainer]) -> None:
    with pytest.raises(CheckpointError, match=r"a\.state\.safetensors cannot be read: No such file"):
        make().resume()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"seed": 1}, "seed was 0, not 1"),
        ({"config": replace(CONFIG, epochs=4)}, "train.epochs was 3, not 4"),
        (
            {"config": replace(CONFIG, beta=2.0, augment=False)},
            "train.beta was 1.0, not 2.0, train.augment was True, not False",
        ),
        ({"model": replace(TINY, latent_dim=3)}, "model.latent_dim was 2, not 3"),
        ({"data": None}, "data.pen_pictures was 100, not 0"),
    ],
)
def test_run_with_other_settings_is_refused_and_they_are_named(
    make: Callable[..., Trainer], data: TrainingData, change: dict[str, Any], message: str
) -> None:
    make().run(stopped=stop_after(1))
    change = {"data": replace(data, pen=None)} if "data" in change else change
    with pytest.raises(CheckpointError, match=f"of a run with other settings: {message}$"):
        make(**change).resume()


def test_damaged_run_is_refused(make: Callable[..., Trainer]) -> None:
    trainer = make()
    trainer.run(stopped=stop_after(1))
    state = trainer.state_path.read_bytes()
    trainer.state_path.write_bytes(state[:-1])
    with pytest.raises(CheckpointError, match="not a whole"):
        make().resume()


def test_model_is_no_run(make: Callable[..., Trainer], unbroken: Trainer) -> None:
    trainer = make()
    trainer.state_path.write_bytes(unbroken.out.read_bytes())
    with pytest.raises(CheckpointError, match="other settings"):
        trainer.resume()


def test_moments_come_back_in_the_layout_of_their_weights(tmp_path: Path) -> None:
    """The fused optimizer pairs weights and moments by their place in memory, whatever their strides say."""
    generator = torch.Generator().manual_seed(0)

    def fresh() -> tuple[nn.Conv2d, torch.optim.Optimizer]:
        layer = nn.Conv2d(3, 4, 3).to(memory_format=torch.channels_last)
        with torch.no_grad():
            layer.weight.copy_(torch.linspace(-1, 1, layer.weight.numel()).view_as(layer.weight))
            layer.bias.zero_()  # type: ignore[union-attr]
        return layer, torch.optim.AdamW(layer.parameters(), 1e-2, fused=True)

    layer, optimizer = fresh()
    layer.weight.grad = torch.randn(4, 3, 3, 3, generator=generator).contiguous(memory_format=torch.channels_last)
    layer.bias.grad = torch.randn(4, generator=generator)  # type: ignore[union-attr]
    optimizer.step()
    save_run(tmp_path / "run", {"layer": layer, "optimizer": optimizer}, {}, {"run": {}})
    other, resumed = fresh()
    load_run(tmp_path / "run", {"layer": other, "optimizer": resumed}, {})
    for parameter, slots in resumed.state.items():
        assert slots["exp_avg"].stride() == slots["exp_avg_sq"].stride() == parameter.stride()
    for a, b in zip(layer.parameters(), other.parameters(), strict=True):
        b.grad = a.grad
    optimizer.step()
    resumed.step()
    assert all(torch.equal(a, b) for a, b in zip(layer.parameters(), other.parameters(), strict=True))


# What cannot go well.


def poison(trainer: Trainer, epoch: int, how: Callable[[Trainer], None]) -> None:
    """From its second step in an epoch on, something goes wrong."""
    train_step = trainer._train_step

    def step(batch: Batch) -> Any:
        if (trainer.epoch, trainer.step) >= (epoch, 1):
            how(trainer)
        return train_step(batch)

    trainer._train_step = step  # type: ignore[method-assign]


def lose_decoder(trainer: Trainer) -> None:
    next(trainer.model.decoder.parameters()).data.fill_(math.nan)


def lose_classifier(trainer: Trainer) -> None:
    """Its gradient overflows on the last step: no loss of the epoch, and no ELBO, can tell."""
    if trainer.step == trainer.batches.per_epoch - 1:
        assert trainer.model.classifier is not None
        parameter = next(trainer.model.classifier.parameters())
        parameter.register_hook(lambda gradient: gradient * math.inf)


@pytest.mark.parametrize("how", [lose_decoder, lose_classifier])
def test_loss_that_is_no_number_keeps_the_last_good_weights(make: Callable[..., Trainer], how: Any) -> None:
    good, bad = make("good"), make("bad")
    good.run(stopped=stop_after(6))
    poison(bad, 1, how)
    with pytest.raises(TrainingDiverged, match="no longer a number in epoch 2: the weights of epoch 1 are kept"):
        bad.run()
    kept = load_weights(bad.out)[0].state_dict()
    assert all(torch.isfinite(value).all() for value in kept.values())
    assert same(dict(kept), dict(load_weights(good.out)[0].state_dict()))
    resumed = make("bad")
    resumed.resume()
    assert resumed.epoch == 1


def test_interrupt_never_saves_weights_that_are_no_numbers(make: Callable[..., Trainer]) -> None:
    trainer = make()
    poison(trainer, 1, lose_decoder)
    with pytest.raises(TrainingDiverged):
        trainer.run(stopped=stop_after(8))
    resumed = make()
    resumed.resume()
    assert (resumed.epoch, resumed.step) == (1, 0)


def test_loss_that_was_never_a_number_saves_nothing(make: Callable[..., Trainer], tmp_path: Path) -> None:
    trainer = make(config=replace(CONFIG, learning_rate=1e30))
    with pytest.raises(TrainingDiverged, match="in epoch 1: nothing was saved yet"):
        trainer.run()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"config": replace(CONFIG, batch_size=300)}, "expected a batch of 1 to 200 digits"),
        ({"model": replace(TINY, conditional=False)}, "expected critic_weight 0"),
        ({"config": replace(CONFIG, decoder_digits="probabilities")}, "expected decoder_digits 'labels'"),
        (
            {"config": replace(CONFIG, decoder_digits="probabilities", augment=False)},
            "expected decoder_digits 'labels'",
        ),
    ],
)
def test_settings_that_do_not_go_together_are_refused(
    make: Callable[..., Trainer], change: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        make(**change)


def test_smallest_batch_trains(make: Callable[..., Trainer], data: TrainingData) -> None:
    few = Digits(data.train.images[:6], data.train.labels[:6])
    trainer = make(config=replace(CONFIG, batch_size=1, epochs=1), data=TrainingData(few, data.test))
    assert trainer.run()
    assert math.isfinite(trainer.history[0]["loss"])


def test_warp_moves_ink_and_invents_none(data: TrainingData) -> None:
    x = data.train.images[:50].float() / 255
    warped = warp(x, torch.Generator().manual_seed(0))
    assert warped.shape == x.shape
    assert 0 <= warped.min() <= warped.max() <= 1
    assert (warped - x).abs().mean() > 0.02
    ratio = warped.sum((1, 2)) / x.sum((1, 2))
    assert 0.8 < ratio.mean() < 1.25
    assert torch.equal(warped, warp(x, torch.Generator().manual_seed(0)))
    assert not warp(torch.zeros(2, 28, 28), torch.Generator().manual_seed(0)).any()


def test_published_recipe_starts_as_published_on_all_of_mnist(data_folder: Path, tmp_path: Path) -> None:
    """The published curve starts at 261, which is the test loss after one epoch."""
    preset = PRESETS["blog"]
    data = TrainingData(load_mnist(data_folder, train=True), load_mnist(data_folder, train=False))
    trainer = Trainer("blog", preset.model, replace(preset.train, epochs=1), data, tmp_path / "blog")
    trainer.run()
    assert trainer.history[0]["test_elbo"] == pytest.approx(-261, abs=2)
    assert trainer.history[0]["test_accuracy"] > 0.9
