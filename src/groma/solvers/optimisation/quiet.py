"""Silence for a library that prints while it solves.

HiGHS writes lines of its own to the process's standard output from C, past every option that turns its log off
("transformNewIntegerFeasibleSolution tmpSolver.run();"), where they would mix with the answer of a command.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Generator
from contextlib import contextmanager

STDOUT = 1


@contextmanager
def quiet() -> Generator[None]:
    """What is written to file descriptor 1 meanwhile goes nowhere; what Python holds back is written before."""
    if sys.stdout is not None:
        sys.stdout.flush()
    try:
        kept = os.dup(STDOUT)
    except OSError:  # there is no standard output
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, STDOUT)
        yield
    finally:
        os.dup2(kept, STDOUT)
        os.close(kept)
        os.close(nowhere)
