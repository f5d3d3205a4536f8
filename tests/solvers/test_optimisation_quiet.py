"""What a library prints from C while it solves doesn't reach the standard output; what Python prints does, in order."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from groma.solvers.optimisation.quiet import quiet

WRITES = """
import os
from groma.solvers.optimisation.quiet import quiet
print("before")
with quiet():
    os.write(1, b"noise\\n")
print("after")
"""


def test_only_what_is_written_meanwhile_is_lost() -> None:
    ran = subprocess.run([sys.executable, "-c", WRITES], capture_output=True, text=True, check=True)
    assert ran.stdout == "before\nafter\n"


def test_only_the_standard_output_is_silent(capfd: pytest.CaptureFixture[str]) -> None:
    with quiet():
        os.write(1, b"noise\n")
        os.write(2, b"warning\n")
    os.write(1, b"after\n")
    assert capfd.readouterr() == ("after\n", "warning\n")


def test_no_descriptor_is_left_open() -> None:
    free = [os.dup(1), os.dup(1)]
    for descriptor in free:
        os.close(descriptor)
    for _ in range(3):
        with quiet():
            pass
    found = [os.dup(1), os.dup(1)]
    for descriptor in found:
        os.close(descriptor)
    assert found == free


def test_it_ends_with_an_error_too() -> None:
    text = WRITES.replace("    os.write", "    raise SystemExit(3)\n    os.write")
    text = text.replace("with quiet():", "import atexit; atexit.register(print, 'at the end')\nwith quiet():")
    ran = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout) == (3, "before\nat the end\n")
