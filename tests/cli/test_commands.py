"""The table of commands, the files beside it and their help say the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import groma.cli
from groma.cli.commands import COMMANDS, GROUPS, Command
from groma.cli.main import main, overview
from groma.cli.parser import build, load
from groma.cli.status import Status

FOLDER = Path(groma.cli.__file__).parent


def test_every_command_file_has_a_row_and_every_row_a_file() -> None:
    files = {
        path.stem
        for path in FOLDER.glob("*.py")
        if re.search(r"^def configure\(", path.read_text(), re.MULTILINE)
    }
    assert files == {command.name for command in COMMANDS}


def test_rows_are_told_apart_and_fit_a_line() -> None:
    assert len({command.name for command in COMMANDS}) == len(COMMANDS)
    assert {command.group for command in COMMANDS} <= set(GROUPS)
    assert all(len(line) <= 80 for line in overview().splitlines())


def test_the_overview_names_every_command_and_every_status() -> None:
    text = overview()
    assert all(f"  {command.name} " in text and command.summary in text for command in COMMANDS)
    assert all(f"{status.value:>5}  {status.meaning}" in text for status in Status)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_the_help_of_a_command_has_examples_and_the_shared_options(
    command: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([command.name, "--help"]) == Status.MET
    by_option = capsys.readouterr().out
    assert main(["help", command.name]) == Status.MET
    assert capsys.readouterr().out == by_option
    _, _, examples = by_option.partition("examples:\n")
    assert examples.strip()
    assert all(line.startswith(f"  groma {command.name}") for line in examples.splitlines() if line)
    assert all(option in by_option for option in ("--json", "--quiet", "--no-progress", "--traceback"))


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_options_of_a_command_are_all_explained(command: Command) -> None:
    parser = build(command, load(command))
    unexplained = [action.dest for action in parser._actions if not action.help]
    assert unexplained == []


def test_an_unknown_command_is_named_with_the_nearest_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completoin"]) == Status.INVALID
    assert capsys.readouterr().err == (
        "groma: there is no command completoin; did you mean completion?\nSee: groma --help\n"
    )


def test_an_option_before_the_command_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--json", "completion"]) == Status.INVALID
    assert capsys.readouterr().err == (
        "groma: expected a command, found the option --json; options come after the command\nSee: groma --help\n"
    )


def test_wrong_words_give_one_line_and_where_help_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", "bash", "--jsn"]) == Status.INVALID
    assert capsys.readouterr().err == (
        "groma completion: unrecognized arguments: --jsn\nSee: groma completion --help\n"
    )
