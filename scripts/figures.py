"""Write the figures of checkpoints/*.json into README.md and checkpoints/README.md, between their markers.

    python -m scripts.figures

The JSON comes from `python -m vae_core evaluate NAME --json checkpoints/NAME.json`.
"""

import json
import re
from pathlib import Path
from typing import Any

from vae_core.checkpoint import STRANGENESS, read_checkpoint
from vae_core.config import PRESETS

ROOT = Path(__file__).resolve().parent.parent
CHECKPOINTS = ROOT / "checkpoints"
TARGETS = {  # what the default model is held to: must reach, aim
    "accuracy": ("99.70 %", "99.8 %"),
    "pen accuracy, strokes": ("99.2 %", "99.5 %"),
    "pen accuracy, pictures": ("99.2 %", "99.5 %"),
    "calibration error": ("0.5 %", ""),
    "conditional accuracy": ("99.6 %, `deep` 99 %", "the judge's"),
    "swap accuracy": ("99.6 %, `deep` 99 %", "the judge's"),
    "hand kept, 1 drawing": ("90 %", "97 %"),
    "hand kept, 3 drawings": ("93 %", "97 %"),
    "digit read from the style": ("20 %", "chance"),
    "realism, generated": ("0.75", "1.5 times the floor"),
    "realism, swapped": ("0.90", "1.5 times the floor"),
    "realism, reconstructed": ("1.5", "1.5 times the floor"),
    "sharpness": ("0.0058", "0.0050"),
    "log p(x)": ("-82 nats, `deep` -80.5", "-80.5, `deep` -79.1"),
}


def main() -> None:
    reports = {name: json.loads((CHECKPOINTS / f"{name}.json").read_text()) for name in PRESETS if has_report(name)}
    fill(ROOT / "README.md", compare(reports) + "\n\n" + protocols(reports["conv"]))
    fill(ROOT / "docs" / "published-recipe.md", curves(reports["blog"]["card"]["history"]))
    fill(CHECKPOINTS / "README.md", "\n\n".join(card(name, report) for name, report in reports.items()))


def has_report(name: str) -> bool:
    return (CHECKPOINTS / f"{name}.json").is_file()


def compare(reports: dict[str, Any]) -> str:
    """One row a figure, one column a model, and what the default is held to."""
    figures = {name: {f["name"]: f for f in report["figures"]} for name, report in reports.items()}
    rows = [["figure", *(f"`{name}`" for name in reports), "to reach", "aim"]]
    rows.append(["---"] * len(rows[0]))
    names = dict.fromkeys(name for own in figures.values() for name in own)
    for figure in names:
        cells = [show(own[figure]) if figure in own else "-" for own in figures.values()]
        rows.append([figure, *cells, *TARGETS.get(figure, ("", ""))])
    return table(rows)


def protocols(report: dict[str, Any]) -> str:
    """How each figure of the default model was measured, with its interval."""
    rows = [["figure of `conv`", "value", "95 % interval", "protocol"], ["---"] * 4]
    for f in report["figures"]:
        interval = "-" if f["low"] is None else f"{show(f | {'value': f['low']})} to {show(f | {'value': f['high']})}"
        rows.append([f["name"], show(f), interval, f["protocol"]])
    return table(rows)


def curves(history: list[dict[str, Any]]) -> str:
    """The two curves of the published recipe, an epoch a row; the weight of the classifier's loss is 10."""
    rows = [["epoch", "VAE loss, training", "VAE loss, test", "weighted classifier loss, training", "test accuracy"]]
    rows.append(["---"] * 5)
    for epoch in history:
        vae = epoch["reconstruction"] + epoch["kl"]
        losses = f"{vae:.1f}", f"{-epoch['test_elbo']:.1f}", f"{10 * epoch['classification']:.2f}"
        rows.append([str(epoch["epoch"]), *losses, f"{epoch['test_accuracy']:.2%}"])
    return table(rows)


def card(name: str, report: dict[str, Any]) -> str:
    """A checkpoint's command, size and figures."""
    path = CHECKPOINTS / f"{name}.safetensors"
    own = report["card"]
    tensors = read_checkpoint(path).tensors
    parameters = sum(tensor.numel() for key, tensor in tensors.items() if not key.startswith(STRANGENESS))
    lines = [
        f"## `{name}`",
        f"{parameters:,} numbers, {path.stat().st_size / 1e6:.1f} MB. Trained with PyTorch {own['torch']} by",
        "\n".join(f"{k}. `{command}`" for k, command in enumerate(steps(own), 1)),
        protocols(report).replace("figure of `conv`", "figure"),
    ]
    return "\n\n".join(lines)


def steps(own: dict[str, Any]) -> list[str]:
    """The commands that made a checkpoint, in turn: FILE is what the one before wrote."""
    started = own.get("start", {})
    taught = [own["classifier"]["command"]] if "classifier" in own else []
    return [*(steps(started) if started else []), own["command"], *prior(own), *taught]


def prior(own: dict[str, Any]) -> list[str]:
    return [own["prior"]["command"]] if own.get("prior") else []


def show(figure: dict[str, Any]) -> str:
    value = figure["value"]
    if figure["unit"] == "share":
        return f"{100 * value:.2f} %"
    return f"{value:.4f}" if abs(value) < 0.1 else f"{value:.2f}"


def table(rows: list[list[str]]) -> str:
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def fill(path: Path, text: str) -> None:
    """Replace what stands between the markers of a page."""
    page = path.read_text()
    filled = re.sub(r"(<!-- figures -->).*(<!-- /figures -->)", lambda m: f"{m[1]}\n{text}\n{m[2]}", page, flags=re.S)
    path.write_text(filled)


if __name__ == "__main__":
    main()
