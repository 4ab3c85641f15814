"""How strange a picture is, as nodes of a graph; see vae_core/strangeness.py, to which tests hold it."""

import numpy as np

from vae_core.export.graph import Graph
from vae_core.strangeness import DOUBT_WEIGHT, LEAST, NEIGHBOURS, STRANGE, Strangeness


def unexplained_ink(g: Graph, x: str, reconstruction: str) -> str:
    """Pictures (N, 28, 28), twice -> (N, 1)."""
    missed, ink = (g.op("Flatten", value) for value in (g.op("Sub", x, reconstruction), x))
    missed, ink = (g.total(g.op("Mul", value, value), keep=True) for value in (missed, ink))
    return g.op("Div", missed, g.op("Max", ink, g.number(LEAST)))


def plain_doubt(g: Graph, unexplained: str, logits: str | None) -> str:
    """Strangeness (N, 1) of a model to which nothing was fitted; without a classifier there are no logits."""
    strangeness = g.op("Sub", unexplained, g.number(STRANGE))
    if logits is None:
        return strangeness
    sure = g.total(g.op("Softmax", logits, axis=1), "ReduceMax", keep=True)
    doubt = g.op("Mul", g.op("Sub", g.number(1.0), sure), g.number(DOUBT_WEIGHT))
    return g.op("Add", strangeness, doubt)


def doubt(g: Graph, fitted: Strangeness, unexplained: str, logits: str, features: str) -> tuple[str, str]:
    """Strangeness (N, 1), and whether it looks more like several digits (N, 1)."""
    known = g.op(
        "Div",
        g.op("Sub", measures(g, fitted, unexplained, logits, features), single(g, fitted.mean)),
        single(g, fitted.spread),
    )
    hidden = g.op("Relu", g.op("Gemm", known, g.matrix(fitted.hidden, axis=1), single(g, fitted.hidden_bias)))
    outputs = g.op("Gemm", hidden, g.weight(fitted.output), single(g, fitted.output_bias))
    digit, none, several = g.split("Split", outputs, outputs=3, axis=1, num_outputs=3)
    other = g.total(g.op("Concat", none, several, axis=1), "ReduceLogSumExp", keep=True)
    return g.op("Sub", other, digit), g.op("Greater", several, none)


def measures(g: Graph, fitted: Strangeness, unexplained: str, logits: str, features: str) -> str:
    """(N, M): the components, and the three measures after them."""
    components = g.op("MatMul", g.op("Sub", features, single(g, fitted.centre)), g.matrix(fitted.projection, axis=1))
    energy = g.op("Neg", g.total(logits, "ReduceLogSumExp", keep=True))
    distance = g.op("Log", g.op("Add", nearness(g, components, fitted.references), g.number(LEAST)))
    return g.op("Concat", components, unexplained, energy, distance, axis=1)


def nearness(g: Graph, components: str, references: np.ndarray) -> str:
    """(N, 1): how far components are from the nearest of references (R, D), on average."""
    near = g.columns(components, np.arange(references.shape[1]))
    own = g.total(g.op("Mul", near, near), keep=True)
    known = g.matrix(references.T)
    across = g.op("MatMul", near, known)
    theirs = g.op("ReduceSum", g.op("Mul", known, known), g.constant(np.array([0], dtype=np.int64)), keepdims=1)
    squared = g.op("Sub", g.op("Add", own, theirs), g.op("Mul", across, g.number(2.0)))
    count = g.constant(np.array([NEIGHBOURS], dtype=np.int64))
    nearest, _ = g.split("TopK", squared, count, outputs=2, axis=1, largest=0)
    return g.total(g.op("Sqrt", g.op("Relu", nearest)), "ReduceMean", keep=True)


def single(g: Graph, values: np.ndarray) -> str:
    """What is centred and scaled by stays in single precision."""
    return g.constant(values.astype(np.float32))
