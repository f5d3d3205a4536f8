"""How old data that are made from others can be, and how long until what is deleted is gone everywhere.

`freshness/DATA`: the longest way from a source to it, each making adding the time between two makings and the time that
one takes: a change just missed waits for the next. `deletion/DATA`: the longest way from DATA to everything that is
made from it, to its copies and to answers kept of it. A way on is

- a deletion of its own (`deleted_in`), else being made anew whole (`refreshed` + `made_in`, `remade: all`),
- else the time for which it is kept (`kept_for`), of copies and of answers in a cache (`lives`) too;
- a replica follows after the time between two copies.

Where there is none of these, what is deleted stays: the figure has no upper end and says which. The worst case takes
the greatest a time can be (a law without an end has none).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from groma.analyses.context import Context
from groma.analyses.evidence import Evidence
from groma.analyses.interval import ZERO, Interval, greatest, mean_of
from groma.model.elements import Backup, Data
from groma.model.figure import Figure
from groma.model.model_programs import programs
from groma.model.program import Call, Step, walk
from groma.model.quantity import Quantity, Unknown


@dataclass(frozen=True, slots=True)
class Way:
    """One way on of a deletion: to what (`data.chunks`, `a copy in vault`), how, after which time; `lacks` is the path
    of the key that would state one where there is none."""

    to: str
    how: str
    time: Interval
    amounts: tuple[tuple[str, Quantity | Unknown | None], ...] = ()
    lacks: str = ""
    into: str = ""
    """The data set that it goes on from."""


@dataclass(frozen=True, slots=True)
class Path:
    """Ways one after the other, and how long they take together."""

    ways: tuple[Way, ...]
    time: Interval


def made_of(context: Context, name: str) -> list[Data]:
    """Data that are made from this, in the order of the model."""
    return [data for data in context.model.data.values() if name in data.made_from]


def ways(context: Context, name: str) -> Iterator[Way]:
    """Where a deletion has to go from a data set: copies, kept answers, and what is made from it."""
    for where, backup, path in _copies(context, name):
        yield _copy(where, backup, path)
    yield from _kept_answers(context, name)
    for data in made_of(context, name):
        yield _made(data)


def reached(context: Context, name: str) -> Iterator[Path]:
    """Every way that a deletion in a data set has to go, each with the fewest ways before it."""
    seen = {name}
    todo: list[tuple[str, tuple[Way, ...]]] = [(name, ())]
    while todo:
        here, so_far = todo.pop(0)
        for way in ways(context, here):
            taken: tuple[Way, ...] = (*so_far, way)
            yield Path(taken, _added([each.time for each in taken]))
            if way.into and way.into not in seen:
                seen.add(way.into)
                todo.append((way.into, taken))


def longest(context: Context, name: str) -> Path:
    """The path that takes longest in the worst case, with the interval around the longest of all."""
    memo: dict[str, Path] = context.memo.setdefault("deletion paths", {})
    if name not in memo:
        found: list[Path] = []
        for way in ways(context, name):
            further = longest(context, way.into) if way.into else Path((), ZERO)
            found.append(Path((way, *further.ways), way.time + further.time))
        worst_one = max(found, key=lambda path: (path.time.high, path.time.low), default=Path((), ZERO))
        memo[name] = Path(worst_one.ways, _longest([path.time for path in found]) if found else ZERO)
    return memo[name]


def figure(context: Context, measure: str) -> Figure:
    """`freshness/DATA` or `deletion/DATA` in seconds."""
    kind, name = measure.split("/")
    evidence = Evidence(context)
    if kind == "freshness":
        held = _age(context, name, evidence, {})
        title = f"Greatest age of what {name} shows"
    else:
        held = _gone(context, name, evidence)
        title = f"Time until what is deleted in {name} is gone everywhere"
    high = held.high if math.isfinite(held.high) else None
    if high is None and held.low <= 0.0:
        return Figure(
            measure, title, "s", missing=evidence.missing, inputs=evidence.inputs, derivation=tuple(evidence.lines),
            reason="no way is stated" if kind == "deletion" else "not all times are stated",
        )  # fmt: skip
    return Figure(
        measure, title, "s", held.value if high is not None else None, held.low, high,
        method="longest path", inputs=evidence.inputs, derivation=tuple(evidence.lines), missing=evidence.missing,
    )  # fmt: skip


def bounds(context: Context, measure: str) -> tuple[float, float]:
    """Least and most seconds."""
    return figure(context, measure).ends()


def worst(quantity: Quantity | Unknown | None) -> Interval:
    """A time in the worst case: at least its mean, at most the greatest it can be."""
    mean = mean_of(quantity)
    most = greatest(quantity)
    return Interval(mean.low, most if math.isfinite(most) else None, most)


def _age(context: Context, name: str, evidence: Evidence, seen: dict[str, Interval]) -> Interval:
    data = context.model.data[name]
    if not data.made_from:
        return ZERO
    if name in seen:
        return seen[name]
    oldest = _longest([_age(context, source, evidence, seen) for source in data.made_from])
    own: list[Interval] = []
    for key, amount in (("refreshed", data.refreshed), ("made_in", data.made_in)):
        if key == "made_in" and amount is None:
            evidence.line(f"{name}: making it is taken to take no time")
            continue
        ref = evidence.note(f"data.{name}.{key}", amount, "state how often it is made from its sources")
        own.append(worst(amount))
        evidence.line(f"{name}.{key}", "not stated" if amount is None else amount.text, ref)
    seen[name] = _added([oldest, *own])
    return seen[name]


def _gone(context: Context, name: str, evidence: Evidence) -> Interval:
    whole = longest(context, name)
    if not whole.ways:
        evidence.line("nothing is made from it, kept of it or copied")
    for path in reached(context, name):
        way = path.ways[-1]
        if way.lacks:
            evidence.miss(way.lacks, f"state how long until a deletion reaches {way.to}")
        for where, amount in way.amounts:
            evidence.note(where, amount)
    for way in whole.ways:
        refs = [
            f"model/{where}"
            for where, amount in way.amounts
            if isinstance(amount, Quantity) and not amount.fact
        ]
        evidence.line(f"to {way.to}: {way.how}", _said(way.time), *refs)
    return whole.time


def _made(data: Data) -> Way:
    here = f"data.{data.name}"
    if data.deleted_in is not None:
        return Way(
            here, "by a way of its own", worst(data.deleted_in), ((f"{here}.deleted_in", data.deleted_in),),
            into=data.name,
        )  # fmt: skip
    options: list[Way] = []
    if data.refreshed is not None and data.remade == "all":
        amounts = [(f"{here}.refreshed", data.refreshed)]
        if data.made_in is not None:
            amounts.append((f"{here}.made_in", data.made_in))
        time = _added([worst(amount) for _, amount in amounts])
        options.append(Way(here, "when it is made anew", time, tuple(amounts), into=data.name))
    if data.kept_for is not None:
        options.append(
            Way(here, "when its time is over", worst(data.kept_for), ((f"{here}.kept_for", data.kept_for),),
        into=data.name) )  # fmt: skip
    if options:
        return min(options, key=lambda way: way.time.high)
    how = "nothing says that what is deleted in its source is deleted in it"
    return Way(here, how, Interval(0.0, None, math.inf), lacks=f"{here}.deleted_in", into=data.name)


def _copies(context: Context, name: str) -> Iterator[tuple[str, Backup, str]]:
    backup = context.model.data[name].backup
    if backup is not None:
        yield backup.to or "a copy", backup, f"data.{name}.backup"
    for part in context.model.components:
        for component in context.candidates(part):
            if name in component.copies:
                copy = component.copies[name]
                yield copy.to or part, copy, f"components.{part}.copies.{name}"


def _copy(where: str, backup: Backup, path: str) -> Way:
    if backup.replica:
        return Way(
            f"the replica in {where}",
            "it repeats deletions",
            worst(backup.every),
            ((f"{path}.every", backup.every),),
        )
    if backup.kept_for is not None:
        time = worst(backup.kept_for)
        return Way(
            f"copies in {where}",
            "when the last copy's time is over",
            time,
            ((f"{path}.kept_for", backup.kept_for),),
        )
    return Way(
        f"copies in {where}", "nothing says when a copy is deleted", Interval(0.0, None, math.inf),
        lacks=f"{path}.kept_for",
    )  # fmt: skip


def _kept_answers(context: Context, name: str) -> Iterator[Way]:
    """Caches around calls that hand the data over, or whose answer has a field of it."""
    for _, program in programs(context.model):
        for step in walk(program):
            cache = step.policies.cache
            if cache is None or not _hands_over(context, step, name):
                continue
            where = cache.component or f"the cache of {step.path}"
            if cache.lives is None:
                yield Way(
                    f"answers kept in {where}", "nothing says how long an answer is kept",
                    Interval(0.0, None, math.inf), lacks=f"{step.path}.cache.lives",
                )  # fmt: skip
            else:
                time = worst(cache.lives)
                yield Way(
                    f"answers kept in {where}",
                    "when their time is over",
                    time,
                    ((f"{step.path}.cache.lives", cache.lives),),
                )


def _hands_over(context: Context, step: Step, name: str) -> bool:
    if name in step.carries:
        return True
    for inner in walk((step,)):
        if not isinstance(inner.action, Call):
            continue
        for component in context.candidates(inner.action.component):
            operation = component.offers.get(inner.action.operation)
            response = None if operation is None else operation.response
            if any(kind.partition(".")[:2] == (name, ".") for kind in (response or {}).values()):
                return True
    return False


def _added(parts: list[Interval]) -> Interval:
    result = ZERO
    for part in parts:
        result = result + part
    return result


def _longest(found: list[Interval]) -> Interval:
    values = [each.value for each in found]
    value = None if None in values else max((v for v in values if v is not None), default=0.0)
    return Interval(max(e.low for e in found), value, max(e.high for e in found))


def _said(time: Interval) -> str:
    return "never" if math.isinf(time.high) else f"{time.high:.10g} s"
