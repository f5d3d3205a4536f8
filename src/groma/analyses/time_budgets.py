"""A flow's asked latency split over its steps, and the budgets that steps state, added up along the longest path.

`allotted/NEED/STEP PATH`: the share of a latency need's target that falls to a step before its mark, in proportion to
what the steps take at the need's own statistic; what is allotted adds up to the target, whatever is left over spread
alike. A
step faster than its part leaves the rest to the others. `budgeted/NEED`: budgets stated on steps (`budget`), one
after the other added, the largest of alternatives and branches, times the bound of a loop.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from groma.analyses.budget import described, parts
from groma.analyses.context import Context
from groma.analyses.evidence import Evidence
from groma.analyses.needs import parsed
from groma.model.elements import Need
from groma.model.figure import Figure
from groma.model.measure import ParsedMeasure
from groma.model.program import Do, Mark, Parallel, Repeat, Step, inner_steps, walk
from groma.model.quantity import Quantity


@dataclass(frozen=True, slots=True)
class Budgeted:
    """Seconds stated along the longest path, and the steps on it that state none."""

    seconds: float
    without: tuple[str, ...] = ()

    def __add__(self, other: Budgeted) -> Budgeted:
        return Budgeted(self.seconds + other.seconds, (*self.without, *other.without))


NOTHING = Budgeted(0.0)


def asked(context: Context) -> Iterator[tuple[Need, ParsedMeasure]]:
    """Latency needs with a target, in the order of the model."""
    for need in context.model.needs.values():
        measure = parsed(need.measure)
        if measure.kind == "latency" and need.at_most is not None and measure.subject in context.model.flows:
            yield need, measure


def before(steps: tuple[Step, ...], mark: str | None) -> tuple[Step, ...]:
    """The top-level steps until the one in which the mark is passed; marks themselves take no time."""
    found: list[Step] = []
    for step in steps:
        if not isinstance(step.action, Mark):
            found.append(step)
        if mark is not None and any(
            isinstance(s.action, Mark) and s.action.name == mark for s in walk((step,))
        ):
            break
    return tuple(found)


def budgeted(context: Context, steps: tuple[Step, ...]) -> Budgeted:
    """What steps state, one after the other."""
    whole = NOTHING
    for step in steps:
        whole = whole + _of(context, step)
    return whole


def figure(context: Context, measure: str) -> Figure:
    """`allotted/NEED/STEP PATH` or `budgeted/NEED` in seconds."""
    kind, name, *rest = measure.split("/")
    found = next(((n, m) for n, m in asked(context) if n.name == name), None)
    if found is None:
        raise ValueError(f"`{measure}`: there is no latency need `{name}`")
    need, wanted = found
    steps = before(context.model.flows[wanted.subject].steps, wanted.mark)
    evidence = Evidence(context)
    evidence.note(f"needs.{name}.at_most", need.at_most)
    if kind == "budgeted":
        return _stated(context, measure, need, steps, evidence)
    times = {
        step.path: (step, ends)
        for step, ends in parts(context, wanted.subject, wanted.percentile)
        if any(step is each for each in steps)
    }
    if rest[0] not in times:
        raise ValueError(f"`{measure}`: no step `{rest[0]}` before the mark")
    nominal = {path: ends[2] for path, (_, ends) in times.items()}
    whole = sum(nominal.values())
    title = f"Time for {described(times[rest[0]][0])} of what `{name}` asks"
    assert isinstance(need.at_most, Quantity)
    if not math.isfinite(whole) or whole <= 0.0:
        return Figure(
            measure, title, "s", inputs=evidence.inputs, reason="not all of its steps' times are known"
        )
    target = need.at_most.mean
    value = target * nominal[rest[0]] / whole
    for path, taken in nominal.items():
        evidence.line(f"{path} takes ({wanted.statistic})", f"{taken:.6g} s")
    evidence.line("asked in all", need.at_most.text)
    return Figure(
        measure, title, "s", value, value, value, method="in proportion to what steps take",
        inputs=evidence.inputs, derivation=tuple(evidence.lines),
    )  # fmt: skip


def bounds(context: Context, measure: str) -> tuple[float, float]:
    """Least and most seconds."""
    return figure(context, measure).ends()


def _stated(
    context: Context, measure: str, need: Need, steps: tuple[Step, ...], evidence: Evidence
) -> Figure:
    whole = budgeted(context, steps)
    title = f"Budgets stated along the longest path of what `{need.name}` asks"
    for step in walk(steps):
        if step.budget is not None:
            evidence.note(f"{step.path}.budget", step.budget)
            evidence.line(step.path, step.budget.text, f"model/{step.path}.budget")
    for path in whole.without:
        evidence.miss(f"{path}.budget", "state the time that it may take")
    known = not whole.without and math.isfinite(whole.seconds)
    low = whole.seconds if math.isfinite(whole.seconds) else None
    return Figure(
        measure, title, "s", low if known else None, low, low if known else None, method="longest path",
        inputs=evidence.inputs, derivation=tuple(evidence.lines), missing=evidence.missing,
    )  # fmt: skip


def _of(context: Context, step: Step) -> Budgeted:
    if step.budget is not None:
        return Budgeted(step.budget.mean)
    if isinstance(step.action, Mark):
        return NOTHING
    if isinstance(step.action, Do):
        return budgeted(context, context.model.flows[step.action.flow].steps)
    inner = [budgeted(context, steps) for word, steps in inner_steps(step) if _of_action(word)]
    if not inner:
        return Budgeted(0.0, (step.path,))
    if isinstance(step.action, Repeat):
        if step.action.at_most is None:
            return Budgeted(inner[0].seconds, (*inner[0].without, step.path))
        return Budgeted(inner[0].seconds * step.action.at_most, inner[0].without)
    if isinstance(step.action, Parallel) and step.action.join < len(inner):
        ranked = sorted(inner, key=lambda each: each.seconds)
        return ranked[step.action.join - 1]
    most = max(each.seconds for each in inner)
    return Budgeted(most, tuple(dict.fromkeys(path for each in inner for path in each.without)))


def _of_action(word: str) -> bool:
    return not word.startswith(("guard ", "fallback", "compensate"))
