"""A mistake that every design would have is the brief's: it is told at its place, and nothing is searched."""

from __future__ import annotations

from pathlib import Path

import pytest

from groma import api
from groma.model.position import ModelError


def brief(root: Path, tmp_path: Path, old: str, new: str) -> Path:
    for file in (root / "examples/first-steps").rglob("*"):
        if file.is_file():
            path = tmp_path / file.relative_to(root / "examples/first-steps")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(file.read_bytes())
    path = tmp_path / "brief.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    return path


def test_a_mistake_of_the_brief_itself_is_told_at_once(root: Path, tmp_path: Path) -> None:
    wrong = 'people: {ana: {hours: 20 h, works: "Mon-Fri 08:00-18:00"}}\nneeds:'
    path = brief(root, tmp_path, "needs:", wrong)
    with pytest.raises(ModelError) as caught:
        api.design(path)
    (problem,) = caught.value.problems
    line = 1 + path.read_text(encoding="utf-8").splitlines().index(wrong.partition("\n")[0])
    assert problem.message.startswith("people.ana.works:") and (
        problem.position.file,
        problem.position.line,
    ) == (
        "brief.yaml",
        line,
    )
