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
print("ends with", audit_mutants.main(["--sample", "20", "--seed", "1"]))
audit_mutants.TESTS = ("audit_pages",)
print("ends with", audit_mutants.main(["title-long"]))
"""
"""Twenty mutants, then those of an audit without the tests that know it."""


def test_a_sample_of_mutants_is_caught_and_survivors_are_told(root: Path) -> None:
    command = [sys.executable, "-c", SAMPLED]
    answer = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    told = [line for line in answer.stdout.splitlines() if "survived" in line or line.startswith("ends")]
    assert told[0].startswith("20 mutants of 20 audits: ") and told[0].endswith(" 0 survived"), answer
    assert told[1] == "ends with 0" and told[-1] == "ends with 1", answer
    assert any(line.startswith("title-long: survived: ") and line.endswith(": 70 -> 71") for line in told), (
        told
    )


@pytest.mark.mutants
def test_every_mutant_is_caught(root: Path) -> None:
    command = [sys.executable, "tools/audit_mutants.py"]
    answer = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    print(answer.stdout.splitlines()[-1])
    assert answer.returncode == 0, answer.stdout + answer.stderr
