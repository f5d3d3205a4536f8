"""What a want keeps and refuses has to be an answer that its design knows."""

from __future__ import annotations

from pathlib import Path

import pytest

from groma.model.load import ModelError
from groma.patterns import library, resolve


def brief(root: Path, tmp_path: Path, old: str, new: str) -> Path:
    folder = root / "examples/escalation-desk"
    for file in folder.iterdir():
        if file.is_file():
            (tmp_path / file.name).write_bytes(file.read_bytes())
    path = tmp_path / "brief.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ("scren=none", "no such answer, `scren=none`; did you mean `screen=none`?"),
        ("second=haikoo", "no such answer, `second=haikoo`; did you mean `second=haiku`?"),
        ("knowledge.fail_over=x", "no such answer, `knowledge.fail_over=x`"),
    ],
)
def test_an_answer_that_does_not_exist_is_a_mistake(
    root: Path, tmp_path: Path, entry: str, told: str
) -> None:
    path = brief(root, tmp_path, "- screen=none ", f"- {entry} ")
    with pytest.raises(ModelError) as caught:
        resolve(path, library())
    assert [problem.message for problem in caught.value.problems if told in problem.message]


def test_a_nested_answer_and_one_of_several_variants_are_known(root: Path) -> None:
    space = resolve(root / "examples/company/desk.yaml", library())
    assert space.roles
