"""Files that a command is given to read, with an end to how much of them is read."""

from __future__ import annotations

from pathlib import Path

from groma.cli.errors import UserError

MOST_BYTES = 256 * 1024 * 1024


def bounded(path: Path, advice: str, most: int = MOST_BYTES) -> bytes:
    """The bytes of a file. Raises UserError for one that can't be read or is larger than `most`, with what to do then."""
    try:
        with path.open("rb") as stream:
            data = stream.read(most + 1)
    except OSError as error:
        raise UserError(f"{path}: {error.strerror}") from error
    if len(data) > most:
        raise UserError(f"{path}: larger than {most // 1024**2} MiB: {advice}")
    return data
