"""What is told of the weaknesses of what is installed."""

from scripts.audit import told


def package(name: str, *weaknesses: dict) -> dict:
    return {"name": name, "version": "1.0", "vulns": list(weaknesses)}


def test_a_known_weakness_is_told_with_the_version_that_mends_it() -> None:
    weakness = {"id": "CVE-2026-1", "fix_versions": ["1.1", "2.0"], "aliases": [], "description": ""}
    lines, known = told({"dependencies": [package("sound"), package("weak", weakness)]})
    assert known
    assert lines[0].endswith("2 of 2 packages were looked up; known weaknesses: 1")
    assert lines[1:] == ["weak 1.0: CVE-2026-1, mended in 1.1, 2.0"]


def test_what_could_not_be_looked_up_is_not_called_sound() -> None:
    unknown = {"name": "ours", "skip_reason": "Dependency not found"}
    lines, known = told({"dependencies": [package("sound"), unknown]})
    assert (lines, known) == (["audit: 1 of 2 packages were looked up; known weaknesses: 0"], False)
    assert told({"dependencies": [unknown]}) == (["audit: weaknesses cannot be looked up from here"], False)
    assert told({"dependencies": []}) == (["audit: weaknesses cannot be looked up from here"], False)
