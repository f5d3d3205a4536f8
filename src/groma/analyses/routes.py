"""Which connection a call travels over.

A call is made by a component (for its nested steps) or by whoever starts the flow (`by`), and travels the connection
from there to the called component; when nobody is stated to make it, the connection that leads there, if only one does.
"""

from __future__ import annotations

from groma.analyses.context import Context
from groma.model.elements import Connection


def route(context: Context, caller: str | None, called: str) -> tuple[Connection, ...]:
    """The connection that a call from `caller` to `called` travels, if the model states one."""
    key = ("route", caller, called)
    known: tuple[Connection, ...] | None = context.memo.get(key)
    if known is None:
        known = context.memo[key] = _route(context, caller, called)
    return known


def _route(context: Context, caller: str | None, called: str) -> tuple[Connection, ...]:
    leading = tuple(c for c in context.model.connections.values() if c.to == called)
    if caller is None:
        return leading if len(leading) == 1 else ()
    return tuple(c for c in leading if c.from_ == caller)[:1]
