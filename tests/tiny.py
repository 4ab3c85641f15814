"""Models small enough for tests, and where the tests are."""

from pathlib import Path

import torch

from vae_core.config import ModelConfig
from vae_core.model import ConditionalVAE

TESTS = Path(__file__).parent
TINY = ModelConfig(latent_dim=2, width=8, depth=1, classifier_width=8)


def roughen(network: ConditionalVAE) -> ConditionalVAE:
    """The network with weights and statistics that no layer starts with, so that each of them matters."""
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for tensor in network.state_dict().values():
            if tensor.is_floating_point():
                tensor += 0.1 * (torch.rand(tensor.shape, generator=generator) - 0.5)
    return network
