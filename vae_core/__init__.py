"""A conditional variational autoencoder of handwritten digits: encoder, decoder and classifier."""

from vae_core.checkpoint import CheckpointError
from vae_core.drawing.preprocess import preprocess
from vae_core.drawing.strokes import BlankDrawing, render_strokes
from vae_core.inference import Model, Posterior, available_models, find_model, load_model

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
