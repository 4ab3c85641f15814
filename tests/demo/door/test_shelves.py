"""Shelves of models: each page's own, no links, no odd names, and nobody's pushed out by others."""

import os
import stat
import time
from pathlib import Path

import pytest

from demo.door.owner import Owner
from demo.door.shelves import MOST, STALE, Shelves, page_of

MINE, THEIRS = page_of("m" * 32), page_of("t" * 32)


@pytest.fixture
def shelves(tmp_path: Path) -> Shelves:
    return Shelves(tmp_path)


def put(shelves: Shelves, page: str, name: str, age: float = 0.0) -> Path:
    file = shelves.of(page) / f"{name}.safetensors"
    file.parent.mkdir(exist_ok=True)
    file.touch()
    os.utime(file, (time.time() - age,) * 2)
    return file


def brought(k: int) -> str:
    return f"loaded-{k:016x}"


def test_a_page_sees_what_it_brought_and_what_anybody_trained(shelves: Shelves) -> None:
    for page, names in ((MINE, ("conv-1", brought(1))), (THEIRS, ("conv-2", brought(2)))):
        for name in names:
            put(shelves, page, name)
    (shelves.folder / "own.safetensors").touch()
    assert shelves.names(MINE) == ["conv-1", "conv-2", brought(1), "own"]
    assert shelves.names() == ["conv-1", "conv-2", "own"]
    assert shelves.find(brought(2)) == shelves.of(THEIRS) / f"{brought(2)}.safetensors"  # for whoever has its name


def test_links_and_odd_names_are_neither_listed_nor_found(shelves: Shelves, tmp_path: Path) -> None:
    elsewhere = tmp_path.parent / "elsewhere"
    elsewhere.mkdir(exist_ok=True)
    (elsewhere / "secret.safetensors").write_bytes(b"secret")
    (tmp_path / "link.safetensors").symlink_to(elsewhere / "secret.safetensors")
    (tmp_path / ("0" * 32)).symlink_to(elsewhere)
    (tmp_path / "folder.safetensors").mkdir()
    os.mkfifo(tmp_path / "pipe.safetensors")
    odd = ["a b", 'a"b', "a\nb", "-rf", ".hidden", "é", "a;b", "$(x)", "<b>", "a" * 65]
    for name in odd:
        (tmp_path / f"{name}.safetensors").touch()
    assert shelves.names() == []
    for name in [*odd, "link", "secret", "folder", "pipe", "../elsewhere/secret", "", None, 7, [], "a/b", "a\0b"]:
        assert shelves.find(name) is None


def test_a_full_shelf_loses_the_oldest_of_its_own_kind_and_no_other_page_any(shelves: Shelves) -> None:
    theirs = [put(shelves, THEIRS, brought(k), age=100) for k in range(3)]
    for k in range(4):
        put(shelves, MINE, brought(10 + k), age=50 - k)
    put(shelves, MINE, "conv-1", age=90)
    shelves.make_room(MINE, True, 3)
    assert shelves.names(MINE) == ["conv-1", brought(12), brought(13)]
    assert all(file.exists() for file in theirs)


def test_where_all_is_full_only_what_is_stale_goes(shelves: Shelves) -> None:
    mine = [put(shelves, page_of(f"{k:032}"), brought(k)) for k in range(MOST - 1)]
    stale = put(shelves, THEIRS, "conv-1", age=STALE + 1)
    kept = shelves.folder / "own.safetensors"
    kept.touch()
    os.utime(kept, (0, 0))
    assert shelves.make_room(MINE, True, 8) == shelves.of(MINE)
    assert not stale.parent.exists() and kept.exists()
    put(shelves, MINE, brought(MOST))
    with pytest.raises(ValueError, match="no room for another model: 100 are kept here"):
        shelves.make_room(page_of("z" * 32), False, 8)
    assert all(file.exists() for file in mine)


def test_the_owners_key_is_theirs_alone_and_lasts(tmp_path: Path) -> None:
    file = tmp_path / "owner.key"
    owner = Owner(file)
    assert not owner.is_("") and not owner.is_(None)
    key = owner.key()
    assert (Owner(file).key(), stat.S_IMODE(file.stat().st_mode)) == (key, 0o600)
    assert owner.is_(key) and len(key) >= 32
    for other in ("", key[:-1], key + "x", None, 7, [key], "é" * 32, "\ud800" * 32):
        assert not owner.is_(other)
    assert os.listdir(tmp_path) == ["owner.key"]


def test_the_owners_link_is_the_apps_address_with_the_key_where_no_log_sees_it(tmp_path: Path) -> None:
    owner = Owner(tmp_path / "owner.key")
    assert owner.link("http://[::1]:7860") == f"http://[::1]:7860/#owner={owner.key()}"
