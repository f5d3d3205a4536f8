"""`groma new --survey`: the spreadsheet somebody fills in who never saw a model."""

from __future__ import annotations

from pathlib import Path

import pytest

from groma.cli.main import main
from groma.importers.intake.xlsx_file import read_xlsx


def test_the_spreadsheet_of_a_survey_is_written_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "company.xlsx"
    assert main(["new", "--survey", str(out)]) == 0
    assert "to be filled in" in capsys.readouterr().out
    sheets, _ = read_xlsx(out.read_bytes(), "company.xlsx")
    assert [sheet.name for sheet in sheets][:3] == ["Read me", "People", "Tools"]
    assert main(["new", "--survey", str(out)]) == 2
    assert "found a file" in capsys.readouterr().err
    assert main(["new", "--survey", str(out), "--force"]) == 0


def test_another_kind_of_file_is_refused_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new", "--survey", str(tmp_path / "company.csv")]) == 2
    assert "expected the name of a spreadsheet" in capsys.readouterr().err
