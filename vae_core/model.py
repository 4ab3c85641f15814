"""The conditional VAE: encoder, decoder, classifier and prior side by side, nothing else."""

import torch
from torch import nn

from vae_core.classifier import build_classifier
from vae_core.config import ModelConfig
from vae_core.decoder import build_decoder
from vae_core.encoder import build_encoder
from vae_core.prior import Prior


class ConditionalVAE(nn.Module):
    """The four sub-networks; `classifier` is None where the model is unconditional."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        self.encoder = build_encoder(config)
        self.decoder = build_decoder(config)
        self.classifier = build_classifier(config)
        self.prior = Prior(config)


def build_model(config: ModelConfig, seed: int = 0) -> ConditionalVAE:
    """A model with fresh weights drawn from `seed`; the global generator is left as it was."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return ConditionalVAE(config).to(memory_format=torch.channels_last)
