"""Where a training computes: on a GPU only where one can be used."""

from typing import Any

import pytest
import torch

from vae_core.training.command import pick_device


def refuse_to_compute(*arguments: Any, **options: Any) -> Any:
    raise RuntimeError(
        "CUDA error: no kernel image is available for execution on the device\nCompile with TORCH_USE..."
    )


@pytest.mark.parametrize("trouble", [refuse_to_compute, None], ids=["no kernel", "not compiled in"])
def test_a_gpu_that_cannot_be_used_is_told_of_and_the_cpu_trains(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], trouble: Any
) -> None:
    """The second is what this build of PyTorch itself says where it has no CUDA."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    if trouble:
        monkeypatch.setattr(torch.nn.functional, "conv2d", trouble)
        ones = torch.ones
        monkeypatch.setattr(torch, "ones", lambda *size, device, **options: ones(*size, **options))
    elif torch.version.cuda:
        pytest.skip("it has")
    assert pick_device("auto") == "cpu"
    told = capsys.readouterr().err
    assert told.startswith("cuda is there but cannot be used (") and told.endswith("): the CPU trains\n")
    assert told.count("\n") == 1
    with pytest.raises(ValueError, match="^expected a device that can be used, got cuda: ") as raised:
        pick_device("cuda")
    assert "\n" not in str(raised.value)


def test_a_gpu_that_computes_is_taken(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    ones = torch.ones
    monkeypatch.setattr(torch, "ones", lambda *size, device, **options: ones(*size, **options))
    assert pick_device("auto") == "cuda"
    assert capsys.readouterr().err == ""
