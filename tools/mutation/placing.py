"""A mutant put in place of the functions that it changes, in a process that imported the module as it was.

Both sources are compiled and their code is compared, function by function, in the order of the source. Where nothing
but code of functions differs, each changed function that lives gets the other code: whoever holds the function (an
import elsewhere, a decorator, a property, a table) runs the mutant then. What a module does when it is imported (its
own statements, bodies of classes, defaults, fields of dataclasses) can't be put in place.
"""

from __future__ import annotations

import gc
import inspect
from collections.abc import Iterator, Mapping
from itertools import zip_longest
from types import CodeType, FunctionType
from typing import cast

Key = tuple[str, str, int, bytes, bytes]
Swap = tuple[FunctionType, CodeType]


class NotPlaced(Exception):
    """The mutant changes more than code of functions that are there."""


def living(below: str) -> dict[Key, list[FunctionType]]:
    """The functions there are whose source lies below a folder, by their code."""
    found: dict[Key, list[FunctionType]] = {}
    for thing in gc.get_objects():
        if type(thing) is FunctionType and thing.__code__.co_filename.startswith(below):
            found.setdefault(_key(thing.__code__), []).append(thing)
    return found


def swaps(path: str, source: bytes, mutated: bytes, known: Mapping[Key, list[FunctionType]]) -> list[Swap]:
    """Functions and the code each gets; raises NotPlaced."""
    before, after = (compile(text, path, "exec", dont_inherit=True) for text in (source, mutated))
    return list(_changed(before, after, known))


def _changed(before: CodeType, after: CodeType, known: Mapping[Key, list[FunctionType]]) -> Iterator[Swap]:
    """Of code that is run when the module is imported: its own must be the same."""
    if _alone(before) != _alone(after):
        raise NotPlaced(f"{before.co_qualname} is run on import")
    for old, new in zip(_inner(before), _inner(after), strict=True):
        if not old.co_flags & inspect.CO_NEWLOCALS:  # the body of a class
            yield from _changed(old, new, known)
        elif not _same(old, new):
            if _key(old) not in known:
                raise NotPlaced(f"no function has the code of {old.co_qualname}")
            yield from _put(old, new, known)


def _put(old: CodeType, new: CodeType, known: Mapping[Key, list[FunctionType]]) -> Iterator[Swap]:
    """Of a function and of those in it that live already, made when its module was imported."""
    for function in known.get(_key(old), ()):
        if old.co_freevars != new.co_freevars:
            raise NotPlaced(f"{old.co_qualname} sees other variables")
        yield function, new
    inner = list(zip_longest(_inner(old), _inner(new)))
    if any(_lives(o, known) for o, _ in inner if o is not None):
        for o, n in inner:
            if o is None or n is None or o.co_name != n.co_name:
                raise NotPlaced(f"functions made by {old.co_qualname} before have no successors")
            if not _same(o, n):
                yield from _put(o, n, known)


def _lives(code: CodeType, known: Mapping[Key, list[FunctionType]]) -> bool:
    return _key(code) in known or any(_lives(inner, known) for inner in _inner(code))


def _inner(code: CodeType) -> list[CodeType]:
    return [constant for constant in code.co_consts if isinstance(constant, CodeType)]


def _alone(code: CodeType) -> list[object]:
    """What code is, wherever its lines stand, without the functions and classes in it."""
    constants = [
        (constant.co_name, constant.co_flags) if isinstance(constant, CodeType) else _exact(constant)
        for constant in code.co_consts
    ]
    names = (code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars, code.co_name)
    return [code.co_code, constants, names, code.co_flags, code.co_argcount, code.co_exceptiontable]


def _exact(constant: object) -> object:
    """1, 1.0 and True, 0.0 and -0.0 are different constants; a set has no order."""
    if isinstance(constant, frozenset):
        return frozenset, sorted(map(repr, cast("frozenset[object]", constant)))
    return type(constant), repr(constant)


def _same(old: CodeType, new: CodeType) -> bool:
    """Whether two pieces of code are the same, those in them too."""
    inner = _inner(old), _inner(new)
    return _alone(old) == _alone(new) and all(map(_same, *inner))


def _key(code: CodeType) -> Key:
    return code.co_filename, code.co_qualname, code.co_firstlineno, code.co_code, code.co_linetable
