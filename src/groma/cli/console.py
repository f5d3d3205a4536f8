"""Where a command answers: standard output for the answer, standard error for everything about it.

With `--json` the answer is one JSON document and nothing else; with `--quiet` remarks are left out. Colour only on a
terminal, never if NO_COLOR is set (no-color.org), and never as the only carrier of a meaning.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, TextIO

from groma.cli.progress import TerminalProgress

if TYPE_CHECKING:
    from groma.cli.table import Column

Tone = Literal["good", "bad", "doubtful", "weak", "strong"]

_CODES: dict[Tone, str] = {"good": "32", "bad": "31", "doubtful": "33", "weak": "2", "strong": "1"}


class Console:
    """The streams of one command, how it was asked to use them, and its progress."""

    def __init__(
        self,
        out: TextIO | None = None,
        err: TextIO | None = None,
        *,
        json: bool = False,
        quiet: bool = False,
        progress: bool | None = None,
    ) -> None:
        self._out = out or sys.stdout
        self._err = err or sys.stderr
        self.json = json
        self.quiet = quiet
        self.progress = TerminalProgress(self._err, False if quiet else progress)

    def say(self, text: str = "") -> None:
        """A line of the answer, for a person (left out with --json)."""
        if not self.json:
            self._write(self._out, text)

    def table(self, columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> None:
        """A table of the answer, as wide as the terminal or, if piped, as it needs (left out with --json)."""
        from groma.cli.table import render

        self.say(render(columns, rows, self.width))

    def answer(self, value: object) -> None:
        """The whole answer as JSON (left out without --json): keys in the order given, numbers never NaN."""
        if self.json:
            import json

            self._write(self._out, json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False))

    def note(self, text: str) -> None:
        """A remark about the work, on standard error (left out with --quiet)."""
        if not self.quiet:
            self._write(self._err, text)

    def complain(self, text: str) -> None:
        """A problem, on standard error, always."""
        self._write(self._err, text)

    def toned(self, text: str, tone: Tone) -> str:
        """`text` in a colour if the answer goes to a terminal that may have it; only for text outside tables."""
        colourful = self._out.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
        return f"\x1b[{_CODES[tone]}m{text}\x1b[0m" if colourful else text

    @property
    def width(self) -> int | None:
        """Columns of the terminal that the answer goes to, None if it goes elsewhere."""
        import shutil

        return shutil.get_terminal_size((100, 24)).columns if self._out.isatty() else None

    def _write(self, stream: TextIO, text: str) -> None:
        self.progress.clear()
        stream.write(text + "\n")
