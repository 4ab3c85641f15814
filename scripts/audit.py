"""What is known of weaknesses in what is installed here, and a list of all of it (CycloneDX, JSON): make audit.

Where the network is missing a line says so and nothing fails. Ends with 1 where something is known. Its tools live in
an environment of their own.
"""

import json
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
TOOLS = ROOT / "build" / "audit"
LIST = ROOT / "build" / "sbom.json"
PACKAGES = ("pip-audit==2.10.1", "cyclonedx-bom==7.5.0")
LIMIT = 120.0  # seconds for each step
HASTY = ("--retries", "0", "--timeout", "10")  # of pip, which else tries for minutes


def told(found: dict[str, Any]) -> tuple[list[str], bool]:
    """Lines about what pip-audit found, and whether a weakness is among it."""
    asked = [package for package in found["dependencies"] if "skip_reason" not in package]
    known = [(package, weakness) for package in asked for weakness in package["vulns"]]
    if not asked:
        return ["audit: weaknesses cannot be looked up from here"], False
    count = (
        f"audit: {len(asked)} of {len(found['dependencies'])} packages were looked up; known weaknesses: {len(known)}"
    )
    return [count, *(line(package, weakness) for package, weakness in known)], bool(known)


def line(package: dict[str, Any], weakness: dict[str, Any]) -> str:
    mended = ", ".join(weakness["fix_versions"]) or "no version yet"
    return f"{package['name']} {package['version']}: {weakness['id']}, mended in {mended}"


def tool(name: str, *options: str) -> str:
    """What it prints. Raises OSError and subprocess.SubprocessError where it does not get there."""
    command = [str(TOOLS / "bin" / name), *options]
    made = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT)
    if name != "pip-audit":  # which ends with 1 where it found something, too
        made.check_returncode()
    return made.stdout


def fetch_tools() -> None:
    if not (TOOLS / "bin" / "pip-audit").exists():
        venv.create(TOOLS, with_pip=True)
    tool("python", "-m", "pip", "install", "--quiet", *HASTY, *PACKAGES)


def main() -> None:
    try:
        fetch_tools()
    except (OSError, subprocess.SubprocessError):
        return print("audit: its tools cannot be fetched from here")
    tool("cyclonedx-py", "environment", sys.executable, "--output-format", "JSON", "--output-file", str(LIST))
    print(f"audit: what is installed is listed in {LIST.relative_to(ROOT)}")
    installed = sysconfig.get_path("purelib")
    try:
        found = json.loads(tool("pip-audit", "--path", installed, "--format", "json", "--progress-spinner", "off"))
    except (OSError, ValueError, subprocess.SubprocessError):
        found = {"dependencies": []}
    lines, known = told(found)
    print("\n".join(lines))
    sys.exit(int(known))


if __name__ == "__main__":
    main()
