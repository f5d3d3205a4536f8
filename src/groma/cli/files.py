"""Files that a command is given to read, with an end to how much of them is read."""

from __future__ import annotations

from pathlib import Path

from groma.cli.errors import UserError

MOST_BYTES = 256 * 1024 * 1024


def bounded(path: Path, advice: str) -> bytes:
    """The bytes of a file. Raises UserError for one that can't be read, or that is larger, with advice what to do."""
    try:
        with path.open("rb") as stream:
            data = stream.read(MOST_BYTES + 1)
    except OSError as error:
        raise UserError(f"{path}: {error.strerror}") from error
    if len(data) > MOST_BYTES:
        raise UserError(f"{path}: larger than {MOST_BYTES // 1024**2} MiB: {advice}")
    return data
