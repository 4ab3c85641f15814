"""Hyper-parameters: frozen, validated dataclasses and the named presets built from them."""

import math
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal

IMAGE_SIZE = 28  # pixels a side
PIXELS = IMAGE_SIZE * IMAGE_SIZE
DIGITS = 10  # classes
COUPLINGS = 8  # of the flow in our own presets
QUOTED = 60  # characters of a value that an error quotes
KINDS = {bool: "true or false", int: "a whole number", float: "a finite number", str: "a word"}


def brief(value: object) -> str:
    """A value as an error quotes it: on one line and cut short, an array as the lists it holds."""
    shape = getattr(value, "shape", None)
    if isinstance(shape, tuple) and math.prod(shape) > QUOTED:
        return f"an array of shape {tuple(shape)}"
    plain = value.tolist() if hasattr(value, "tolist") else value  # type: ignore[attr-defined]
    text = " ".join(repr(plain).split())
    return text if len(text) <= QUOTED else f"{text[:QUOTED]}..."


def _require(condition: bool, message: str) -> None:
    if not condition:
        raise ValueError(message)


@dataclass(frozen=True)
class ModelConfig:
    """What is needed to build a model; stored beside its weights."""

    architecture: Literal["dense", "conv"] = "conv"
    latent_dim: int = 16
    width: int = 32  # dense: hidden units; conv: channels at 14 x 14 (twice that at 7 x 7)
    depth: int = 2  # conv: residual blocks at each resolution
    classifier_width: int = 48  # conv: channels at 14 x 14 (twice that at 7 x 7)
    conditional: bool = True  # False: neither classifier nor digit input
    likelihood: Literal["bernoulli", "gaussian"] = "bernoulli"
    couplings: int = 0  # of the prior's flow; 0: p(z|y) = N(0, I), as every checkpoint without this field has it

    @property
    def multiplications(self) -> int:
        """Of weights with values, to read, encode and decode one picture, but for the flow's, which are few."""
        coding = self.latent_dim + DIGITS * self.conditional + 2 * self.latent_dim
        if self.architecture == "dense":
            return self.width * ((2 + self.conditional) * PIXELS + coding + DIGITS * self.conditional)
        w, c, blocks = self.width, self.classifier_width, 2 * 18 * 196 * self.depth  # at 14 x 14 and at 7 x 7
        both = 2 * (blocks + 32 * 49) * w * w + 98 * w * coding  # with the steps between the two sizes
        ends = 16 * 196 * w + 18 * 196 * w * w + 72 * 196 * w
        film = 6 * w * self.depth * (self.latent_dim + DIGITS * self.conditional)
        classifier = 36 * 196 * c + (18 * 196 + 18 * 49 + 4 * 36 * 49) * c * c + 980 * c
        return both + ends + film + classifier * self.conditional

    def __post_init__(self) -> None:
        _check_types(self)
        _require(
            self.architecture in ("dense", "conv"),
            f"architecture must be 'dense' or 'conv', got {brief(self.architecture)}",
        )
        _require(
            self.likelihood in ("bernoulli", "gaussian"),
            f"likelihood must be 'bernoulli' or 'gaussian', got {brief(self.likelihood)}",
        )
        _require(1 <= self.latent_dim <= 256, f"latent_dim must be 1 to 256, got {self.latent_dim}")
        _require(1 <= self.width <= 1024, f"width must be 1 to 1024, got {self.width}")
        _require(1 <= self.depth <= 16, f"depth must be 1 to 16, got {self.depth}")
        _require(1 <= self.classifier_width <= 256, f"classifier_width must be 1 to 256, got {self.classifier_width}")
        _require(0 <= self.couplings <= 32, f"couplings must be 0 to 32, got {self.couplings}")
        _require(
            not self.couplings or self.latent_dim > 1,
            f"couplings must be 0 where latent_dim is 1, got {self.couplings}",
        )


