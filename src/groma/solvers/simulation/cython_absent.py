"""What `kernel.py` needs of Cython's own module where it is not installed: decorators and types that do nothing."""

# pyright: basic
from __future__ import annotations

from typing import Any

compiled = False


def _same(thing: Any) -> Any:
    return thing


cclass = cfunc = inline = final = _same


def exceptval(*_: Any, **__: Any) -> Any:
    """No exception checks to leave out."""
    return _same


def locals(**_: Any) -> Any:
    """No types to declare."""
    return _same
