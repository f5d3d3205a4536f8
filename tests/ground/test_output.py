"""Files and folders are written whole or not at all, and nobody's work is replaced unasked."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from groma.output import OutputError, whole_folder, write_whole


def contents(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): path.read_text()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def write(folder: Path, text: str, name: str = "index.html") -> None:
    with whole_folder(folder) as scratch:
        (scratch / name).write_text(text)


def test_a_folder_appears_only_when_it_is_complete(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "blueprint"
    with whole_folder(target) as scratch:
        (scratch / "index.html").write_text("new")
        assert not target.exists()
        assert scratch.stat().st_dev == target.parent.stat().st_dev
    assert contents(target) == {".groma": "", "index.html": "new"}
    assert os.listdir(target.parent) == ["blueprint"]


def test_a_second_blueprint_replaces_the_first_entirely(tmp_path: Path) -> None:
    write(tmp_path / "out", "old", "gone.html")
    write(tmp_path / "out", "new")
    assert contents(tmp_path) == {"out/.groma": "", "out/index.html": "new"}


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_an_exception_leaves_what_was_there(tmp_path: Path, error: type[BaseException]) -> None:
    write(tmp_path / "out", "old")
    with pytest.raises(error), whole_folder(tmp_path / "out") as scratch:
        (scratch / "index.html").write_text("half")
        raise error
    assert contents(tmp_path) == {"out/.groma": "", "out/index.html": "old"}


def test_a_failed_move_puts_the_old_folder_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "out", "old")
    rename = Path.rename

    def fails_for_the_new_one(self: Path, target: Path) -> Path:
        if (self / "index.html").exists() and (self / "index.html").read_text() == "new":
            raise OSError(28, "No space left on device")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fails_for_the_new_one)
    with pytest.raises(OSError, match="No space"):
        write(tmp_path / "out", "new")
    assert contents(tmp_path) == {"out/.groma": "", "out/index.html": "old"}


def test_a_folder_of_somebody_else_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.tex").write_text("years of work")
    started = False
    with pytest.raises(OutputError) as refused, whole_folder(tmp_path / "out"):
        started = True
    assert not started
    assert str(refused.value) == (
        f"{tmp_path}/out: holds files that Groma did not write (thesis.tex); choose another --out or empty it first"
    )
    with whole_folder(tmp_path / "out", replace=True) as scratch:
        (scratch / "index.html").write_text("new")
    assert contents(tmp_path) == {"out/.groma": "", "out/index.html": "new"}


def test_a_link_or_a_file_is_not_taken_for_a_folder(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    (tmp_path / "file").write_text("x")
    for name in ("link", "file"):
        with pytest.raises(OutputError, match="found a file or a link"), whole_folder(tmp_path / name):
            pass
    with pytest.raises(OutputError, match="can't be written"), whole_folder(tmp_path / "file" / "out"):
        pass


def test_a_file_is_replaced_whole_and_keeps_its_mode_and_its_link(tmp_path: Path) -> None:
    path, link = tmp_path / "model.yaml", tmp_path / "link.yaml"
    write_whole(path, "old\n")
    path.chmod(0o600)
    link.symlink_to("model.yaml")
    write_whole(link, "ü\r\n")
    assert path.read_bytes() == "ü\r\n".encode()
    assert path.stat().st_mode & 0o777 == 0o600
    assert link.is_symlink()
    assert sorted(os.listdir(tmp_path)) == ["link.yaml", "model.yaml"]


def test_a_file_that_can_not_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "folder").mkdir()
    for target in (tmp_path / "file" / "model.yaml", tmp_path / "folder"):
        with pytest.raises(OutputError, match="can't be written"):
            write_whole(target, "x")
    assert sorted(os.listdir(tmp_path)) == ["file", "folder"]
