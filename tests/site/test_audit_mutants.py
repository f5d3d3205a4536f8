"""Audits that are changed are noticed: a few of each run, all of them where it is asked for."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SAMPLED = """
import sys
sys.path.insert(0, "tools")
import audit_mutants
print(audit_mutants.main(["--sample", "20", "--seed", "1"]))
audit_mutants.declared = dict
print(audit_mutants.main(["figures-without-source"]))
"""


def test_a_sample_of_mutants_is_caught_and_one_that_changes_nothing_is_told(root: Path) -> None:
    command = [sys.executable, "-c", SAMPLED]
    answer = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    told = [line for line in answer.stdout.splitlines() if line.strip("\n.")]
    assert told[:2] == ["20 mutants of 20 audits: 20 caught, 0 change nothing, 0 survived", "0"], answer
    assert told[-1] == "1" and told[-2].endswith(" 0 change nothing, 2 survived"), answer
    assert sum(line.startswith("figures-without-source: survived: ") for line in told) == 2


@pytest.mark.mutants
def test_every_mutant_is_caught(root: Path) -> None:
    command = [sys.executable, "tools/audit_mutants.py"]
    answer = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    print(answer.stdout.splitlines()[-1])
    assert answer.returncode == 0, answer.stdout + answer.stderr
