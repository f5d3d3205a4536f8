"""Every way a command can end is put into words and an exit status: mistakes, faults, interruptions, closed pipes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

import groma.cli.main as entry
from groma.cli.errors import UserError
from groma.cli.main import main
from groma.cli.parser import Arguments
from groma.model.position import ModelError, Position, Problem
from groma.output import OutputError

Run = Callable[[Arguments], int]


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> Callable[[Run], None]:
    """Puts a function in the place of `groma completion`, without arguments of its own."""

    def put(run: Run) -> None:
        module = SimpleNamespace(configure=lambda parser: None, run=run)
        monkeypatch.setattr(entry, "load", lambda command: module)

    return put


def raises(error: BaseException) -> Run:
    def run(args: Arguments) -> int:
        raise error

    return run


def test_all_problems_of_a_model_are_told_in_order(command, capsys) -> None:
    late = Problem(Position("b.yaml", 12, 3), "unknown unit parsec; did you mean s?")
    early = Problem(Position("b.yaml", 2, 1), "expected a name", "naming")
    command(raises(ModelError([late, early])))
    assert main(["completion"]) == 2
    assert capsys.readouterr() == (
        "",
        "b.yaml:2:1: expected a name [naming]\n"
        "b.yaml:12:3: unknown unit parsec; did you mean s?\n"
        "2 problems; nothing was done\n",
    )


def test_problems_are_json_when_the_answer_is(command, capsys) -> None:
    command(raises(ModelError(Problem(Position("b.yaml", 2, 1), "expected a name"))))
    assert main(["completion", "--json"]) == 2
    out, err = capsys.readouterr()
    assert json.loads(out)["error"] == {
        "status": 2,
        "meaning": "the command line, a file or a model is invalid; nothing was done",
        "problems": [{"file": "b.yaml", "line": 2, "column": 1, "message": "expected a name", "rule": None}],
    }
    assert err == ""


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (UserError("expected a brief, found a model"), "expected a brief, found a model"),
        (OutputError("out: can't be written"), "out: can't be written"),
        (FileNotFoundError(2, "No such file or directory", "brief.yaml"), "brief.yaml: no such file or directory"),
    ],
)  # fmt: skip
def test_a_users_mistake_is_one_line_and_no_traceback(command, capsys, error: Exception, told: str) -> None:
    command(raises(error))
    assert main(["completion"]) == 2
    assert capsys.readouterr() == ("", told + "\n")


def test_a_fault_of_ours_says_so_and_shows_its_traceback_only_if_asked(command, capsys) -> None:
    command(raises(ZeroDivisionError("division by zero")))
    assert main(["completion"]) == 70
    short = capsys.readouterr().err
    assert short.startswith("Groma broke at test_endings.py:")
    assert "ZeroDivisionError: division by zero" in short
    assert "Traceback" not in short
    assert "--traceback" in short
    assert main(["completion", "--traceback"]) == 70
    assert capsys.readouterr().err.startswith("Traceback (most recent call last):")


def test_ctrl_c_says_what_is_left_and_how_to_go_on(command, capsys) -> None:
    def run(args: Arguments) -> int:
        args.console.progress.step("proving", 12, 40)
        args.console.progress.goes_on = (
            "12 proofs are kept in out/.proofs: the same command goes on from there."
        )
        raise KeyboardInterrupt

    command(run)
    assert main(["completion"]) == 130
    assert capsys.readouterr().err == (
        "\ngroma completion was interrupted while proving: 12 of 40 (30 %). "
        "12 proofs are kept in out/.proofs: the same command goes on from there.\n"
    )


@pytest.mark.parametrize(("sent", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_takes_half_written_output_away(tmp_path: Path, sent: signal.Signals, status: int) -> None:
    code = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore it
import pathlib, sys, time
from types import SimpleNamespace
import groma.cli.main as entry
from groma.output import whole_folder

def run(args):
    with whole_folder(pathlib.Path("blueprint")) as folder:
        (folder / "index.html").write_text("half")
        print("writing", flush=True)
        time.sleep(30)

entry.load = lambda command: SimpleNamespace(configure=lambda parser: None, run=run)
sys.argv = ["groma", "completion"]
raise SystemExit(entry.main())
"""
    child = subprocess.Popen(
        [sys.executable, "-c", code], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert child.stdout is not None
    assert child.stdout.readline() == "writing\n"
    child.send_signal(sent)
    _, err = child.communicate(timeout=10)
    assert child.returncode == status
    assert "Traceback" not in err
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("lines", [1, 100_000], ids=["noticed at the end", "noticed while writing"])
def test_a_reader_that_goes_away_is_no_fault(lines: int) -> None:
    code = f"""
import sys
from types import SimpleNamespace
import groma.cli.main as entry

def run(args):
    for _ in range({lines}):
        args.console.say("a line of the answer")
    return 0

entry.load = lambda command: SimpleNamespace(configure=lambda parser: None, run=run)
sys.argv = ["groma", "completion"]
sys.stdin.readline()
raise SystemExit(entry.main())
"""
    child = subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert child.stdin is not None and child.stdout is not None and child.stderr is not None
    child.stdout.close()
    child.stdin.write("go\n")
    child.stdin.close()
    assert child.wait(timeout=10) == 141
    assert child.stderr.read() == ""
    child.stderr.close()


@pytest.mark.parametrize("told", ["", "3"])
def test_linear_algebra_adds_in_one_order_unless_told_otherwise(told: str) -> None:
    """Sums of several threads differ in their last digits, and so would ledgers of machines with other cores."""
    asked = "import os, sys; from groma.cli.main import main; sys.argv = ['groma', '--version']; main()"
    shown = f"{asked}; print('numpy' in sys.modules, os.environ['OPENBLAS_NUM_THREADS'])"
    given = {k: v for k, v in os.environ.items() if k != "OPENBLAS_NUM_THREADS"}
    done = subprocess.run(
        [sys.executable, "-c", shown],
        env=given | ({"OPENBLAS_NUM_THREADS": told} if told else {}),
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.split()[-2:] == ["False", told or "1"]
