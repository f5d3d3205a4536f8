"""Includes: files and folders beside a model, whole or some sections of them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from types import SimpleNamespace

import pytest

from groma.model.load import load
from groma.model.position import ModelError

HEAD = "groma: 1\nsystem: X\ncurrency: EUR\n"
OTHER = """\
groma: 1
facts: {pay: {value: 3 EUR/h, source: s, date: "2026"}}
people: {ana: {rate: $pay}}
places: {here: {in: DE}}
"""


def test_only_the_sections_that_are_named_are_taken(tmp_path: Path) -> None:
    (tmp_path / "other.yaml").write_text(OTHER)
    (tmp_path / "m.yaml").write_text(HEAD + "include: {from: other.yaml, only: [facts, places]}\n")
    model = load(tmp_path / "m.yaml")
    assert list(model.facts) == ["pay"] and list(model.places) == ["here"] and not model.people
    assert set(model.files) == {"m.yaml", "other.yaml"}


@pytest.mark.parametrize(
    "given",
    [
        "{from: other.yaml}",
        "{only: facts}",
        "{from: other.yaml, only: [wants]}",
        "{from: [a], only: facts}",
        "[[a]]",
    ],
)
def test_other_forms_are_told(tmp_path: Path, given: str) -> None:
    (tmp_path / "other.yaml").write_text(OTHER)
    (tmp_path / "m.yaml").write_text(HEAD + f"include: {given}\n")
    with pytest.raises(ModelError, match=r"m\.yaml:4:\d+: include: expected the name of a file or folder"):
        load(tmp_path / "m.yaml")


def test_a_folder_is_read_by_what_is_installed_and_its_files_are_sources(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "people.txt").write_text("ana")
    (tmp_path / "m.yaml").write_text(HEAD + "include: raw\n")

    def read(folder: Path) -> tuple[str, Iterable[Path]]:
        names = (folder / "people.txt").read_text().split()
        return f"people: {{{', '.join(f'{name}: {{}}' for name in names)}}}\n", [folder / "people.txt"]

    monkeypatch.setattr(
        "importlib.metadata.entry_points", lambda group: [SimpleNamespace(name="x", load=lambda: read)]
    )
    first = load(tmp_path / "m.yaml")
    assert list(first.people) == ["ana"] and set(first.files) == {"m.yaml", "raw/people.txt"}
    (tmp_path / "raw" / "people.txt").write_text("ana ben")
    assert load(tmp_path / "m.yaml").digest != first.digest


def test_without_a_reader_a_folder_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "raw").mkdir()
    (tmp_path / "m.yaml").write_text(HEAD + "include: raw\n")
    monkeypatch.setattr("importlib.metadata.entry_points", lambda group: [])
    with pytest.raises(
        ModelError, match=r"m\.yaml:4:10: include: `raw` is a folder, and nothing that reads folders"
    ):
        load(tmp_path / "m.yaml")
