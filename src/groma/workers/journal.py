"""What is finished already, one line an item, so that interrupted work goes on where it stopped.

Append-only: a line is written when its item is finished and never touched again. It names what was worked out by its
content (a digest of function, model and point), so a journal is right for whatever is asked of it, in any order, and a
changed model finds nothing in it. A line that an interruption tore is cut off. Failures aren't kept: they are tried
again.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path


class Journal:
    """The finished items of `path` by name. Raises OSError where it can't be read or written."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._found: dict[str, str] = {}
        self._whole = 0
        """Bytes up to the end of the last whole line."""
        if path.exists():
            self._read(path.read_bytes())

    def __len__(self) -> int:
        return len(self._found)

    def get(self, name: str) -> str | None:
        """The outcome of the item of this name as JSON, None if it isn't finished."""
        return self._found.get(name)

    def append(self, finished: Iterable[tuple[str, str]]) -> None:
        """Enter items that are finished: (name, outcome as JSON)."""
        lines = [
            f"{json.dumps({'name': name})[:-1]}, {text[1:]}\n"
            for name, text in finished
            if not text.startswith('{"failed"')
        ]
        if not lines:
            return
        data = "".join(lines).encode()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with open(self.path, "ab") as file:
            if file.tell() > self._whole:
                os.truncate(self.path, self._whole)
            file.write(data)
        self._whole += len(data)

    def discard(self) -> None:
        """Take the journal away: the work is finished and its result written."""
        self.path.unlink(missing_ok=True)

    def _read(self, data: bytes) -> None:
        for line in data.splitlines(keepends=True):
            entry = _entry(line)
            if entry is None:
                break  # torn, or not ours: what follows is written anew
            self._found[entry[0]] = entry[1]
            self._whole += len(line)


def _entry(line: bytes) -> tuple[str, str] | None:
    if not line.endswith(b"\n"):
        return None
    try:
        name = json.loads(line)["name"]
        text = line.decode().rstrip("\n")
    except (ValueError, KeyError, TypeError):
        return None
    head = f"{json.dumps({'name': name})[:-1]}, "
    return (name, "{" + text.removeprefix(head)) if text.startswith(head) else None
