"""The generated scripts complete what the parsers accept, asked of the shells themselves."""

from __future__ import annotations

import argparse
import shutil
import subprocess

import pytest

from groma.cli.commands import Command
from groma.cli.completion import SCRIPTS, Completed, Option, described
from groma.cli.main import main

CHECK = Completed(
    Command("check", "Look", "say what's wrong (it's quick)"),
    (
        Option(("-o", "--out"), "where [default: here]", True, ()),
        Option(("--as",), "in which form", True, ("text", "table")),
        Option(("--quick",), "100 % quick", False, ()),
    ),
    (),
)
KNOWN = [CHECK, Completed(Command("completion", "Workshop", "print the script"), (), ("bash", "zsh"))]


def shell(name: str) -> str:
    found = shutil.which(name)
    if not found:
        pytest.skip(f"{name} is not installed")
    return found


def bash_completes(*words: str) -> list[str]:
    quoted = " ".join(f"'{word}'" for word in words)
    asked = f"COMP_WORDS=({quoted}); COMP_CWORD={len(words) - 1}; _groma; echo ${{COMPREPLY[@]}}"
    code = f"{SCRIPTS['bash'](KNOWN)}\n{asked}"
    done = subprocess.run([shell("bash"), "-uc", code], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return done.stdout.split()


def test_bash_completes_commands_options_and_choices() -> None:
    assert bash_completes("groma", "c") == ["check", "completion"]
    assert bash_completes("groma", "help", "ch") == ["check"]
    assert bash_completes("groma", "check", "--") == ["--out", "--as", "--quick"]
    assert bash_completes("groma", "check", "--as", "t") == ["text", "table"]
    assert bash_completes("groma", "completion", "") == ["bash", "zsh"]
    assert bash_completes("groma", "check", "--out", "") == []  # left to file names


def test_fish_completes_commands_options_and_choices() -> None:
    def completes(line: str) -> list[str]:
        code = f"{SCRIPTS['fish'](KNOWN)}\ncomplete -C '{line}'"
        done = subprocess.run(
            [shell("fish"), "--no-config", "-c", code], capture_output=True, text=True, check=True
        )
        assert done.stderr == ""
        return done.stdout.splitlines()

    assert completes("groma ch") == ["check\tsay what's wrong (it's quick)"]
    assert completes("groma check --qu") == ["--quick\t100 % quick"]
    assert completes("groma check --as t") == ["table\tin which form", "text\tin which form"]


def test_the_script_for_zsh_is_one_that_zsh_can_read() -> None:
    subprocess.run([shell("zsh"), "-n"], input=SCRIPTS["zsh"](KNOWN), text=True, check=True)
    assert "'--out[where \\[default\\: here\\]]:value:_files'" in SCRIPTS["zsh"](KNOWN)


def test_defaults_and_percent_signs_are_filled_in_as_in_help(monkeypatch: pytest.MonkeyPatch) -> None:
    class Module:
        @staticmethod
        def configure(parser: argparse.ArgumentParser) -> None:
            parser.add_argument("--share", default=5, help="5 %% or so (default: %(default)s)")

    monkeypatch.setattr("groma.cli.completion.load", lambda command: Module)
    options = {option.names[-1]: option for option in described(Command("check", "Look", "x")).options}
    assert [name for name, option in options.items() if option.takes_word] == ["--share"]
    assert options["--share"] == Option(("--share",), "5 % or so (default: 5)", True, ())


@pytest.mark.parametrize("name", sorted(SCRIPTS))
def test_the_real_commands_have_a_script_without_loose_ends(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["completion", name]) == 0
    script = capsys.readouterr().out
    subprocess.run([shell(name), "-n"], input=script, text=True, check=True)
    assert "completion" in script
    assert "--no-progress" in script or "no-progress" in script
