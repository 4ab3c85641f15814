"""A conditional variational autoencoder of handwritten digits: encoder, decoder and classifier."""

from vae_core.checkpoint import CheckpointError
from vae_core.inference import Model, Posterior, available_models, find_model, load_model
from vae_core.preprocess import preprocess
from vae_core.strokes import BlankDrawing, render_strokes

__all__ = [
    "BlankDrawing",
    "CheckpointError",
    "Model",
    "Posterior",
    "available_models",
    "find_model",
    "load_model",
    "preprocess",
    "render_strokes",
]
