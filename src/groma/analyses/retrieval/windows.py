"""What enters a model's context window at a call, against the window: how full it is, and the chance that it is too
much.

Parts are those of `context` on the call, else its size `input`; the answer (size `output`) takes its share of the same
window. In a loop a part may grow by so much a round, so that the last round of a run is its fullest; parts that don't
grow
are drawn once a run. `share` and `tokens` are means over the last rounds of runs, `overflow` is the chance that the
last
round of a run doesn't fit, `stuck` that it doesn't even when all of `cut_first` is left out. Windows are those of the
catalog's products, of a model served by oneself the positions that its table gives, or a stated quality `context`. The
chance is a bracket (`solvers/retrieval/overflow`).
"""

from __future__ import annotations

import math

from groma.analyses.context import Context
from groma.analyses.evidence import Evidence
from groma.analyses.interval import Interval, greatest, hull, mean_of, point, total
from groma.analyses.outcome.quantity import law_at
from groma.analyses.retrieval.entering import Entering, entering_at
from groma.analyses.retrieval.retrieved import retrieved
from groma.catalog import UnknownEntryError
from groma.model.elements import Component
from groma.model.figure import Figure
from groma.model.law import Constant, Law
from groma.model.model_programs import programs
from groma.model.program import Call, walk
from groma.model.quantity import Quantity, Unknown
from groma.solvers.retrieval import chance_above

MOST_ROUNDS = 200
TITLES = {
    "share": "Part of the context window that it fills in the last round",
    "tokens": "Tokens in its context window in the last round",
    "overflow": "Chance that a run fills more than the context window",
    "stuck": "Chance that a run doesn't fit even after cutting",
    "fits": "Passages of those found that fit beside all the rest at its longest",
}


def window_of(context: Context, component: Component, evidence: Evidence) -> Interval:
    """Tokens of a component's window."""
    path = f"components.{component.name}.qualities.context"
    stated = component.qualities.get("context")
    if stated is not None:
        return evidence.mean(path, stated)
    if component.product is not None:
        try:
            fact = context.catalog.product(component.product).capacities.get("context")
        except UnknownEntryError:
            fact = None
        if fact is not None and isinstance(fact.value, int | float):
            evidence.catalog(component.product, "context", fact)
            return point(float(fact.value))
    if component.serves is not None:
        from groma.catalog.serving import served_window  # brings NumPy, which only served models need

        longest = served_window(context.catalog.tables, component.serves.model)
        if longest is not None and isinstance(longest.value, int | float):
            evidence.catalog(f"llm-models/{longest.key}", longest.column, longest)
            return point(float(longest.value))
    evidence.miss(path, "state how many tokens its context window holds")
    return Interval(0.0, None, math.inf)


def figure(context: Context, measure: str) -> Figure:
    """`context/STEP/share|tokens|overflow|stuck|fits`."""
    _, path, statistic = measure.split("/")
    evidence = Evidence(context)
    entering = _found(context, path)
    title, unit = f"{TITLES[statistic]}: {path}", "1"
    _note(evidence, entering)
    windows = [window_of(context, c, evidence) for c in context.candidates(entering.call.component)]
    window = hull(windows) if windows else Interval(0.0, None, math.inf)
    if statistic == "fits":
        return _fits(context, measure, entering, window, evidence)
    if statistic in ("share", "tokens"):
        held = _tokens(entering, evidence)
        if statistic == "share":
            high = math.inf if window.low <= 0 else held.high / window.low
            value = None if held.value is None or not window.value else held.value / window.value
            held = Interval(0.0 if math.isinf(window.high) else held.low / window.high, value, high)
    else:
        left_out = entering.cut_first if statistic == "stuck" else ()
        held = _chance(entering, window, left_out, evidence)
    evidence.line("the window holds", _printed(window))
    if evidence.missing:
        held = Interval(held.low, None, held.high)
    shown = held.low > 0 or math.isfinite(held.high)
    if statistic in ("overflow", "stuck") and held.low == 0.0 and held.high == 1.0:
        return Figure(
            measure, title, unit, missing=evidence.missing, inputs=evidence.inputs, reason="anything is possible"
        )  # fmt: skip
    return Figure(
        measure, title, unit, held.value, held.low if shown else None, held.high if math.isfinite(held.high) else None,
        method="bracketed convolution on a lattice" if statistic in ("overflow", "stuck") else "sum of means",
        inputs=evidence.inputs, derivation=tuple(evidence.lines), missing=evidence.missing, valid=evidence.valid,
    )  # fmt: skip


