"""The command that serves the app."""

import sys
from pathlib import Path

import pytest

from demo.command import main, parse


def test_folders_are_those_below_the_current_one_unless_said() -> None:
    options = parse([])
    assert (options.data, options.runs) == (Path("data"), Path("runs"))
    assert parse(["--runs", "/elsewhere"]).runs == Path("/elsewhere")


def test_the_environment_sets_defaults_that_options_override(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADIO_SERVER_NAME", "0.0.0.0")
    monkeypatch.setenv("GRADIO_SERVER_PORT", "8000")
    assert (parse([]).host, parse([]).port) == ("0.0.0.0", 8000)
    assert parse(["--port", "9000"]).port == 9000


def test_a_model_that_is_not_there_ends_the_command_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")  # put back as it was afterwards
    monkeypatch.setattr(sys, "argv", ["/somewhere/bin/vae-demo", "--no-training", "--model", "nobody"])
    with pytest.raises(SystemExit, match="^vae-demo: no model 'nobody': expected one of blog, .*checkpoint$"):
        main()