@dataclass(frozen=True)
class TrainConfig:
    """How a model is trained. Loss terms are nats per example, averaged over the batch."""

    epochs: int = 30
    data_share: float = 1.0  # of MNIST's training digits, the first so many
    batch_size: int = 128
    learning_rate: float = 2e-3
    schedule: Literal["constant", "cosine"] = "cosine"  # cosine: linear warm-up over the first 3 %, then to zero
    weight_decay: float = 0.0
    beta: float = 1.0
    classification_weight: float = 10.0  # 0, with labels: the classifier stays as it began
    critic_weight: float = 0.0  # pressure on pictures decoded for a digit that is not theirs (see critic.py)
    hand_weight: float = 0.0  # pressure, every other step, to keep a writer's hand in other digits (hand_pressure.py)
    critic_warm_up: float = 0.0  # share of the training in which the critic learns and does not press yet
    free_bits: float = 0.0  # nats of KL from N(0, 1) that a latent dimension has for nothing
    decoder_digits: Literal["probabilities", "labels"] = "labels"  # what the decoder is given in training
    binarize: bool = True  # half of each batch is binarised afresh, so that the encoder reads both kinds
    grey_from: float = 0.0  # share of the training before which the other half is binarised too
    augment: bool = True  # the classifier and the critic see shifted, turned, stretched and warped digits
    pen_share: float = (
        0.1  # share of pen digits, where given, in the autoencoder's batch; the classifier sees 3 times that
    )
    ema_decay: float = 0.999  # 0: the raw weights are kept

    @property
    def asks_classifier(self) -> bool:
        """Whether the classifier has a part in the loss; else it stays as it began."""
        return self.decoder_digits == "probabilities" or self.classification_weight > 0

    def __post_init__(self) -> None:
        _check_types(self)
        _require(
            self.schedule in ("constant", "cosine"),
            f"schedule must be 'constant' or 'cosine', got {brief(self.schedule)}",
        )
        _require(
            self.decoder_digits in ("probabilities", "labels"),
            f"decoder_digits must be 'probabilities' or 'labels', got {brief(self.decoder_digits)}",
        )
        _require(1 <= self.epochs <= 100_000, f"epochs must be 1 to 100000, got {self.epochs}")
        _require(0 < self.data_share <= 1, f"data_share must be above 0 and at most 1, got {self.data_share}")
        _require(1 <= self.batch_size <= 60_000, f"batch_size must be 1 to 60000, got {self.batch_size}")
        _require(self.learning_rate > 0, f"learning_rate must be above 0, got {self.learning_rate}")
        for name in ("weight_decay", "beta", "classification_weight", "critic_weight", "hand_weight", "free_bits"):
            _require(getattr(self, name) >= 0, f"{name} must be 0 or more, got {getattr(self, name)}")
        for name in ("critic_warm_up", "grey_from"):
            _require(0 <= getattr(self, name) <= 1, f"{name} must be 0 to 1, got {getattr(self, name)}")
        _require(0 <= self.pen_share <= 0.3, f"pen_share must be 0 to 0.3, got {self.pen_share}")
        _require(0 <= self.ema_decay < 1, f"ema_decay must be 0 or more and below 1, got {self.ema_decay}")


@dataclass(frozen=True)
class Preset:
    """A named model and how it is trained."""

    model: ModelConfig
    train: TrainConfig


def _check_types(config: Any) -> None:
    for field in fields(config):
        value, default = getattr(config, field.name), field.default
        if isinstance(default, float):
            good = isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
        else:
            good = type(value) is type(default)
        _require(good, f"{field.name} must be {KINDS[type(default)]}, got {brief(value)}")


def config_to_dict(config: ModelConfig | TrainConfig) -> dict[str, Any]:
    """The fields of a configuration as plain values, ready for JSON."""
    return asdict(config)


_BLOG_TRAIN = TrainConfig(
    epochs=20,
    batch_size=100,
    learning_rate=1e-3,
    schedule="constant",
    decoder_digits="probabilities",
    binarize=False,
    augment=False,
    pen_share=0.0,
    ema_decay=0.0,
)

PRESETS: dict[str, Preset] = {
    "blog": Preset(ModelConfig("dense", latent_dim=10, width=128, likelihood="gaussian"), _BLOG_TRAIN),
    "conv": Preset(ModelConfig("conv", couplings=COUPLINGS), TrainConfig(critic_weight=5.0)),
    "plane": Preset(ModelConfig("conv", latent_dim=2), TrainConfig(critic_weight=5.0, epochs=6)),
    "plain": Preset(ModelConfig("conv", conditional=False, couplings=COUPLINGS), TrainConfig(epochs=4)),
    "deep": Preset(
        ModelConfig("conv", latent_dim=32, depth=3, classifier_width=24, couplings=COUPLINGS),
        TrainConfig(epochs=18, pen_share=0.0),
    ),
}
