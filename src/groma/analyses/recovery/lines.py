"""Lines that copies travel: what of them is free, how long each copy takes on them, how far copies use them up.

A line is a connection with `bandwidth`, or a component that `provides` some: as much as those replicas have which must
be up. `traffic` of a connection, and what components that run on or depend on a line take of its bandwidth, is not
free. Lines are shared fairly. Arithmetic and bounds: `groma.solvers.transfers`.
"""

from __future__ import annotations

import math
from typing import Literal, TypeAlias

from groma.analyses.context import Context
from groma.analyses.evidence import Evidence
from groma.analyses.interval import NOTHING_KNOWN, ZERO, Interval, hull, mean_of, total
from groma.analyses.reach import replicas_of
from groma.analyses.recovery.copies import Copy, all_copies
from groma.analyses.standing import settled
from groma.model.elements import Component
from groma.model.figure import Figure
from groma.model.printed import format_quantity
from groma.solvers.transfers import Copying, duration
from groma.solvers.transfers.copies import alone

BANDWIDTH = "bandwidth"
Corner: TypeAlias = Literal["quick", "nominal", "slow"]


def free(context: Context, line: str, evidence: Evidence) -> Interval:
    """Bytes a second of a line that copies may use; nothing is known of a line without bandwidth."""
    connection = context.model.connections.get(line)
    if connection is not None:
        path = f"connections.{line}"
        whole = evidence.mean(f"{path}.bandwidth", connection.bandwidth, "state its bandwidth")
        taken = ZERO if connection.traffic is None else evidence.mean(f"{path}.traffic", connection.traffic)
        return _less(whole, taken)
    candidates = context.candidates(line)
    if not candidates:
        return NOTHING_KNOWN
    whole = hull(_provided(candidate, evidence) for candidate in candidates)
    return _less(whole, _taken(context, line, evidence))


def _provided(line: Component, evidence: Evidence) -> Interval:
    amount = line.provides.get(BANDWIDTH)
    path = f"components.{line.name}.provides.{BANDWIDTH}"
    return evidence.mean(path, amount, "state its bandwidth").scaled(line.enough or 1)


def _taken(context: Context, line: str, evidence: Evidence) -> Interval:
    """What components take of a line that they run on or depend on."""
    parts: list[Interval] = []
    for name in _takers(context):
        candidates = context.candidates(name)
        takers = [c for c in candidates if BANDWIDTH in c.takes and line in (c.runs_on, *c.depends_on)]
        path = f"components.{name}.takes.{BANDWIDTH}"
        amounts = [evidence.mean(path, c.takes[BANDWIDTH]) * replicas_of(c) for c in takers]
        if amounts:
            sure = len(takers) == len(candidates) and settled(context, name)
            parts.append(hull(amounts if sure else [*amounts, ZERO]))
    return total(parts)


def _takers(context: Context) -> tuple[str, ...]:
    """Names of components that may take bandwidth, sorted."""
    known: tuple[str, ...] | None = context.memo.get("takers of bandwidth")
    if known is None:
        names = sorted([*context.model.components, *context.model.alternatives])
        known = tuple(n for n in names if any(BANDWIDTH in c.takes for c in context.model.candidates(n)))
        context.memo["takers of bandwidth"] = known
    return known


def _less(whole: Interval, taken: Interval) -> Interval:
    value = None if whole.value is None or taken.value is None else max(0.0, whole.value - taken.value)
    return Interval(max(0.0, whole.low - taken.high), value, max(0.0, whole.high - taken.low))


def takes(context: Context, copy: Copy, evidence: Evidence) -> Interval:
    """How long making a copy takes at worst: as measured, or what it moves over its lines beside the other copies."""
    backup = copy.backup
    if backup.takes is not None:
        return evidence.mean(f"{copy.path}.takes", backup.takes)
    if not backup.over and backup.save_rate is None:
        evidence.miss(
            f"{copy.path}.takes", "state how long making one takes, or what it moves over which lines"
        )
        return NOTHING_KNOWN
    for line in backup.over:
        free(context, line, evidence)
    if backup.save_rate is not None:
        evidence.note(f"{copy.path}.save_rate", backup.save_rate)
    moved(context, copy, evidence)
    lines = set(backup.over)
    others = [c for c in all_copies(context) if c.path != copy.path and lines.intersection(c.backup.over)]
    for other in others:
        moved(context, other, evidence)
    found = _worst(context, copy, others)
    if (backup.moves == "changes" or backup.replica) and not _keeps_up(context, copy, found, len(others) + 1):
        return Interval(found.low, None, math.inf)  # what one leaves over, the next has to move as well
    return found


def falls_behind(context: Context, copy: Copy) -> bool:
    """Whether changes are surely made faster than a copy alone on its lines can move them."""
    if copy.backup.takes is not None or not (copy.backup.moves == "changes" or copy.backup.replica):
        return False
    quick, lines = _copying(context, copy, "quick"), _capacity(context, [copy], "quick")
    return quick is not None and lines is not None and alone(quick, lines) > mean_of(copy.backup.every).low


def _keeps_up(context: Context, copy: Copy, found: Interval, users: int) -> bool:
    """Whether changes surely get through as fast as they are made: each copy is done before the next begins, or an
    equal share of its lines among all users is as fast as the changes."""
    every = mean_of(copy.backup.every)
    if every.low == every.high:
        return found.high <= every.high
    if not context.closed:
        return False
    made = mean_of(context.model.data[copy.data].changes).high
    lines = _capacity(context, [copy], "slow") or {}
    rates = [rate / users for rate in lines.values()]
    if copy.backup.save_rate is not None:
        rates.append(mean_of(copy.backup.save_rate).low)
    return made <= min(rates, default=math.inf)


