"""Where causes come from: the files of `causes`, installed packages, and a folder of one's own.

A cause is a module with a constant `CAUSE`. A package offers causes through the entry point group `groma.causes`: a
`Cause` or a callable that gives causes. Files of a folder are Python and are run as such: name only folders you trust.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from groma.plugins import offered
from groma.survey.cause import Cause

ENTRY_POINTS = "groma.causes"

WITHOUT_CAUSE: dict[str, str] = {
    "not-the-architects": "it names who does what was asked for; nothing is wrong with what exists",
}
"""Rule -> why its findings are told as symptoms without a cause."""


def all_causes(folders: Iterable[Path] = ()) -> dict[str, Cause]:
    """All causes by id, sorted: shipped, then installed, then those of the folders; later ones replace earlier ones.

    Raises ValueError for a file of a folder without a cause.
    """
    import groma.survey.causes as package

    found = {cause.id: cause for cause in offered(Cause, "CAUSE", package, ENTRY_POINTS, folders)}
    return dict(sorted(found.items()))
