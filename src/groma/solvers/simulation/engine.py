"""Chooses the kernel: the compiled one where it was built from this very source, else the interpreted one."""

from __future__ import annotations

import hashlib
import importlib
import os
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

INTERPRETED = "GROMA_INTERPRETED"
"""Set (to anything) in the environment, the interpreted kernel is used."""
_FOLDER = Path(__file__).parent
SOURCES = ("kernel.py", "layout.py")


def digest() -> str:
    """What the compiled kernel must have been built from."""
    together = hashlib.sha256()
    for name in SOURCES:
        together.update((_FOLDER / name).read_bytes())
    return together.hexdigest()


@cache
def _compiled() -> ModuleType | None:
    try:
        built_from = (_FOLDER / "compiled_kernel.digest").read_text("ascii").strip()
        if built_from != digest():
            return None
        return importlib.import_module("groma.solvers.simulation.compiled_kernel")
    except (OSError, ImportError):
        return None


def compiled() -> bool:
    """Whether the fast kernel is at hand and wanted."""
    return not os.environ.get(INTERPRETED) and _compiled() is not None


@cache
def _interpreted() -> type:
    """The class with its fields in fixed places (slots), as in C: faster, and a name misspelt is an error."""
    plain: type = importlib.import_module("groma.solvers.simulation.kernel").Kernel
    body = {name: thing for name, thing in vars(plain).items() if name not in ("__dict__", "__weakref__")}
    return type(plain.__name__, (), {**body, "__slots__": tuple(plain.__annotations__)})


def kernel(interpreted: bool = False) -> Any:
    """The class `Kernel` of one of the two."""
    fast = None if interpreted or os.environ.get(INTERPRETED) else _compiled()
    return _interpreted() if fast is None else fast.Kernel
