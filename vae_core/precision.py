"""Where half precision pays."""

import torch


def has_bfloat16(device: str) -> bool:
    """Whether a device of that type ("cpu", "cuda", "mps") computes in bfloat16 faster than in full precision."""
    if device == "cpu":
        return torch.backends.mkldnn.is_available() and torch.ops.mkldnn._is_mkldnn_bf16_supported()
    return device == "cuda"
