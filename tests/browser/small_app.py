"""app.py whose trainings use the small sample of MNIST: python small_app.py [options of app.py]."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

import app
from demo.tabs.train import process

if __name__ == "__main__":
    process.COMMAND = (sys.executable, str(Path(__file__).parents[1] / "small_run.py"), "SIGKILL", "0")
    app.main()
