"""Bringing data back after a loss: detect, decide, run again what holds them, copy back, check.

All that is lost is brought back at once, over lines shared fairly, unless data say that they come `after` others. The
value is the fluid schedule (`groma.solvers.transfers`); the ends are the quick end with every line alone, and the slow
end with an equal share of every line among all that may be under way.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from groma.analyses.context import Context
from groma.analyses.evidence import Evidence
from groma.analyses.interval import ZERO, Interval, point
from groma.analyses.recovery.back import returns, stand_ins
from groma.analyses.recovery.copies import Copy, copies_of, survives
from groma.analyses.recovery.events import Event, hit, holder_of
from groma.analyses.recovery.lines import free
from groma.analyses.recovery.point import newest
from groma.model.elements import Data
from groma.solvers.transfers import Ended, Transfer, ends


@dataclass(frozen=True, slots=True)
class Stages:
    """The stages until a data set is back, in seconds: each begins when the one before is over."""

    copy: Copy
    detect: Interval
    decide: Interval
    ready: Interval
    """Until what holds them runs again, or something in its stead."""
    wait: Interval
    """Until what must be back before is."""
    restore: Interval
    verify: Interval
    back: Interval
    """All of them together."""

    def named(self) -> tuple[tuple[str, str, Interval], ...]:
        """(name, words, seconds) of each stage, in order."""
        return (
            ("detect", "until it is noticed", self.detect),
            ("decide", "until somebody decides", self.decide),
            ("ready", "until what holds it runs again", self.ready),
            ("wait", "until what comes first is back", self.wait),
            ("restore", "to copy it back", self.restore),
            ("verify", "to check it", self.verify),
        )


@dataclass(frozen=True, slots=True)
class Work:
    """What bringing one data set back takes, before it is scheduled beside others."""

    copy: Copy
    detect: Interval
    decide: Interval
    ready: Interval
    volume: Interval
    rate: Interval
    lines: tuple[str, ...]
    verify: Interval
    after: tuple[str, ...]

    @property
    def begins(self) -> Interval:
        return self.detect + self.decide + self.ready


def left(context: Context, data: Data, event: Event) -> tuple[tuple[Copy, ...], tuple[Copy, ...]]:
    """Copies left after a loss: (surely, perhaps)."""
    sure: list[Copy] = []
    maybe: list[Copy] = []
    for copy in copies_of(context, data):
        there = survives(context, copy, event)
        if there is not False:
            (sure if there and copy.certain else maybe).append(copy)
    return tuple(sure), tuple(maybe)


def brought_back(context: Context, data: Data, event: Event, copy: Copy, evidence: Evidence) -> Work:
    """The work of bringing one data set back from one copy."""
    backup, path, holder = copy.backup, copy.path, holder_of(data)
    ready = ZERO if holder is None else returns(context, holder, event, evidence)
    there = backup.replica and holder is not None and copy.kept_by in stand_ins(context, holder, event)[0]
    volume, rate = ZERO, point(math.inf)
    if not there:
        volume = evidence.mean(f"data.{data.name}.size", data.size, "state how much there is")
        if backup.rate is not None or not backup.over:
            rate = evidence.mean(f"{path}.rate", backup.rate, "state the restore throughput")
    return Work(
        copy,
        evidence.mean(f"{path}.detect", backup.detect),
        evidence.mean(f"{path}.decide", backup.decide),
        ready,
        volume,
        rate,
        () if there else tuple(dict.fromkeys(backup.over)),
        evidence.mean(f"{path}.verify", backup.verify),
        data.after,
    )


def alone(context: Context, work: Work, evidence: Evidence) -> Interval:
    """Seconds until they are back at best, nothing else under way: a lower end, for designs that aren't finished."""
    quick = _quick_rate(work, {line: free(context, line, evidence) for line in work.lines})
    low = work.begins.low + _over(work.volume.low, quick) + work.verify.low
    return Interval(low, None, math.inf)


def together(context: Context, event: Event, alike: tuple[str, ...], name: str) -> tuple[str, ...]:
    """What is brought back with a data set and shares lines with it or comes before or after it, itself included.

    A loss of parts takes all that they hold; of a mistake only `alike` are told.
    """
    lines: dict[str, set[str]] = {}
    for data in context.model.data.values():
        if event.kind == "corrupted" and data.name not in alike:
            continue
        sure, maybe = left(context, data, event)
        copy = newest(context, sure) or newest(context, maybe)
        if copy is not None and hit(context, data, event) is not False:
            lines[data.name] = set(copy.backup.over)
    found, todo = {name}, [name]
    while todo:
        here = todo.pop()
        for other, mine in lines.items():
            ordered = other in context.model.data[here].after or here in context.model.data[other].after
            if other not in found and here in lines and (ordered or lines[here] & mine):
                found.add(other)
                todo.append(other)
    return tuple(other for other in lines if other in found)


