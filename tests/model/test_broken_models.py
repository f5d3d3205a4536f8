"""Broken models, each with what a person is told about it, to the letter.

`broken/NN-name.yaml` is the model, `broken/NN-name.txt` every problem that must be reported, in order. The texts were
written by reading each message as the person who made the mistake: what was expected, what was found, where,
what to do.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from groma.model.load import load
from groma.model.position import ModelError

FOLDER = Path(__file__).parent / "broken"
BROKEN = sorted(FOLDER.glob("*.yaml"))


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_a_broken_model_is_refused_with_all_its_problems(path: Path) -> None:
    with pytest.raises(ModelError) as error:
        load(path)
    assert str(error.value) + "\n" == path.with_suffix(".txt").read_text(encoding="utf-8")


def test_every_broken_model_has_its_text_and_every_text_its_model() -> None:
    assert {path.stem for path in BROKEN} == {path.stem for path in FOLDER.glob("*.txt")}
    assert len(BROKEN) >= 50
    assert [int(path.name[:2]) for path in BROKEN] == list(range(1, len(BROKEN) + 1))


def test_messages_name_the_place_and_never_the_machinery() -> None:
    for path in BROKEN:
        for line in path.with_suffix(".txt").read_text(encoding="utf-8").splitlines():
            file, at_line, column, message = line.split(":", 3)
            assert (FOLDER / file).is_file()
            assert int(at_line) >= 1
            assert int(column) >= 1
            assert not any(word in message for word in ("Traceback", "None", "object", "Exception", "``"))
