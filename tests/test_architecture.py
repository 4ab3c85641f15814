"""Who imports whom, and that importing does nothing else."""

import ast
import graphlib
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CORE = sorted((ROOT / "vae_core").glob("*.py"))
DEMO = sorted((ROOT / "demo").glob("**/*.py"))
NETWORKS = {"blocks", "encoder", "decoder", "classifier", "critic", "posterior"}


def imports(path: Path) -> set[str]:
    """Modules a file imports anywhere in it, with the names taken from packages of ours."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports by a relative name"
            assert node.module is not None
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def roots(path: Path) -> set[str]:
    return {name.split(".")[0] for name in imports(path)}


def own(path: Path) -> set[str]:
    """Files of vae_core that one of them imports."""
    return {file.stem for file in CORE if f"vae_core.{file.stem}" in imports(path)}


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", CORE, ids=name_of)
def test_the_model_knows_nothing_of_the_demo(path: Path) -> None:
    assert roots(path).isdisjoint({"demo", "gradio", "app"})


@pytest.mark.parametrize("path", [*DEMO, ROOT / "app.py"], ids=name_of)
def test_the_demo_knows_nothing_of_torch(path: Path) -> None:
    if path.exists():
        assert roots(path).isdisjoint({"torch", "torchvision", "safetensors"})


def test_imports_within_the_model_package_point_one_way() -> None:
    graph = {path.stem: own(path) - {path.stem} for path in CORE}
    graphlib.TopologicalSorter(graph).prepare()  # raises CycleError


def test_config_imports_nothing_of_the_package_and_networks_only_config_and_one_another() -> None:
    for path in CORE:
        if path.stem == "config":
            assert own(path) == set()
        elif path.stem in NETWORKS:
            assert own(path) <= NETWORKS | {"config"}


def test_only_the_command_line_imports_training() -> None:
    assert {path.stem for path in CORE if own(path) & {"training", "__main__"}} <= {
        "__main__",
        "train_command",
        "run_log",
    }


def test_strokes_and_preprocessing_work_without_torch() -> None:
    for name in ("strokes", "ink", "preprocess", "metrics", "pictures", "config"):
        path = ROOT / "vae_core" / f"{name}.py"
        if path.exists():
            assert "torch" not in roots(path)


def test_importing_every_module_does_nothing_else() -> None:
    """No thread settings, no seeds, no warnings, no files, no output; torchvision and the demo stay unloaded."""
    modules = [f"vae_core.{path.stem}" for path in CORE if path.stem not in ("__init__",)]
    program = f"""
import importlib, os, random, signal, sys
import numpy as np, torch
opened = []
def note(event, args):
    if event == "open" and args[1] and "w" in str(args[1]):
        opened.append(args[0])
sys.addaudithook(note)
def state():
    return (
        torch.get_num_threads(), torch.initial_seed(), torch.get_rng_state().tolist(), torch.is_grad_enabled(),
        torch.get_default_dtype(), random.getstate(), np.random.get_state()[1].tolist(), np.geterr(),
        signal.getsignal(signal.SIGINT), os.getcwd(), dict(os.environ), torch.are_deterministic_algorithms_enabled(),
    )
before = state()
for name in {modules!r}:
    importlib.import_module(name)
assert state() == before, "state changed"
assert not opened, opened
loaded = [name for name in ("torchvision", "gradio", "demo") if name in sys.modules]
assert not loaded, loaded
"""
    result = subprocess.run([sys.executable, "-B", "-c", program], cwd=ROOT, capture_output=True, text=True)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_package_exports_what_is_documented() -> None:
    import vae_core

    assert sorted(vae_core.__all__) == [
        "BlankDrawing", "CheckpointError", "Model", "Posterior", "available_models", "find_model", "load_model",
        "preprocess", "render_strokes",
    ]  # fmt: skip
    assert all(hasattr(vae_core, name) for name in vae_core.__all__)
    assert issubclass(vae_core.BlankDrawing, ValueError)
    assert issubclass(vae_core.CheckpointError, ValueError)
