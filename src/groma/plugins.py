"""Things of one kind that stand a file each: shipped in a package, offered by installed packages, or in a folder.

Each is a module's constant. An installed package offers them through an entry point: one of the kind, or a callable
that gives several. Files of a folder are Python and are run as such: only folders that a person named are read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib import import_module
from importlib.metadata import entry_points
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from pkgutil import walk_packages
from types import ModuleType
from typing import Any, TypeVar

Kind = TypeVar("Kind")


def offered(
    kind: type[Kind], constant: str, package: ModuleType, group: str, folders: Iterable[Path] = ()
) -> Iterator[Kind]:
    """All of a kind in the order in which later ones replace earlier ones: shipped, installed, those of the folders.

    Raises ValueError for a file of a folder without the constant.
    """
    for module in walk_packages(package.__path__, f"{package.__name__}."):
        shipped = getattr(import_module(module.name), constant, None)
        if isinstance(shipped, kind):
            yield shipped
    for point in sorted(entry_points(group=group), key=lambda point: point.name):
        given: Any = point.load()
        yield from (given,) if isinstance(given, kind) else given()
    for folder in folders:
        for path in sorted(folder.glob("*.py")):
            own = getattr(_loaded(path, group), constant, None)
            if not isinstance(own, kind):
                raise ValueError(
                    f"{folder.name}/{path.name}: expected a constant `{constant}`, a {kind.__name__}; found none"
                )
            yield own


def _loaded(path: Path, group: str) -> ModuleType:
    spec = spec_from_file_location(f"{group.replace('.', '_')}_of_folder.{path.stem}", path)
    if spec is None or spec.loader is None:
        raise ValueError(f"{path.name}: can't be read as Python")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
