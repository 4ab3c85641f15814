"""Fit what a model calls strange on digits and made non-digits, and keep it in the model's checkpoint."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from vae_core.checkpoint import CLASSIFIER, store_strangeness
from vae_core.evaluation.strange_pictures import Pictures
from vae_core.inference import Model, find_model, load_model
from vae_core.strangeness import HALVED, MEASURES, Strangeness, unexplained_ink

COMPONENTS = 128  # of the features
NEAR = 64  # the first of them, in which distances to known digits are taken
BASIS = 4000  # pictures in which these are found
REFERENCES = 2500  # known digits
HIDDEN = 128
EPOCHS = 12
BATCH = 256
CHUNK = 500  # pictures whose features are held at once
PEAK_LEARNING_RATE = 4e-3
WEIGHT_DECAY = 0.05
INPUT_DROPOUT, DROPOUT = 0.1, 0.2
DAMPING = 0.3  # of the largest component's spread, added to each one's, so that the least do not weigh as much
TAUGHT_DAMPING = 10.0  # the same where the classifier was itself taught what is no digit (training/fit_classifier.py):
# its energy tells then, and what is learnt from components holds less for kinds that were not shown
KIND_WEIGHTS = (1.0, 1.0, 5.0)  # several digits are the rarest of what is made
SMOOTHING = 0.02  # of the three kinds' labels: some of what is made does look like a digit
FALSE_ALARMS = 0.007  # of the digits kept aside, MNIST's and pen digits each; 1 in 100 is meant, but the classifier
# itself was trained on them

Array = NDArray[np.floating]
Say = Callable[[str], None]


def fit_and_store(name: str, pictures: Pictures, seed: int, say: Say) -> Strangeness:
    """Fit the model of that name or path, and write what is found into its checkpoint."""
    strangeness = fit(load_model(name), pictures, seed, say)
    store_strangeness(find_model(name), strangeness.to_tensors())
    return strangeness


def fit(model: Model, pictures: Pictures, seed: int, say: Say) -> Strangeness:
    """Deterministic given the seed, on one machine; raises ValueError for a model without a classifier."""
    rng = np.random.default_rng(seed)
    say(f"{model.name}: reading {len(pictures.images)} pictures ...")
    projected = project(model, pictures, rng)
    known = measure(model, projected, pictures.images)
    mean, spread = known.mean(axis=0), known.std(axis=0) + 1e-6
    damping = TAUGHT_DAMPING if CLASSIFIER in model.card else DAMPING
    spread[:-MEASURES] += damping * spread[:-MEASURES].max()
    say(f"{model.name}: fitting ...")
    inputs = torch.from_numpy(((known - mean) / spread).astype(np.float32))
    hidden, output = train(inputs, torch.from_numpy(pictures.kinds), seed)
    fitted = replace(
        projected, mean=mean, spread=spread, hidden=_plain(hidden.weight).T, hidden_bias=_plain(hidden.bias),
        output=_plain(output.weight).T, output_bias=_plain(output.bias),
    )  # fmt: skip
    odds = [fitted.doubt_of_measures(measure(model, fitted, digits)).strangeness for digits in pictures.aside]
    threshold = max(np.quantile(values, 1 - FALSE_ALARMS) for values in odds)
    return replace(fitted, output_bias=fitted.output_bias + np.array([threshold, 0, 0], dtype=np.float32))


def project(model: Model, pictures: Pictures, rng: np.random.Generator) -> Strangeness:
    """The components in which the features vary most, and known digits in them; nothing is learnt yet."""
    features = model.recognise(pictures.images[rng.permutation(len(pictures.images))[:BASIS]]).features
    centre, count = features.mean(axis=0), min(COMPONENTS, features.shape[1])
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        basis = torch.pca_lowrank(torch.from_numpy(features - centre), count, center=False)[2].numpy()
    digits = rng.permutation(np.flatnonzero(pictures.kinds == 0))[:REFERENCES]
    near = _in_chunks(lambda x: (model.recognise(x).features - centre) @ basis[:, :NEAR], pictures.images[digits])
    known = count + MEASURES
    empty = {
        "mean": np.zeros(known), "spread": np.ones(known), "hidden": np.zeros((known, HIDDEN)),
        "hidden_bias": np.zeros(HIDDEN), "output": np.zeros((HIDDEN, 3)), "output_bias": np.zeros(3),
    }  # fmt: skip
    halved = {"projection": basis, "references": near}  # rounded as they will be kept
    assert halved.keys() == set(HALVED)
    return Strangeness(centre, **{k: v.astype(np.float16).astype(np.float32) for k, v in halved.items()}, **empty)


def measure(model: Model, strangeness: Strangeness, images: Array) -> Array:
    """(N, M), as `Strangeness.measure` gives them, of pictures (N, 28, 28)."""

    def of_some(x: Array) -> Array:
        recognition = model.recognise(x)
        missed = unexplained_ink(x, model.decode(model.encode(x).mean, recognition.probabilities))
        return strangeness.measure(recognition.features, recognition.logits, missed)

    return _in_chunks(of_some, images)


def _in_chunks(function: Callable[[Array], Array], images: Array) -> Array:
    return np.concatenate([function(images[first : first + CHUNK]) for first in range(0, len(images), CHUNK)])


def train(inputs: Tensor, kinds: Tensor, seed: int) -> tuple[nn.Linear, nn.Linear]:
    """Both layers, fitted to inputs (N, M) and kinds (N,) with a one-cycle learning rate."""
    generator = torch.Generator().manual_seed(seed)
    batches, weights = max(1, len(inputs) // BATCH), torch.tensor(KIND_WEIGHTS)
    with torch.random.fork_rng(devices=[]):  # dropout draws from the global one
        torch.manual_seed(seed)
        hidden, output = nn.Linear(inputs.shape[1], HIDDEN), nn.Linear(HIDDEN, 3)
        net = nn.Sequential(nn.Dropout(INPUT_DROPOUT), hidden, nn.ReLU(), nn.Dropout(DROPOUT), output)
        optimizer = torch.optim.AdamW(net.parameters(), weight_decay=WEIGHT_DECAY)
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, PEAK_LEARNING_RATE, total_steps=EPOCHS * batches)
        for _ in range(EPOCHS):
            for index in torch.randperm(len(inputs), generator=generator)[: batches * BATCH].split(BATCH):
                loss = F.cross_entropy(net(inputs[index]), kinds[index], weights, label_smoothing=SMOOTHING)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                schedule.step()
    return hidden, output


def _plain(tensor: Tensor) -> Array:
    return tensor.detach().numpy().copy()
