"""What a person may choose about a training, and within which limits."""

from dataclasses import dataclass, fields
from typing import Any

from demo.door import question
from vae_core.config import PRESETS

LIKELIHOODS = ("bernoulli", "gaussian")
WIDTHS = {"dense": 512, "conv": 48}  # at most; the checkpoint must stay small enough to be loaded again
WHOLE = {"latent_dim": (1, 32), "epochs": (1, 200)}
NUMBERS = {"beta": (0, 20), "classification_weight": (0, 1000), "learning_rate": (1e-5, 0.1), "data_share": (0.01, 1)}


@dataclass(frozen=True)
class Settings:
    """A preset and its hyper-parameters as a person set them; raises ValueError for what is out of bounds."""

    preset: str
    latent_dim: int
    beta: float
    classification_weight: float
    likelihood: str
    width: int
    learning_rate: float
    epochs: int
    data_share: float

    def __post_init__(self) -> None:
        question.choice(self.preset, "preset", PRESETS)
        question.choice(self.likelihood, "likelihood", LIKELIHOODS)
        limits = {**WHOLE, "width": (1, WIDTHS[PRESETS[self.preset].model.architecture])}
        for name, (least, most) in limits.items():
            question.whole(getattr(self, name), name, least, most)
        for name, (least, most) in NUMBERS.items():
            question.number(getattr(self, name), name, least, most)

    @property
    def arguments(self) -> list[str]:
        """As the command line takes them."""
        changed = [field.name for field in fields(self) if field.name != "preset"]
        return [part for name in changed for part in ("--set", f"{name}={getattr(self, name)}")]


def of_preset(preset: str) -> Settings:
    """A preset's own settings."""
    chosen = PRESETS[preset]
    values = {**vars(chosen.model), **vars(chosen.train)}
    names = [field.name for field in fields(Settings) if field.name != "preset"]
    return Settings(preset, **{name: values[name] for name in names})


def from_page(asked: Any) -> Settings:
    """A JSON object with every setting; raises ValueError for anything else."""
    names = {field.name for field in fields(Settings)}
    if not isinstance(asked, dict) or set(asked) != names:
        raise ValueError(f"expected settings as an object with {', '.join(sorted(names))}")
    return Settings(**asked)
