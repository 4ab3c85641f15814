"""Fit a model's directions of slant, thickness and size over the training set, and say how well they work."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from vae_core.checkpoint import update_card
from vae_core.config import DIGITS
from vae_core.data import Digits
from vae_core.directions import Directions, Values, read_directions
from vae_core.drawing.morphometrics import MEASURES, UNITS, measure
from vae_core.evaluation.judge import Judge, load_judge
from vae_core.inference import BATCH, Array, Model, find_model, load_model

WIDTH = 64  # of each of the two layers
EPOCHS = 40
FIT_BATCH = 256
PEAK_LEARNING_RATE = 1e-2
RIDGE = 0.03
STEPS = 8
RANGE = (5, 95)  # percentiles of what a digit measures, between which its sliders run
TEST_CODES = 3_000  # test digits whose codes the figures are of
NAMED_CODES = 300  # test digits on which each dimension is moved by one either way
NAMED = 0.4  # standard deviations by which one unit of a style must move a measure on average to be named after it

Whole = NDArray[np.int64]


def store_shape(
    name: str, train: Digits, test: Digits, seed: int, digits: int, say: Callable[[str], None]
) -> dict[str, Any]:
    """Measure the model of that name or path, and write what is found into its checkpoint's card as "shape"."""
    card = shape_card(load_model(name), load_judge(), train, test, seed, digits, say)
    update_card(find_model(name), shape=card)
    return card


def shape_table(card: dict[str, Any]) -> str:
    """The figures of a shape's card as lines of Markdown, and the names of its dimensions."""
    lines = [
        "| measure | r | slope | error | spill | spill, rms | read | read before | still read |",
        "| --- " * 9 + "|",
    ]
    for name, found in card["figures"].items():
        cells = [name, f"{found['r']:.3f}", f"{found['slope']:.2f}", f"{found['error']:.2f} {UNITS[name]}"]
        cells += [f"{100 * found[key]:.1f} %" for key in ("spill", "spill, rms", "read", "read before", "still read")]
        lines.append(f"| {' | '.join(cells)} |")
    named = (f"{z} {own['measure']} {own['effect']:+.2f} {UNITS[own['measure']]}" for z, own in card["names"].items())
    return "\n".join([*lines, "", "for one unit of the style: " + (", ".join(named) or "none stands out")])


def shape_card(
    model: Model, judge: Judge, train: Digits, test: Digits, seed: int, digits: int, say: Callable[[str], None]
) -> dict[str, Any]:
    """What a checkpoint's card keeps: directions, figures, and which dimensions are named after which measure.

    The directions are fitted on `digits` styles of the training set, each written as a random digit; the figures are
    of styles of the test set. Deterministic given the seed, on one machine. Raises ValueError for a model without digit
    input.
    """
    if not model.conditional:
        raise ValueError(f"model {model.name!r} takes no digit, so there is no measure of a digit asked of it")
    rng = np.random.default_rng(seed)
    say(f"measuring {min(digits, len(train))} training digits ...")
    chosen = torch.from_numpy(rng.permutation(len(train))[:digits])
    images, labels = train.take(chosen)
    posterior = model.encode(images.numpy())
    z = posterior.at(rng.standard_normal(posterior.mean.shape, dtype=np.float32))
    style = model.to_style(z, labels.numpy())
    y = rng.integers(0, DIGITS, len(style))
    values = measure(model.write(style, y))
    x = test.take(torch.arange(len(test)))[0].numpy()
    spread = np.nanstd(measure(x), axis=0)  # of real digits
    say("fitting ...")
    directions = read_directions(
        fit(style, y, values, spread, seed).to_json(), model.latent_dim
    )  # rounded as it is kept
    shown = torch.from_numpy(rng.permutation(len(x))[:TEST_CODES])
    style = model.style(x[shown], test.labels[shown].numpy())
    return {
        "directions": directions.to_json(),
        "names": name_dimensions(model, style[:NAMED_CODES], spread, rng, say),
        "figures": judge_changes(model, judge, directions, style, rng, say),
        "digits": len(y),
        "test_digits": len(style),
        "seed": seed,
    }


def fit(style: Array, digits: Whole, values: Values, spread: Values, seed: int) -> Directions:
    """The network of Directions, fitted to what write(style, digits) measures, (N, 5), in units of spread."""
    whole = ~np.isnan(values).any(axis=1)
    style, digits, values = style[whole], digits[whole], values[whole]
    by_digit = [values[digits == digit] for digit in range(DIGITS)]
    if min(len(own) for own in by_digit) < 2:
        raise ValueError(f"expected at least 2 measured pictures of each digit, got {len(values)} in all")
    centre = np.array([own.mean(axis=0) for own in by_digit])
    low, high = (np.array([np.percentile(own, at, axis=0) for own in by_digit]) for at in RANGE)
    target = torch.from_numpy(((values - centre[digits]) / spread).astype(np.float32))
    known = torch.cat([torch.from_numpy(style), torch.eye(DIGITS)[torch.from_numpy(digits)]], dim=1)
    (first, input_bias), (second, hidden_bias), (last, bias) = _train(known, target, seed)
    return Directions(
        input=first[:, : style.shape[1]],
        input_bias=first[:, style.shape[1] :].T + input_bias,
        hidden=second,
        hidden_bias=hidden_bias,
        output=last * spread[:, None],
        centre=centre + bias * spread,
        spread=spread,
        low=low,
        high=high,
        ridge=RIDGE,
        steps=STEPS,
    )


