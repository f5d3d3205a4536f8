"""Writes a file or a folder whole or not at all.

A blueprint is opened, mailed and committed as one thing, so a reader must never meet half of one: everything is
written beside the destination and moved over it at the end by rename(2), which POSIX makes atomic on one file
system (a folder that replaces another takes two renames: for an instant there is neither). An interruption leaves
what was there before. It stands below the model because any floor may write.
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

MARK = ".groma"
"""The file that says "this folder was written by Groma, it may be replaced"."""


class OutputError(Exception):
    """The destination can't be written or must not be replaced; the message says which, and what to do."""


@contextmanager
def whole_folder(destination: Path, *, replace: bool = False) -> Generator[Path]:
    """Yields an empty folder to write into, which becomes `destination` when the block ends without an exception.

    A folder already there is replaced if it is empty or was written by this function (it holds the file `.groma`);
    with `replace` in any case. Otherwise, and if `destination` can't be written, raises OutputError, before any
    work is done.
    """
    destination = Path(os.path.abspath(destination))
    check_replaceable(destination, replace)
    scratch = _beside(destination)
    try:
        destination.parent.mkdir(parents=True, exist_ok=True)
        scratch.mkdir()
    except OSError as error:
        raise _unwritable(destination, error) from error
    try:
        yield scratch
        (scratch / MARK).touch()
        _exchange(scratch, destination)
    except BaseException:
        shutil.rmtree(scratch, ignore_errors=True)
        raise


def write_whole(destination: Path, content: str | bytes) -> None:
    """Writes one file so that a reader sees the old content or the new, never a part (text as UTF-8, line feeds kept).

    The permissions of a file already there are kept. Raises OutputError if it can't be written.
    """
    destination = Path(os.path.realpath(destination))  # a link stays a link to the file that is replaced
    data = content.encode() if isinstance(content, str) else content
    scratch = _beside(destination)
    try:
        destination.parent.mkdir(parents=True, exist_ok=True)
        scratch.write_bytes(data)
        if destination.exists():
            shutil.copymode(destination, scratch)
        scratch.replace(destination)
    except OSError as error:
        raise _unwritable(destination, error) from error
    finally:
        with suppress(OSError):
            scratch.unlink(missing_ok=True)


def _beside(destination: Path) -> Path:
    """A free hidden name on the same file system; chance is harmless, it never reaches an output."""
    return destination.with_name(f".{destination.name}.{secrets.token_hex(4)}")


def check_replaceable(destination: Path, replace: bool = False) -> None:
    """Raises OutputError if `whole_folder` would refuse this destination: to be asked before long work."""
    if destination.is_symlink() or (destination.exists() and not destination.is_dir()):
        raise OutputError(
            f"{destination}: expected a folder or nothing, found a file or a link; choose another --out"
        )
    if replace or not destination.exists() or (destination / MARK).exists():
        return
    found = sorted(path.name for path in destination.iterdir())
    if found:
        raise OutputError(
            f"{destination}: holds files that Groma did not write ({', '.join(found[:3])}"
            f"{', ...' if len(found) > 3 else ''}); choose another --out or empty it first"
        )


def _exchange(scratch: Path, destination: Path) -> None:
    """Moves `scratch` to `destination`; the old folder steps aside first, and back again if the move fails."""
    if not destination.exists():
        scratch.rename(destination)
        return
    old = _beside(destination)
    destination.rename(old)
    try:
        scratch.rename(destination)
    except BaseException:
        old.rename(destination)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _unwritable(destination: Path, error: OSError) -> OutputError:
    return OutputError(f"{destination}: can't be written ({error.strerror or error}); choose another --out")
