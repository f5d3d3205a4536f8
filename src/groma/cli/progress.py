"""Shows progress on standard error, and remembers where the work stands for the case that it is interrupted.

Only on a terminal (or when asked), and only for work of more than a second: quick commands stay silent. The clock
decides what is shown, never what is worked out.
"""

from __future__ import annotations

import time
from typing import TextIO

PATIENCE = 1.0
"""Seconds of work before anything is shown."""

PACE = 0.1
"""Seconds between two updates on a terminal; ten times as long where each update is a new line."""


class TerminalProgress:
    """A `groma.progress.Progress` that draws one line, rewritten in place on a terminal.

    `shown` None means: if `stream` is a terminal. `goes_on` is what an interrupted person is told about going on;
    a command that can resume sets it.
    """

    def __init__(self, stream: TextIO, shown: bool | None = None) -> None:
        self._stream = stream
        self._in_place = stream.isatty()
        self._shown = self._in_place if shown is None else shown
        self._started = time.monotonic()
        self._drawn_at: float | None = None
        self._dirty = False
        self.state = ""
        self.goes_on = ""

    def step(self, text: str, done: int, total: int | None = None) -> None:
        """Remembers the state and draws it if it is time to."""
        self.state = describe(text, done, total)
        now = time.monotonic()
        pace = PACE if self._in_place else 10 * PACE
        due = now - self._started >= PATIENCE and (self._drawn_at is None or now - self._drawn_at >= pace)
        if self._shown and due:
            self._drawn_at = now
            self._draw()

    def clear(self) -> None:
        """Takes the line away before something else is written."""
        if self._dirty:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
            self._dirty = False

    def _draw(self) -> None:
        if self._in_place:
            self._stream.write(f"\r\x1b[K{self.state[: _columns() - 1]}")
            self._dirty = True
        else:
            self._stream.write(f"{self.state}\n")
        self._stream.flush()


def describe(text: str, done: int, total: int | None) -> str:
    """`proving: 12 of 40 (30 %)`, or `proving: 12` where nobody knows how many."""
    if total is None:
        return f"{text}: {done}"
    share = f" ({100 * done // total} %)" if total else ""
    return f"{text}: {done} of {total}{share}"


def _columns() -> int:
    import shutil

    return shutil.get_terminal_size((100, 24)).columns
