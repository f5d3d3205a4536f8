"""Small functions of one item for workers: importable where they run, each the same whenever it is called."""

from __future__ import annotations

import hashlib
import math
import os
import signal
import time
from pathlib import Path
from typing import Any


def number(item: int) -> list[float]:
    """Floats that need all their digits."""
    return [math.sin(item + 0.1), math.exp(item / 7) / 3, math.inf if item == 5 else 1.0]


def fussy(item: int) -> int:
    """Fails on multiples of seven."""
    if item % 7 == 0:
        raise ValueError(f"seven divides\n {item}")
    return item * item


def slow(item: int) -> str:
    time.sleep(0.005)
    return hashlib.sha256(str(item).encode()).hexdigest()


def kills_once(item: tuple[int, str]) -> int:
    """The first time that item 12 is met its process dies; the file says that it has."""
    number, mark = item
    if number == 12 and not Path(mark).exists():
        Path(mark).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number + 1


def kills_always(item: int) -> int:
    if item == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return item + 1


def refuses_json(item: int) -> Any:
    return object() if item == 1 else item


def after_a_while(seconds: float, answer: int) -> int:
    """An answer that others wait for."""
    time.sleep(seconds)
    return answer