def schedule(
    context: Context, event: Event, together: tuple[str, ...], evidence: Evidence
) -> Mapping[str, Stages]:
    """The stages of all data brought back together in a finished model; those without a copy left are not in it."""
    works: dict[str, Work] = {}
    for name in together:
        data = context.model.data[name]
        sure, maybe = left(context, data, event)
        copy = newest(context, sure) or newest(context, maybe)
        if copy is not None:
            works[name] = brought_back(context, data, event, copy, evidence)
    lines = {line: free(context, line, evidence) for w in works.values() for line in w.lines}
    order = _ordered(works)
    nominal = _nominal(works, lines)
    quick: dict[str, float] = {}
    slow: dict[str, float] = {}
    stages: dict[str, Stages] = {}
    for name in order:
        work = works[name]
        first = [other for other in work.after if other in works]
        early = max([work.begins.low, *(quick[other] for other in first)])
        late = max([work.begins.high, *(slow[other] for other in first)])
        fast = _over(work.volume.low, _quick_rate(work, lines))
        long = _longest(name, works, lines)
        quick[name] = early + fast + work.verify.low
        slow[name] = late + long + work.verify.high
        moved = wait = total = None
        if nominal is not None:
            ended = nominal[name]
            begins = work.begins.value or 0.0
            moved, wait, total = ended.moved - ended.started, ended.started - begins, ended.usable
        if nominal is not None and _exact(works, lines):
            quick[name] = slow[name] = nominal[name].usable
            fast = long = moved or 0.0
            early = late = nominal[name].started
        waits = ZERO
        if first:
            waits = Interval(max(0.0, early - work.begins.high), wait, max(0.0, late - work.begins.low))
        stages[name] = Stages(
            work.copy, work.detect, work.decide, work.ready, waits, Interval(fast, moved, long), work.verify,
            Interval(quick[name], total, slow[name]),
        )  # fmt: skip
    return {name: stages[name] for name in works}


def _ordered(works: Mapping[str, Work]) -> list[str]:
    """Every data set after those that come first."""
    done: dict[str, None] = {}
    while len(done) < len(works):
        done.update(
            dict.fromkeys(n for n, w in works.items() if all(o in done or o not in works for o in w.after))
        )
    return list(done)


def _nominal(works: Mapping[str, Work], lines: Mapping[str, Interval]) -> dict[str, Ended] | None:
    """The fluid schedule at the nominal values; None where one isn't known."""
    names = list(works)
    transfers: list[Transfer] = []
    for work in works.values():
        begins, volume, rate, verify = (i.value for i in (work.begins, work.volume, work.rate, work.verify))
        if begins is None or volume is None or rate is None or verify is None:
            return None
        after = tuple(names.index(other) for other in work.after if other in works)
        transfers.append(Transfer(begins, volume, work.lines, rate, after, verify))
    capacity: dict[str, float] = {}
    for line, rate in lines.items():
        if rate.value is None:
            return None
        capacity[line] = rate.value
    return dict(zip(names, ends(transfers, capacity), strict=True))


def _exact(works: Mapping[str, Work], lines: Mapping[str, Interval]) -> bool:
    """Whether nothing is only known as a range."""
    parts = [i for w in works.values() for i in (w.begins, w.volume, w.rate, w.verify)] + list(lines.values())
    return all(i.low == i.high for i in parts)


def _quick_rate(work: Work, lines: Mapping[str, Interval]) -> float:
    return min([work.rate.high, *(lines[line].high for line in work.lines)])


def _longest(name: str, works: Mapping[str, Work], lines: Mapping[str, Interval]) -> float:
    """Never exceeded: an equal share of each line among all; on one line without a cap of its own the others take no
    more of it than they have to move, nor than the one they hold up."""
    mine = works[name]
    shares = [lines[line].low / sum(line in w.lines for w in works.values()) for line in mine.lines]
    longest = _over(mine.volume.high, min([mine.rate.low, *shares]))
    if len(mine.lines) == 1 and mine.rate.low >= lines[mine.lines[0]].low:
        line = mine.lines[0]
        others = [w for n, w in works.items() if n != name and line in w.lines]
        work = mine.volume.high + sum(min(mine.volume.high, w.volume.high) for w in others)
        longest = min(longest, _over(work, lines[line].low))
    return longest


def _over(volume: float, rate: float) -> float:
    if volume <= 0.0 or (math.isinf(rate) and math.isfinite(volume)):
        return 0.0
    return math.inf if rate <= 0.0 or math.isinf(volume) else volume / rate
