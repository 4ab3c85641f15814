"""All that a browser needs of a model, as files: python -m vae_core export NAME --out DIR."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from vae_core.checkpoint import CLASSIFIER
from vae_core.config import DIGITS, IMAGE_SIZE, TrainConfig, config_to_dict
from vae_core.export import flow, networks, verdict
from vae_core.export.graph import Graph
from vae_core.export.maps import Rows
from vae_core.inference import Model

SHAPE = (IMAGE_SIZE, IMAGE_SIZE)


def export(model: Model) -> dict[str, bytes]:
    """Files by name. Each graph takes a batch of any size; y stands for rows of ten digit values, and neither it nor
    logits and features are there where the model is unconditional.

    encoder.onnx: x (N, 28, 28) in [0, 1] -> mean, std (N, Z), logits (N, 10), features (N, F) for the verdict.
    decoder.onnx: style (N, Z), y -> logits (N, 28, 28), and grey (N, 28, 28), the pictures as whole numbers to 255.
    style.onnx: z (N, Z), y -> style (N, Z), and gain (N,) as `Prior.gain` defines it.
    verdict.onnx: x, reconstruction (N, 28, 28), logits, features -> strangeness and several (N, 1), as `Model.doubt`.
    model.json: what it is, how it was trained, and the directions of the shape.
    """
    graphs = {"encoder": encoder(model), "decoder": decoder(model), "style": style(model), "verdict": doubt(model)}
    told = json.dumps(about(model), allow_nan=False).encode()
    return {**{f"{name}.onnx": graph.to_bytes() for name, graph in graphs.items()}, "model.json": told}


def write_files(model: Model, folder: Path) -> list[Path]:
    """The files in a folder, which is made where it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {folder / name: content for name, content in export(model).items()}
    for file, content in files.items():
        file.write_bytes(content)
    return list(files)


def encoder(model: Model) -> Graph:
    g = Graph("encoder")
    x = g.input("x", *SHAPE)
    mean, std = networks.encoder(g, Rows(g), model.network.encoder, x)
    g.output("mean", mean, model.latent_dim)
    g.output("std", std, model.latent_dim)
    if model.network.classifier is not None:
        logits, features = networks.classifier(g, Rows(g), model.network.classifier, x)
        g.output("logits", logits, DIGITS)
        g.output("features", features, feature_count(model))
    return g


def decoder(model: Model) -> Graph:
    g = Graph("decoder")
    w, y = g.input("style", model.latent_dim), digits(g, model)
    logits = networks.decoder(
        g, Rows(g), model.network.decoder, flow.to_z(g, model.network.prior, model.latent_dim, w, y), y
    )
    grey = g.op("Round", g.op("Mul", g.op("Sigmoid", logits), g.number(255.0)))
    g.output("logits", logits, *SHAPE)
    g.output("grey", g.cast(grey, np.uint8), *SHAPE, kind=np.uint8)
    return g


def style(model: Model) -> Graph:
    g = Graph("style")
    z, y = g.input("z", model.latent_dim), digits(g, model)
    w, gain = flow.to_style(g, model.network.prior, model.latent_dim, z, y)
    g.output("style", w, model.latent_dim)
    g.output("gain", gain)
    return g


def doubt(model: Model) -> Graph:
    g = Graph("verdict")
    x, reconstruction = g.input("x", *SHAPE), g.input("reconstruction", *SHAPE)
    missed = verdict.unexplained_ink(g, x, reconstruction)
    logits = g.input("logits", DIGITS) if model.conditional else None
    if logits is None or model.strangeness is None:
        strangeness = verdict.plain_doubt(g, missed, logits)
        several = g.op("Less", missed, g.number(0.0))  # never
    else:
        features = g.input("features", feature_count(model))
        strangeness, several = verdict.doubt(g, model.strangeness, missed, logits, features)
    g.output("strangeness", strangeness, 1)
    g.output("several", several, 1, kind=np.bool_)
    return g


def digits(g: Graph, model: Model) -> str | None:
    return g.input("y", DIGITS) if model.conditional else None


def feature_count(model: Model) -> int:
    return model.network.classifier.output.in_features  # type: ignore[union-attr, return-value]


def about(model: Model) -> dict[str, Any]:
    try:
        train = asdict(TrainConfig(**model.card["train"])) | {"classifier_apart": CLASSIFIER in model.card}
    except (KeyError, TypeError, ValueError):
        train = None
    shape = model.shape.directions.to_json() if model.shape else None
    return {"name": model.name, "config": config_to_dict(model.config), "train": train, "directions": shape}