def moved(context: Context, copy: Copy, evidence: Evidence) -> Interval:
    """Bytes that one copy moves."""
    data = context.model.data[copy.data]
    if copy.backup.moves == "all" and not copy.backup.replica:
        return evidence.mean(f"data.{data.name}.size", data.size, "state how much there is")
    rate = evidence.mean(f"data.{data.name}.changes", data.changes, "state how fast they change")
    return rate * evidence.mean(f"{copy.path}.every", copy.backup.every)


def _worst(context: Context, copy: Copy, others: list[Copy]) -> Interval:
    """At the quick and the slow ends of what is known; the value where what is reached is also never exceeded."""
    if not context.closed:
        return _worked_out(context, copy, others)
    key = ("duration of copy", copy.path)
    known: Interval | None = context.memo.get(key)
    if known is None:
        known = context.memo[key] = _worked_out(context, copy, others)
    return known


def _worked_out(context: Context, copy: Copy, others: list[Copy]) -> Interval:
    quick, lines = _copying(context, copy, "quick"), _capacity(context, [copy], "quick")
    low = math.inf if quick is None or lines is None else alone(quick, lines)
    if not context.closed:
        return Interval(low, None, math.inf)
    together = [copy, *others]
    if all(len(c.backup.over) <= 1 for c in together):  # then less to move never makes another wait longer
        low = max(low, (_at(context, together, "quick") or (0.0, 0.0))[0])
    slow, nominal = _at(context, together, "slow"), _at(context, together, "nominal")
    value = nominal[1] if nominal is not None and nominal[1] <= nominal[0] * (1 + 1e-9) else None
    return Interval(low, value, math.inf if slow is None else slow[1])


def _at(context: Context, together: list[Copy], corner: Corner) -> tuple[float, float] | None:
    copies = [_copying(context, copy, corner) for copy in together]
    capacity = _capacity(context, together, corner)
    if capacity is None or None in copies:
        return None
    return duration([c for c in copies if c is not None], 0, capacity)


def _copying(context: Context, copy: Copy, corner: Corner) -> Copying | None:
    """The numbers of a copy at one corner; None where one isn't known there."""
    backup, silent = copy.backup, Evidence(context)
    volume = _end(moved(context, copy, silent), corner, more_is_slow=True)
    period = _end(mean_of(backup.every), corner, more_is_slow=False)
    cap = (
        math.inf if backup.save_rate is None else _end(mean_of(backup.save_rate), corner, more_is_slow=False)
    )
    if volume is None or cap is None or period is None or math.isinf(volume):
        return None
    return Copying(volume, period, tuple(dict.fromkeys(backup.over)), cap)


def _capacity(context: Context, copies: list[Copy], corner: Corner) -> dict[str, float] | None:
    found: dict[str, float] = {}
    for line in sorted({line for copy in copies for line in copy.backup.over}):
        rate = _end(free(context, line, Evidence(context)), corner, more_is_slow=False)
        if rate is None:
            return None
        found[line] = rate
    return found


def _end(interval: Interval, corner: Corner, *, more_is_slow: bool) -> float | None:
    if corner == "nominal":
        return interval.value
    return interval.high if (corner == "slow") == more_is_slow else interval.low


def figure(context: Context, measure: str) -> Figure:
    """`copies/LINE`: the share of what is free of a line that copies take, on the mean."""
    line = measure.partition("/")[2]
    evidence = Evidence(context)
    share = use(context, line, evidence)
    known = not evidence.missing and math.isfinite(share.high)
    return Figure(
        measure,
        f"Share of {line} that copies take",
        "1",
        value=share.value if known else None,
        low=share.low,
        high=share.high if math.isfinite(share.high) else None,
        method="bytes moved over bytes free",
        inputs=evidence.inputs,
        derivation=tuple(evidence.lines),
        missing=evidence.missing,
        reason="" if known else "at least: a volume or the bandwidth isn't known",
        valid=("copies are made as often as stated, and the rest of the line is theirs",),
    )


def use(context: Context, line: str, evidence: Evidence) -> Interval:
    """The share of a line's free bandwidth that copies take on the mean; more than 1: they never get done."""
    rate = free(context, line, evidence)
    evidence.line(
        "free for copies", "not known" if rate.value is None else format_quantity(rate.value, "B/s")
    )
    load = ZERO
    for copy in all_copies(context):
        if line in copy.backup.over:
            each = moved(context, copy, evidence)
            if copy.backup.moves == "changes" or copy.backup.replica:
                mine = mean_of(context.model.data[copy.data].changes)
            else:
                mine = _over(each, mean_of(copy.backup.every))
            load = load + (mine if copy.certain else Interval(0.0, None, mine.high))
            evidence.line(
                f"{copy.data}, moved by a copy every {copy.backup.every.text}",
                "not known" if each.value is None else format_quantity(each.value, "B"),
            )
    return _over(load, rate)


def _over(a: Interval, b: Interval) -> Interval:
    """a / b of non-negative numbers; without end where b may be nothing."""
    value = None if a.value is None or not b.value else a.value / b.value
    low = 0.0 if b.high <= 0.0 else a.low / b.high
    high = 0.0 if a.high == 0.0 else math.inf if b.low <= 0.0 else a.high / b.low
    return Interval(low, value, high)


def bounds(context: Context, measure: str) -> tuple[float, float]:
    """Least and greatest share."""
    share = use(context, measure.partition("/")[2], Evidence(context))
    return share.low, share.high
