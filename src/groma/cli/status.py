"""Exit statuses: what a script or a pipeline learns without reading anything.

0 to 4 are answers about a design; the others follow custom: 70 is EX_SOFTWARE of sysexits.h, 128 + n a death by
signal n (POSIX shells).
"""

from __future__ import annotations

from enum import IntEnum


class Status(IntEnum):
    """What a command ends with; `meaning` is the line shown in help."""

    MET = 0
    MISSED = 1
    INVALID = 2
    UNDECIDED = 3
    STALE = 4
    FAULT = 70
    INTERRUPTED = 130
    PIPE_CLOSED = 141
    TERMINATED = 143

    @property
    def meaning(self) -> str:
        return _MEANINGS[self]


_MEANINGS = {
    Status.MET: "done; every need is met",
    Status.MISSED: "a need is missed",
    Status.INVALID: "the command line, a file or a model is invalid; nothing was done",
    Status.UNDECIDED: "a need is undecided or not shown",
    Status.STALE: "a document is older than its model",
    Status.FAULT: "Groma itself broke",
    Status.INTERRUPTED: "interrupted (Ctrl-C)",
    Status.PIPE_CLOSED: "the reader of the output went away",
    Status.TERMINATED: "terminated",
}
