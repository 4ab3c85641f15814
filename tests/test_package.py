"""The wheel, installed into an environment of its own and used from a folder outside the checkout."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import venv
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement

from demo.page.files import version

ROOT = Path(__file__).parents[1]
PARTS = ("app.py", "setup.py", "pyproject.toml", "requirements.txt", "README.md", "LICENSE")
FOLDERS = ("demo", "vae_core", "checkpoints", "tests", "benchmarks", "scripts")
PATIENCE = 600  # seconds for any command, on a busy machine
PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy, so that nothing of an earlier build is in it and nothing of this one stays in the checkout."""
    source = tmp_path_factory.mktemp("source")
    for name in PARTS:
        shutil.copy(ROOT / name, source)
    for name in FOLDERS:
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    run(*PIP, "wheel", ".", "--no-deps", "--no-index", "--no-build-isolation", "--wheel-dir", "dist", cwd=source)
    (built,) = (source / "dist").glob("*.whl")
    return built


@pytest.fixture(scope="module")
def site(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site-packages of an environment with the wheel; what it depends on is taken from this environment."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, symlinks=os.name == "posix")
    (site,) = folder.glob("lib/python*/site-packages")
    ours = [path for path in sys.path if path.endswith("-packages")]
    (site / "dependencies.pth").write_text("".join(f"{path}\n" for path in ours))
    run(
        *PIP,
        "--python",
        str(programs_of(site) / "python"),
        "install",
        "--no-deps",
        "--no-index",
        str(wheel),
        cwd=folder,
    )
    return site


def programs_of(site: Path) -> Path:
    """Where that environment's python and vae-demo are."""
    return site.parents[2] / "bin"


def environment() -> dict[str, str]:
    """Ours, but for what would lead a program to the checkout or to the network."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "GRADIO"))}
    return own | {"OMP_NUM_THREADS": "1", "GRADIO_ANALYTICS_ENABLED": "False", "no_proxy": "127.0.0.1"}


def run(*command: str, cwd: Path) -> str:
    """What a command printed; it must end well."""
    result = subprocess.run(
        command, cwd=cwd, env=environment(), capture_output=True, text=True, encoding="utf-8", timeout=PATIENCE
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def test_the_wheel_holds_the_two_packages_with_their_pages_and_the_checkpoints_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as file:
        names = {name for name in file.namelist() if ".dist-info/" not in name}
    files = (path for folder in ("demo", "vae_core") for path in (ROOT / folder).rglob("*") if path.is_file())
    expected = {path.relative_to(ROOT).as_posix() for path in files if "__pycache__" not in path.parts}
    checkpoints = {*(ROOT / "checkpoints").glob("*.json"), *(ROOT / "checkpoints").glob("*.safetensors")}
    assert names == expected | {f"vae_core/checkpoints/{path.name}" for path in checkpoints}
    assert {"demo/door/mnist-sample.png", "demo/runtime/model.js", "vae_core/checkpoints/conv.json"} <= names


def test_what_it_needs_is_what_requirements_txt_says(site: Path) -> None:
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    expected = {str(Requirement(line)) for line in lines if line and not line.startswith("#")}
    assert {str(Requirement(text)) for text in package(site).requires or []} == expected
    assert package(site).metadata["Requires-Python"] == "<3.14,>=3.11"


def package(site: Path) -> Distribution:
    (own,) = (one for one in distributions(path=[str(site)]) if one.metadata["Name"] == "vae-demo")
    return own


@pytest.fixture(scope="module")
def told(site: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What one program saw of the installed packages: the shipped models, the Inside tab's sources, and what the Train
    tab got from the command line, which it runs as a process of its own."""
    program = """
import json, pathlib, vae_core
from demo.door.mnist_sample import labelled_digits
from demo.tabs.inside.source import sources
from demo.tabs.train.process import launch
x, digits = labelled_digits()
model = vae_core.load_model()
launch(["models"], pathlib.Path("output"), pathlib.Path("lock"))
print(json.dumps({
    "package": vae_core.__file__,
    "model": model.name,
    "models": vae_core.available_models(),
    "right": float((model.classify(x).argmax(1) == digits).mean()),
    "sources": sorted({piece["file"] for piece in sources()}),
    "output": pathlib.Path("output").read_text(),
}))
"""
    python = str(programs_of(site) / "python")
    return json.loads(run(python, "-c", program, cwd=tmp_path_factory.mktemp("elsewhere")))


def test_the_shipped_models_are_there_and_read_real_digits(told: dict[str, Any], site: Path) -> None:
    assert Path(told["package"]) == site / "vae_core" / "__init__.py"
    shipped = {path.stem for path in (ROOT / "checkpoints").glob("*.safetensors")} - {"judge"}
    assert set(told["models"]) == shipped
    assert told["model"] == "conv"
    assert told["right"] > 0.98


def test_the_train_tab_reaches_the_command_line(told: dict[str, Any]) -> None:
    assert told["output"].split() == told["models"]


def test_the_inside_tab_names_files_as_the_repository_does(told: dict[str, Any]) -> None:
    assert "vae_core/encoder.py" in told["sources"]
    assert all((ROOT / name).is_file() for name in told["sources"])


def test_the_command_line_says_what_it_can_do(site: Path, tmp_path: Path) -> None:
    said = run(str(programs_of(site) / "python"), "-m", "vae_core", "--help", cwd=tmp_path)
    assert "usage: python -m vae_core" in said
    assert "train a preset" in said


def test_the_command_of_the_app_says_its_options_before_anything_heavy_is_loaded(site: Path, tmp_path: Path) -> None:
    assert "usage: vae-demo" in run(str(programs_of(site) / "vae-demo"), "--help", cwd=tmp_path)
    program = "import sys, demo.command; print([name for name in ('gradio', 'torch', 'numpy') if name in sys.modules])"
    assert run(str(programs_of(site) / "python"), "-c", program, cwd=tmp_path).strip() == "[]"


def test_the_app_is_served_with_its_page_scripts_and_pictures(site: Path, tmp_path: Path) -> None:
    with served(programs_of(site) / "vae-demo", tmp_path) as address:
        assert "One hand, ten digits" in fetch(address).decode()
        for name in ("runtime/model.js", "tabs/draw/draw.js", "page/test-digits.png"):
            assert fetch(f"{address}files/{version()}/{name}") == (ROOT / "demo" / name).read_bytes()
    assert os.listdir(tmp_path) == ["log.txt"]  # nothing else was written to the current folder


@contextmanager
def served(program: Path, folder: Path) -> Iterator[str]:
    """The installed app, run in `folder`; gives its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address, log = f"http://127.0.0.1:{port}/", folder / "log.txt"
    with log.open("wb") as output:
        command = [program, "--port", str(port), "--no-training"]
        app = subprocess.Popen(command, cwd=folder, env=environment(), stdout=output, stderr=subprocess.STDOUT)
    try:
        deadline = time.monotonic() + PATIENCE
        while not answers(address):
            assert app.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.5)
        yield address
    finally:
        app.terminate()
        app.wait(timeout=PATIENCE)


def answers(address: str) -> bool:
    try:
        fetch(address)
    except (urllib.error.URLError, OSError):
        return False
    return True


def fetch(address: str) -> bytes:
    with urllib.request.urlopen(address, timeout=60) as answer:
        return answer.read()