def _fits(context: Context, measure: str, entering: Entering, window: Interval, evidence: Evidence) -> Figure:
    """How many of the passages that are found fit where everything else is at its longest."""
    prompt = entering.call.context
    found = {} if prompt is None else dict(prompt.found)
    there = [each for operation in found.values() if (each := retrieved(context, operation)) is not None]
    title = f"{TITLES['fits']}: {entering.step.path}"
    if len(there) != 1:
        evidence.miss(
            f"{entering.step.path}.context.found", "state which operation finds what it reads, and of what"
        )
        return Figure(
            measure, title, "1", missing=evidence.missing, reason="not stated whose passages it reads"
        )
    (only,) = there
    evidence.line(f"{only.operation} finds at most", f"{only.count} passages of {only.cut.passage} tokens")
    others = [amount for name, amount, _ in entering.parts if name not in found]
    growth = () if prompt is None else prompt.grows
    rounds, more = _rounds(entering, many=True)
    later = math.inf if more > 1e-9 else max(rounds, default=1) - 1
    longest = sum(_most(a) for a in others) + (sum(_most(a) for _, a in growth) * later if growth else 0.0)
    shortest = sum(_least(a) for a in others)
    evidence.line("everything else takes at most", f"{longest:.10g} tokens")
    low = math.floor(max(0.0, window.low - longest) / only.cut.passage) if math.isfinite(longest) else 0
    high = (
        only.count
        if math.isinf(window.high)
        else math.floor(max(0.0, window.high - shortest) / only.shortest)
    )
    low, high = min(low, only.count), min(high, only.count)
    evidence.line("the window holds", _printed(window))
    return Figure(
        measure, title, "1", float(low) if low == high else None, float(low), float(max(low, high)),
        method="what is left of the window, in full passages", inputs=evidence.inputs,
        derivation=tuple(evidence.lines), missing=evidence.missing, valid=evidence.valid,
    )  # fmt: skip


def _least(amount: Quantity | Unknown | Law) -> float:
    if isinstance(amount, Unknown):
        return 0.0
    law = amount.law if isinstance(amount, Quantity) else amount
    return max(0.0, amount.low if isinstance(amount, Quantity) and amount.constant else law.least)


def bounds(context: Context, measure: str) -> tuple[float, float]:
    """Least and most; of what fits the most first, which is the good end."""
    if measure.endswith("/fits"):
        least, most = figure(context, measure).ends()
        return most, least
    return figure(context, measure).ends(most=1.0 if measure.endswith(("/overflow", "/stuck")) else math.inf)


def _found(context: Context, path: str) -> Entering:
    for _, program in programs(context.model):
        for step in walk(program):
            if step.path == path and isinstance(step.action, Call):
                return entering_at(context, program, step, step.action)
    raise ValueError(f"there is no call `{path}`")


def _note(evidence: Evidence, entering: Entering) -> None:
    if not entering.parts:
        evidence.miss(f"{entering.step.path}.context", "state how many tokens enter, part by part")
    for name, amount, path in entering.parts:
        if isinstance(amount, Quantity | Unknown):
            ref = evidence.note(path, amount, "state how many tokens")
            evidence.line(name, amount.text, ref)
        else:
            evidence.line(name, f"{amount.mean:.6g} tokens in the mean of its table")
    prompt = entering.call.context
    for name, amount in () if prompt is None else prompt.grows:
        ref = evidence.note(f"{entering.step.path}.context.grows.{name}", amount, "state by how many tokens")
        evidence.line(f"{name} grows each round by", amount.text, ref)
        if entering.loop is None:
            evidence.miss(
                f"{entering.step.path}.context.grows.{name}", "put the loop around it that it grows in"
            )
    if prompt is not None and prompt.grows:
        evidence.assume("parts that don't grow are the same in all rounds of a run; rounds end ok")


