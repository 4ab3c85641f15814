"""Who imports whom, room by room, and that importing does nothing else."""

import ast
import functools
import graphlib
import subprocess
import sys
from pathlib import Path

import pytest

from demo.page.files import imports_of

ROOT = Path(__file__).parents[1]
CORE = sorted((ROOT / "vae_core").glob("**/*.py"))
DEMO = sorted((ROOT / "demo").glob("**/*.py"))
TABS = sorted(folder for folder in (ROOT / "demo" / "tabs").iterdir() if (folder / "__init__.py").exists())
NETWORKS = {"blocks", "encoder", "decoder", "classifier", "posterior", "prior"}
ROOMS = ("drawing", "evaluation", "training")  # of vae_core; what stands beside them are networks and inference
WITHOUT_TORCH = (
    "config", "drawing.strokes", "drawing.ink", "drawing.preprocess", "drawing.morphometrics", "evaluation.metrics",
    "pictures",
)  # fmt: skip


@functools.cache
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


def module_of(path: Path) -> str:
    """vae_core/drawing/ink.py -> drawing.ink"""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts[1:])


def room_of(module: str) -> str:
    """drawing.ink -> drawing; a module at the top is a room of its own."""
    return module.split(".")[0]


def own(path: Path) -> set[str]:
    """Modules of vae_core that one of them imports."""
    return {module_of(file) for file in CORE if f"vae_core.{module_of(file)}" in imports(path)}


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", CORE, ids=name_of)
def test_the_model_knows_nothing_of_the_demo(path: Path) -> None:
    assert roots(path).isdisjoint({"demo", "gradio", "app"})


@pytest.mark.parametrize("path", [*DEMO, ROOT / "app.py"], ids=name_of)
def test_the_demo_knows_nothing_of_torch(path: Path) -> None:
    assert roots(path).isdisjoint({"torch", "torchvision", "safetensors"})


def test_imports_within_the_model_package_point_one_way_room_by_room() -> None:
    modules = {module_of(path): own(path) - {module_of(path)} for path in CORE}
    graphlib.TopologicalSorter(modules).prepare()  # raises CycleError
    rooms: dict[str, set[str]] = {}
    for module, used in modules.items():
        rooms.setdefault(room_of(module), set()).update(map(room_of, used))
    graphlib.TopologicalSorter({room: used - {room} for room, used in rooms.items()}).prepare()


def test_drawing_stands_below_the_networks_and_training_above_evaluation() -> None:
    for path in CORE:
        used = {room_of(module) for module in own(path)}
        match room_of(module_of(path)):
            case "config":
                assert used == set()
            case "drawing":
                assert used <= {"drawing", "config"}
            case room if room in NETWORKS:
                assert used <= NETWORKS | {"config"}
            case "evaluation":
                assert "training" not in used
            case "training" | "__main__":
                pass
            case _:
                assert used.isdisjoint(ROOMS[1:])


def demo_room(name: str) -> str:
    """tabs/morph/morph.js and demo.tabs.morph.morph -> tabs.morph; page/page.js -> page; demo.app -> app"""
    parts = name.removeprefix("demo.").replace("/", ".").split(".")
    return ".".join(parts[:2]) if parts[0] == "tabs" else parts[0]


def may_use(room: str) -> set[str]:
    """Rooms of the demo that one of them may import; itself always. A tab may use no other tab."""
    below = {"door": set(), "page": {"door"}, "api": {"door"}}
    if room.startswith("tabs"):
        return {"door", "page"}
    return below.get(room, {"door", "page", "api", "app"} | {demo_room(f"tabs/{tab.name}") for tab in TABS})


def test_rooms_of_the_demo_import_one_way_and_no_tab_another() -> None:
    for path in DEMO:
        room = demo_room(".".join(path.relative_to(ROOT).with_suffix("").parts))
        modules = [".".join(file.relative_to(ROOT).with_suffix("").parts) for file in DEMO if file.stem != "__init__"]
        used = {demo_room(name) for name in imports(path) & set(modules)}
        assert used - {room} <= may_use(room), name_of(path)


def test_modules_of_the_page_import_one_way_and_no_tab_another() -> None:
    below = {"page": set(), "runtime": {"page"}}
    graph = {}
    for path in (ROOT / "demo").glob("**/*.js"):
        name = path.relative_to(ROOT / "demo").as_posix()
        used = imports_of(name)
        assert all((ROOT / "demo" / other).is_file() for other in used), name
        rooms = {demo_room(other) for other in used} - {demo_room(name)}
        assert rooms <= below.get(demo_room(name), {"page", "runtime"}), name
        graph[name] = used
    assert len(graph) > 50
    graphlib.TopologicalSorter(graph).prepare()  # raises CycleError


def test_every_room_of_a_tab_holds_its_python_and_its_page() -> None:
    for tab in TABS:
        assert {f"{tab.name}.{kind}" for kind in ("py", "html", "css", "js")} <= {file.name for file in tab.iterdir()}


def test_packages_hold_exports_and_nothing_more() -> None:
    for path in [*CORE, *DEMO]:
        if path.stem == "__init__":
            allowed = (ast.Import, ast.ImportFrom, ast.Assign, ast.Expr)
            assert all(isinstance(node, allowed) for node in ast.parse(path.read_text()).body), path


def test_strokes_and_preprocessing_work_without_torch() -> None:
    for module in WITHOUT_TORCH:
        assert "torch" not in roots(ROOT / "vae_core" / f"{module.replace('.', '/')}.py")


def test_importing_every_module_does_nothing_else() -> None:
    """No thread settings, no seeds, no warnings, no files, no output; torchvision and the demo stay unloaded."""
    modules = [f"vae_core.{module_of(path)}" for path in CORE if path.stem != "__init__"]
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
