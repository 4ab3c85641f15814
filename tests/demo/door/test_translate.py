"""The z of a link of the first generation becomes the style of the same picture."""

from typing import Any

import numpy as np
import pytest

import vae_core
from demo.door.answers import translate


@pytest.mark.parametrize("name", vae_core.available_models())
def test_picture_of_a_z_is_that_of_its_style(name: str) -> None:
    model = vae_core.load_model(name)
    z = np.random.default_rng(0).standard_normal(model.latent_dim).round(4).tolist()
    style = translate(model, {"z": z, "digit": 4})["style"]
    digit = 4 if model.conditional else None
    np.testing.assert_allclose(model.write(style, digit), model.decode(z, digit), atol=5e-3)


@pytest.mark.parametrize(
    "asked",
    [
        None,
        {},
        {"z": [0.0] * 16},
        {"z": "a", "digit": 3},
        {"z": [0.0], "digit": 3},
        {"z": [99.0] * 16, "digit": 3},
        {"z": [0.0] * 16, "digit": 12},
    ],
)
def test_what_is_no_z_of_a_digit_is_refused(asked: Any) -> None:
    with pytest.raises(ValueError, match=r"^expected "):
        translate(vae_core.load_model("conv"), asked)
