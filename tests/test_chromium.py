"""On a machine without a browser."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from chromium import MISSING
from tiny import TESTS


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["one", "two"])
def test_a_machine_without_chromium_is_told_in_one_line_before_any_test(
    tmp_path: Path, workers: tuple[str, ...]
) -> None:
    bare = {name: value for name, value in os.environ.items() if not name.startswith(("CHROMIUM", "PYTEST"))}
    bare |= {"PATH": str(tmp_path), "PLAYWRIGHT_BROWSERS_PATH": str(tmp_path)}
    command = [sys.executable, "-m", "pytest", *workers]
    told = subprocess.run(command, cwd=TESTS.parent, env=bare, capture_output=True, text=True)
    assert told.returncode != 0
    assert (told.stdout + told.stderr).split("\n") == [f"ERROR: {MISSING}", "", ""]