def _rounds(entering: Entering, *, many: bool) -> tuple[dict[int, float], float]:
    """Chance of each number of rounds, at the end of what is known that has `many`, and the chance of more than are
    counted here."""
    prompt, loop = entering.call.context, entering.loop
    if prompt is None or not prompt.grows or loop is None or (not many and not entering.every_round):
        return {1: 1.0}, 0.0
    cap = min(loop.at_most or MOST_ROUNDS, MOST_ROUNDS)
    if isinstance(loop.until, Quantity):
        stop = loop.until.low if many else loop.until.high
        found = {k: stop * (1.0 - stop) ** (k - 1) for k in range(1, cap)}
        last = (1.0 - stop) ** (cap - 1)
        bounded = loop.at_most is not None and loop.at_most <= MOST_ROUNDS
        return {**found, cap: last if bounded else stop * last}, 0.0 if bounded else last * (1.0 - stop)
    if isinstance(loop.times, Quantity):
        if many:
            most = min(greatest(loop.times), loop.at_most or math.inf)
            return ({max(1, math.ceil(most)): 1.0}, 0.0) if most <= MOST_ROUNDS else ({}, 1.0)
        least = min(loop.times.low if loop.times.constant else loop.times.law.least, cap)
        return {max(1, math.floor(least)): 1.0}, 0.0
    if not many:
        return {1: 1.0}, 0.0
    return ({cap: 1.0}, 0.0) if loop.at_most is not None and loop.at_most <= MOST_ROUNDS else ({}, 1.0)


def _tokens(entering: Entering, evidence: Evidence) -> Interval:
    """Mean tokens in the last round."""
    base = total(
        point(amount.mean) if not isinstance(amount, Quantity | Unknown) else mean_of(amount)
        for _, amount, _ in entering.parts
    )
    prompt = entering.call.context
    growth = total(mean_of(amount) for _, amount in (() if prompt is None else prompt.grows))
    ends: list[float] = []
    for many in (False, True):
        rounds, more = _rounds(entering, many=many)
        ends.append(math.inf if more > 1e-9 else sum((k - 1) * weight for k, weight in rounds.items()))
    later = Interval(ends[0], ends[0] if ends[0] == ends[1] else None, ends[1])
    if ends[1] > 0:
        evidence.line("rounds after the first, in the mean", _printed(later))
    if not entering.parts:
        return Interval(0.0, None, math.inf)
    return base + growth * later


def _chance(entering: Entering, window: Interval, left_out: tuple[str, ...], evidence: Evidence) -> Interval:
    if not entering.parts:
        return Interval(0.0, None, 1.0)
    low = _end(entering, window.high, left_out, many=False)
    high = _end(entering, window.low, left_out, many=True)
    if left_out:
        evidence.line("left out when it is too much", ", ".join(left_out))
    return Interval(low, low if low == high else (low + high) / 2 if high - low < 1e-3 else None, high)


def _end(entering: Entering, window: float, left_out: tuple[str, ...], *, many: bool) -> float:
    """The lower (upper: `many`) bound of the chance at one end of what is known."""
    prompt = entering.call.context
    stated = [(n, a) for n, a, _ in entering.parts if n not in left_out]
    grows = [a for n, a in (() if prompt is None else prompt.grows) if n not in left_out]
    base, free = _laws([a for _, a in stated], many)
    growth, free_growth = _laws(grows, many)
    if many and free:
        return 1.0
    rounds, more = _rounds(entering, many=many)
    result = more if many else 0.0
    for count, weight in rounds.items():
        if many and free_growth and count > 1:
            result += weight
            continue
        parts = [*base, *(law for law in growth for _ in range(count - 1))]
        most = sum(_most(a) for _, a in stated) + (count - 1) * sum(_most(a) for a in grows)
        if most <= window:
            continue
        lower, upper = chance_above(parts, window)
        capped = any(
            isinstance(a, Quantity) and a.most is not None and not a.constant
            for a in (*grows, *(a for _, a in stated))
        )
        result += weight * (upper if many else 0.0 if capped else lower)
    return min(1.0, result)


def _laws(
    amounts: list[Quantity | Unknown | Law] | list[Quantity | Unknown], many: bool
) -> tuple[list[Law], bool]:
    """Laws at one end of what is known, and whether some are unknown."""
    found: list[Law] = []
    unknown = False
    for amount in amounts:
        if isinstance(amount, Unknown):
            unknown = True
        elif isinstance(amount, Quantity):
            found.append(law_at(amount, amount.high if many else amount.low))
        else:
            found.append(amount)
    return found or [Constant(0.0)], unknown


def _most(amount: Quantity | Unknown | Law) -> float:
    return greatest(amount) if isinstance(amount, Quantity | Unknown) else amount.most


def _printed(interval: Interval) -> str:
    if interval.low == interval.high:
        return f"{interval.low:.10g}"
    return f"{interval.low:.6g} to {interval.high:.6g}"
