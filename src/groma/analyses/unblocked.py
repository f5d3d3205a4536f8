"""Ways past the content policy: `unblocked/CATEGORY[@in|@out]`, by information flow over the guards that block it.

Content of a kind is blocked on its way into a model that writes freely (`in`: where the model is handed what others
wrote) or out of one (`out`: where its words reach somebody outside). A guard counts where every path passes one; on the
way out so does a person who says yes to what is done. Different paths may pass different guards.
"""

from __future__ import annotations

from dataclasses import replace

from groma.analyses.content import Blocking, blocking
from groma.analyses.context import Context
from groma.analyses.information import Use, followed, is_model, is_untrusted
from groma.analyses.information.labels import blocked, gives
from groma.analyses.information.trifecta import counted
from groma.model.figure import Figure, Line
from groma.model.program import NO_POLICIES, Call, Step, walk

WORDS_OF = {"in": "reaches a model", "out": "leaves a model for somebody outside"}


def figure(context: Context, measure: str) -> Figure:
    """`unblocked/CATEGORY[@in|@out]`: how many ways; without a mark those where some guard blocks it, else both."""
    category, _, mark = measure.partition("/")[2].partition("@")
    lines: list[Line] = []
    count = 0
    for where in (mark,) if mark else sorted(directions(context).get(category, ("in", "out"))):
        for use in ways_past(context, category, where):
            count += 1
            lines.append(
                Line(f"{use.flow}: {use.component}.{use.operation} ({use.path}) {WORDS_OF[where]} unblocked")
            )
    stands = [each.guard.name for each in blocking(context) if category in each.guard.blocks]
    lines.insert(0, Line(f"guards that block {category}", ", ".join(dict.fromkeys(stands)) or "none"))
    sure = context.closed  # while guards are open to choice, one may stand in every way
    return Figure(
        measure, f"Ways past what blocks {category}" + (f" ({mark})" if mark else ""), "1",
        float(count) if sure else None, float(count) if sure else 0.0, float(count),
        method="information flow: guards passed on every path",
        derivation=tuple(lines), valid=("data are as trusted as is stated; operations reach out where it is stated",),
    )  # fmt: skip


def bounds(context: Context, measure: str) -> tuple[float, float]:
    """Least and most."""
    return figure(context, measure).ends()


def directions(context: Context) -> dict[str, frozenset[str]]:
    """Category -> where some guard blocks it: `in` (before a model reads), `out` (after it wrote)."""
    found: dict[str, set[str]] = {}
    for each in blocking(context):
        where = {"out"} if _writes(context, each.step) else _seen_by(context, each) or {"in"}
        for category in each.guard.blocks:
            found.setdefault(category, set()).update(where)
    return {category: frozenset(where) for category, where in sorted(found.items())}


def _writes(context: Context, step: Step) -> bool:
    """Whether a model that writes freely is called in a step: then its guards check what it wrote."""
    return any(
        is_model(part) and operation is not None and gives(context.model, operation).free
        for inner in walk((replace(step, policies=NO_POLICIES),))
        if isinstance(inner.action, Call)
        for part in context.candidates(inner.action.component)
        for operation in (part.offers.get(inner.action.operation),)
    )


def _seen_by(context: Context, each: Blocking) -> set[str]:
    """Where content passes a guard on every path: on its way into a model, or out of one."""
    found: set[str] = set()
    for use in followed(context).uses.values():
        for where, passed in (("in", use.screens), ("out", use.checks)):
            there = any((check.path, check.name) == (each.step.path, each.guard.name) for check in passed)
            if there and _at_risk(context, use, where):
                found.add(where)
    return found


def ways_past(context: Context, category: str, where: str) -> tuple[Use, ...]:
    """Uses by which content of a category gets into (`in`) or out of (`out`) a model without a guard that blocks it."""
    return tuple(
        use
        for use in followed(context).uses.values()
        if _at_risk(context, use, where) and not _stopped(context, use, where, category)
    )


def _stopped(context: Context, use: Use, where: str, category: str) -> bool:
    passed = use.screens if where == "in" else use.checks
    if blocked(category) in passed:
        return True
    impacts = {
        c.offers[use.operation].impact for c in context.candidates(use.component) if use.operation in c.offers
    }
    read = [check for impact in impacts for check in counted(use, impact) if check.kind == "approval"]
    return where == "out" and any(check in use.checks for check in read)  # somebody read it and said yes


def _at_risk(context: Context, use: Use, where: str) -> bool:
    """`in`: a model that writes freely is handed what others wrote; `out`: words of one go to somebody outside."""
    model = context.model
    for part in context.candidates(use.component):
        operation = part.offers.get(use.operation)
        if operation is None:
            continue
        reads = is_model(part) and gives(model, operation).free
        if where == "in" and reads and any(is_untrusted(model, label.data) for label in use.handed):
            return True
        if where == "out" and operation.reaches_out and use.written:
            return True
    return False
