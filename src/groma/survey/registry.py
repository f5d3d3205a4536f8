"""Where causes come from: the files of `causes`, installed packages, and a folder of one's own.

A cause is a module with a constant `CAUSE`. A package offers causes through the entry point group `groma.causes`: a
`Cause` or a callable that gives causes. Files of a folder are Python and are run as such: name only folders you trust.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from importlib.metadata import entry_points
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from pkgutil import walk_packages
from types import ModuleType
from typing import Any

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

    found: dict[str, Cause] = {}
    for module in walk_packages(package.__path__, f"{package.__name__}."):
        cause = getattr(import_module(module.name), "CAUSE", None)
        if isinstance(cause, Cause):
            found[cause.id] = cause
    for point in sorted(entry_points(group=ENTRY_POINTS), key=lambda point: point.name):
        given: Any = point.load()
        for cause in (given,) if isinstance(given, Cause) else given():
            found[cause.id] = cause
    for folder in folders:
        for path in sorted(folder.glob("*.py")):
            cause = getattr(_loaded(path), "CAUSE", None)
            if not isinstance(cause, Cause):
                raise ValueError(
                    f"{folder.name}/{path.name}: expected a constant `CAUSE`, a Cause; found none"
                )
            found[cause.id] = cause
    return dict(sorted(found.items()))


def _loaded(path: Path) -> ModuleType:
    spec = spec_from_file_location(f"groma_causes_of_folder.{path.stem}", path)
    if spec is None or spec.loader is None:
        raise ValueError(f"{path.name}: can't be read as Python")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
