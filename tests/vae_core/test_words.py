"""What is refused is refused in words of ours: no library's, no type's of Python or numpy, no folder's."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.torch import load_file

from vae_core.checkpoint import CheckpointError, load_weights, read_checkpoint, save_model, write_checkpoint
from vae_core.config import QUOTED, ModelConfig, TrainConfig, brief
from vae_core.drawing.strokes import render_strokes
from vae_core.inference import Model, load_model
from vae_core.model import ConditionalVAE

QUICK = settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
FOREIGN = re.compile(
    r"__\w+__|vae_core\.|argument|state_dict|Error|torch|numpy|array\(|dtype|\btensor\b|Tensor|deserializ|<[UOS]\d*|NoneType"
    r"|\b(?:u?int|float|complex)\d+|\b(?:int|str|bool|module|object at)\b|0x[0-9a-f]+|Expecting"
)
LETTERS = st.text("abcxyz_", max_size=8)  # nothing that is one of those words already
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False, allow_infinity=False)
    | LETTERS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(LETTERS, inner, max_size=3),
    max_leaves=6,
)


def in_our_words(message: str, folder: Path | None = None) -> None:
    assert not FOREIGN.search(message), message
    assert folder is None or str(folder) not in message
    assert "\n" not in message and len(message) < 400


@pytest.fixture
def saved(tmp_path: Path, network: ConditionalVAE) -> Path:
    save_model(tmp_path / "tiny.safetensors", network, "tiny", {})
    return tmp_path / "tiny.safetensors"


def refused(path: Path) -> None:
    for read in (load_weights, load_model):
        with pytest.raises(CheckpointError) as caught:
            read(path)
        in_our_words(str(caught.value), path.parent)


@QUICK
@given(entry=st.sampled_from(["config", "name", "card", "version", "format"]), value=JSON)
def test_header_of_any_shape_is_taken_or_refused_in_our_words(saved: Path, entry: str, value: Any) -> None:
    original = read_checkpoint(saved)
    path = saved.with_name("odd.safetensors")
    write_checkpoint(path, original.tensors, {**original.header, entry: value})
    try:
        load_model(path)
    except CheckpointError as error:
        in_our_words(str(error), path.parent)


@QUICK
@given(field=st.sampled_from(sorted(vars(ModelConfig()))), value=JSON)
def test_setting_of_any_kind_in_a_header_is_taken_or_refused_in_our_words(saved: Path, field: str, value: Any) -> None:
    original = read_checkpoint(saved)
    path = saved.with_name("odd.safetensors")
    config = {**original.header["config"], field: value}
    write_checkpoint(path, original.tensors, {**original.header, "config": config})
    try:
        load_model(path)
    except CheckpointError as error:
        in_our_words(str(error), path.parent)


@QUICK
@given(shape=JSON, part=st.sampled_from([None, "names", "figures", "directions"]))
def test_shape_of_any_kind_in_a_card_is_taken_or_refused_in_our_words(
    saved: Path, shape: Any, part: str | None
) -> None:
    original = read_checkpoint(saved)
    path = saved.with_name("odd.safetensors")
    card = {"shape": shape if part is None else {"names": {}, "figures": {}, "directions": {}, part: shape}}
    write_checkpoint(path, original.tensors, {**original.header, "card": card})
    try:
        load_model(path)
    except CheckpointError as error:
        in_our_words(str(error), path.parent)


def test_weights_that_do_not_fit_are_refused_in_our_words(saved: Path) -> None:
    tensors, header = load_file(saved), read_checkpoint(saved).header
    name = next(name for name in tensors if tensors[name].is_floating_point())
    for changed in (
        {key: value for key, value in tensors.items() if key != name},
        {**tensors, "further": torch.zeros(1)},
        {**tensors, name: torch.zeros(1, 2, 3)},
        *({**tensors, name: tensors[name].to(dtype)} for dtype in (torch.float64, torch.int64, torch.complex64)),
        {},
    ):
        write_checkpoint(saved, changed, header)
        refused(saved)


@pytest.mark.parametrize(
    "data", [b"", b"\0" * 9, b"{}" * 99, b"\xff" * 99, b"\x09" + b"\0" * 7 + b'{"a": [1]', b"PK\3\4"]
)
def test_file_of_something_else_is_refused_in_our_words(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "else").write_bytes(data)
    refused(tmp_path / "else")


@QUICK
@given(kind=st.sampled_from([ModelConfig, TrainConfig]), data=st.data())
def test_setting_of_any_kind_is_taken_or_refused_in_our_words(kind: Any, data: st.DataObject) -> None:
    field = data.draw(st.sampled_from(sorted(vars(kind()))))
    try:
        kind(**{field: data.draw(JSON)})
    except ValueError as error:
        in_our_words(str(error))


STRANGE = [
    None, "seven", b"seven", [], [[]], {}, ["a", 1.0], [[1, 2], [3]], 1j, np.array([1j]), np.array(["a"]), np.int64(7),
    np.array([None]), np.zeros((2, 3), dtype=int), np.zeros((400, 3)), np.full((28, 28), 2.0), [None], True,
    np.datetime64("2020-01-01"), [{"x": 1}], ["a"] * 10_000, np.zeros(10), np.full((1, 10), 0.2), torch.zeros(3, 3),
]  # fmt: skip


@pytest.mark.parametrize("value", STRANGE, ids=lambda value: type(value).__name__)
def test_values_that_a_model_does_not_take_are_refused_in_our_words(model: Model, value: Any) -> None:
    calls = (
        model.encode,
        model.classify,
        model.reconstruct,
        lambda value: model.decode(value, 3),
        lambda value: model.decode([0.0, 0.0], value),
        lambda value: model.sample(3, value),
        lambda value: model.sample(3, 2, value),
        lambda value: model.sample(value, 2),
        lambda value: model.encode(np.zeros((28, 28))).at(value),
        render_strokes,
    )
    for call in calls:
        try:
            call(value)
        except ValueError as error:
            in_our_words(str(error))


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (np.float32(0.5), "0.5"),
        (np.int64(7), "7"),
        (np.array([1, 2]), "[1, 2]"),
        (np.zeros((28, 28)), "an array of shape (28, 28)"),
        (torch.ones(2), "[1.0, 1.0]"),
        ("a\nb", r"'a\nb'"),
        ("x" * 100, f"'{'x' * (QUOTED - 1)}..."),
    ],
)
def test_a_value_is_quoted_briefly_and_plainly(value: Any, words: str) -> None:
    assert brief(value) == words