def _train(known: torch.Tensor, target: torch.Tensor, seed: int) -> list[tuple[Values, Values]]:
    """Weights and biases of the three layers, fitted with a one-cycle learning rate."""
    generator = torch.Generator().manual_seed(seed)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        net = nn.Sequential(
            nn.Linear(known.shape[1], WIDTH),
            nn.Tanh(),
            nn.Linear(WIDTH, WIDTH),
            nn.Tanh(),
            nn.Linear(WIDTH, len(MEASURES)),
        )
    batches = len(known) // FIT_BATCH or 1
    optimizer = torch.optim.AdamW(net.parameters(), weight_decay=1e-4)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, PEAK_LEARNING_RATE, total_steps=EPOCHS * batches)
    for _ in range(EPOCHS):
        for index in torch.randperm(len(known), generator=generator)[: batches * FIT_BATCH].split(FIT_BATCH):
            loss = (net(known[index]) - target[index]).square().mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
    layers = [layer for layer in net if isinstance(layer, nn.Linear)]
    return [(layer.weight.detach().double().numpy(), layer.bias.detach().double().numpy()) for layer in layers]


def judge_changes(
    model: Model,
    judge: Judge,
    directions: Directions,
    style: Array,
    rng: np.random.Generator,
    say: Callable[[str], None],
) -> dict[str, Any]:
    """How well each measure changes alone, from styles (N, Z), each written as a random digit.

    Asked is a change to anywhere on the slider, evenly. r: the correlation of asked and achieved. slope: what is
    achieved of each unit asked. error: the root mean square of what is missing, in degrees or pixels. spill: how far
    another measure moves while the asked one moves one standard deviation, by mean absolute changes in standard
    deviations over real digits; of each other one ("spill to width"), and their mean. spill, rms: the same by root mean
    squares, in which rare large changes weigh more. read: the share of the pictures that the judge reads as the digit
    asked; read before: the share before the change; still read: the share of those read right before.
    """
    digits = rng.integers(0, DIGITS, len(style))
    pictures, shown = model.write(style, digits), directions.measures(style, digits)
    before, right = measure(pictures), _read(judge, pictures) == digits
    found = {}
    for index, name in enumerate(MEASURES):
        say(f"changing {name} ...")
        place = rng.uniform(size=len(style))
        low, high = directions.low[digits, index], directions.high[digits, index]
        by = np.zeros_like(shown)
        by[:, index] = low + place * (high - low) - shown[:, index]
        pictures = model.write(directions.move(style, digits, by), digits)
        figures = _figures(by[:, index], measure(pictures) - before, directions.spread, index)
        still = _read(judge, pictures) == digits
        figures |= {"read": still.mean(), "read before": right.mean(), "still read": still[right].mean()}
        found[name] = {key: round(float(value), 4) for key, value in figures.items()}
    return found


def _figures(asked: Values, changes: Values, spread: Values, index: int) -> dict[str, float]:
    """The figures of what was asked of measure `index` (N,) and the changes that came (N, 5)."""
    drawn = ~np.isnan(changes).any(axis=1)
    if drawn.sum() < 2:
        raise ValueError("expected a model that draws strokes, got pictures too blank to measure")
    asked, changes = asked[drawn], changes[drawn]
    got, scaled = changes[:, index], changes / spread
    size, rms = np.abs(scaled).mean(axis=0), np.sqrt((scaled**2).mean(axis=0))
    others = [other for other in range(len(MEASURES)) if other != index]
    return {
        "r": float(np.corrcoef(asked, got)[0, 1]),
        "slope": float(asked @ got / (asked @ asked)),
        "error": float(np.sqrt(((got - asked) ** 2).mean())),
        "spill": float(size[others].mean() / size[index]),
        "spill, rms": float(np.sqrt((rms[others] ** 2).mean()) / rms[index]),
        **{f"spill to {MEASURES[other]}": float(size[other] / size[index]) for other in others},
    }


@torch.inference_mode()
def _read(judge: Judge, pictures: Array) -> Whole:
    return torch.cat([judge(part).argmax(dim=1) for part in torch.from_numpy(pictures).split(BATCH)]).numpy()


def name_dimensions(
    model: Model, style: Array, spread: Values, rng: np.random.Generator, say: Callable[[str], None]
) -> dict[str, dict[str, Any]]:
    """The dimensions that move one measure most, by at least NAMED of its standard deviations for a unit on average.

    {"z3": {"measure": "slant", "effect": 7.1}}: degrees or pixels for one unit of dimension 3, from styles (N, Z).
    """
    digits = rng.integers(0, DIGITS, len(style))
    names = {}
    for k, step in enumerate(np.eye(style.shape[1], dtype=np.float32)):
        say(f"moving w{k} ...")
        changes = measure(model.write(style + step, digits)) - measure(model.write(style - step, digits))
        drawn = changes[~np.isnan(changes).any(axis=1)]
        effect = drawn.mean(axis=0) / 2 if len(drawn) else np.zeros(len(MEASURES))
        best = int(np.argmax(np.abs(effect / spread)))
        if abs(effect[best]) >= NAMED * spread[best]:
            names[f"z{k}"] = {"measure": MEASURES[best], "effect": round(float(effect[best]), 4)}
    return names
