"""The content policy: guards that say which kinds of content they turn down (`blocks`), and what that does a month.

A guard states three shares: of all results it turns down t (`rejects`), of bad ones it lets through m (`misses`), of
good ones it turns down f (`false_alarms`). So the share of bad ones is b = (t - f) / (1 - m - f), false alarms are (1
- b) f of all results, and what is let through is b m of them (the rates of a two-by-two table; Rogan & Gladen,
"Estimating prevalence from the results of a screening test", American Journal of Epidemiology 107, 1978). All three
are monotone in each of t, m and f, so that the ends are those of the ranges. How often a guard is asked is counted by
`visits`.

- `content/FLOW/turned_down|false_alarms|let_through`: results a second; `content/FLOW/people`: hours a month that
  people work on good content that was turned down
- `content/FLOW/takes|cost`: seconds a run that its guards work, and what the calls that they make cost a month
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from groma.analyses.context import Context
from groma.analyses.cost.lines import runs, spent
from groma.analyses.evidence import Evidence
from groma.analyses.interval import ZERO, Interval, mean_of, share_of, total
from groma.analyses.program_inputs import enter_counts, enter_rate
from groma.analyses.visits.counts import checks, sure, uses
from groma.model.figure import Figure
from groma.model.model_programs import programs
from groma.model.month import HOURS_PER_MONTH, SECONDS_PER_MONTH
from groma.model.program import Ask, Guard, Step, inner_steps, walk

TITLES = {
    "turned_down": "Content turned down",
    "false_alarms": "Good content turned down",
    "let_through": "Bad content let through",
    "people": "People's time for good content that was turned down",
    "takes": "Time that checking content adds to a run, in the mean",
    "cost": "What calls for checking content cost a month",
}
ROGAN_GLADEN = "prevalence from what a test of known quality says (Rogan and Gladen 1978)"


@dataclass(frozen=True, slots=True)
class Blocking:
    """A guard that blocks content: the step it stands at, its number there, and the steps around, outermost first."""

    step: Step
    nth: int
    guard: Guard
    around: tuple[Step, ...]

    @property
    def path(self) -> str:
        """Where it is written, as figures name it."""
        return f"{self.step.path}.guard {self.guard.name}"

    @property
    def then(self) -> tuple[Step, ...] | None:
        """What is done in place of what it turned down: the nearest fallback; None: the run fails."""
        for outer in (self.step, *reversed(self.around)):
            if outer.policies.fallback is not None:
                return outer.policies.fallback
        return None

    @property
    def again(self) -> bool:
        """Whether what it turned down is asked for once more."""
        return any(s.policies.retry and "rejected" in s.policies.retry.on for s in (self.step, *self.around))


def blocking(context: Context) -> tuple[Blocking, ...]:
    """Every guard that says what it blocks, in the order of the programs."""
    key = "guards that block"
    if key not in context.memo:
        context.memo[key] = tuple(
            each for _, program in programs(context.model) for each in _within(program, ())
        )
    return context.memo[key]


def _within(steps: tuple[Step, ...], around: tuple[Step, ...]) -> Iterator[Blocking]:
    for step in steps:
        for nth, guard in enumerate(step.policies.guards, 1):
            if guard.blocks:
                yield Blocking(step, nth, guard, around)
        for word, inner in inner_steps(step):
            handled = word in ("fallback", "compensate")  # an error there isn't caught by the same fallback
            yield from _within(inner, around if handled else (*around, step))


@dataclass(frozen=True, slots=True)
class Shares:
    """Of all results that a guard is asked about: turned down, turned down though good, let through though bad."""

    turned_down: Interval
    false_alarms: Interval
    let_through: Interval


def shares(guard: Guard) -> Shares | None:
    """What a guard does by its stated shares; None where they can't all be true."""
    turned, misses, alarms = (share_of(each) for each in (guard.rejects, guard.misses, guard.false_alarms))
    nominal = [each.value for each in (turned, misses, alarms)]
    if None not in nominal and not _possible(*(value or 0.0 for value in nominal)):
        return None
    low = (turned.low, misses.low, alarms.low)
    high = (turned.high, misses.high, alarms.high)
    values = None if None in nominal else [value or 0.0 for value in nominal]
    fewest = _split(high[0], high[1], low[2])[0]
    most = _split(low[0], low[1], high[2])[0]
    least = _split(low[0], low[1], high[2])[1]
    worst = _split(high[0], high[1], low[2])[1]
    one = None if values is None else _split(values[0], values[1], values[2])
    return Shares(
        turned,
        Interval(min(fewest, turned.high), None if one is None else one[0], min(most, turned.high)),
        Interval(least, None if one is None else one[1], worst),
    )


def _possible(turned: float, misses: float, alarms: float) -> bool:
    """Whether some share of bad results fits: no fewer than the false alarms alone, no more than all bad ones."""
    return alarms <= turned <= 1.0 - misses + 1e-12


def _split(turned: float, misses: float, alarms: float) -> tuple[float, float]:
    """(false alarms, let through) of all results."""
    tells = 1.0 - misses - alarms
    bad = min(max((turned - alarms) / tells, 0.0), 1.0) if tells > 0.0 else 1.0
    return (1.0 - bad) * alarms, bad * misses


def figure(context: Context, measure: str) -> Figure:
    """`content/FLOW/WHAT`."""
    _, flow, what = measure.split("/")
    evidence = Evidence(context)
    if what in ("takes", "cost"):
        return _price(context, measure, flow, what, evidence)
    found, sure = _a_second(context, flow, what, evidence)
    title = f"{TITLES[what]} in {flow}"
    known = sure and not evidence.missing
    high = found.high if known and math.isfinite(found.high) else None
    reason = (
        ""
        if known
        else "not all shares of its guards are stated"
        if evidence.missing
        else "its shares contradict"
    )
    return Figure(
        measure, title, "h/month" if what == "people" else "1/s",
        found.value if known else None, found.low if sure and (found.low > 0 or high is not None) else None, high,
        method=ROGAN_GLADEN if what != "turned_down" else "shares of what is asked", inputs=evidence.inputs,
        derivation=tuple(evidence.lines), valid=evidence.valid, missing=evidence.missing, reason=reason,
    )  # fmt: skip


def bounds(context: Context, measure: str) -> tuple[float, float]:
    """Least and most."""
    return figure(context, measure).ends()


def _a_second(context: Context, flow: str, what: str, evidence: Evidence) -> tuple[Interval, bool]:
    """Results a second (people: seconds a second) over all guards of a flow that block, and whether that holds."""
    asked = checks(context, flow)
    often = runs(context, flow).scaled(1.0 / SECONDS_PER_MONTH)
    enter_rate(evidence, flow)
    enter_counts(evidence, flow)
    found, sure = ZERO, True
    for each in blocking(context):
        there = asked.get((each.step.path, each.nth))
        if there is None:
            continue
        guard = each.guard
        evidence.note(f"{each.path}.rejects", guard.rejects, "state the share that it turns down")
        if what != "turned_down":
            evidence.note(
                f"{each.path}.misses", guard.misses, "state the share of bad results that it lets through"
            )
            evidence.note(
                f"{each.path}.false_alarms",
                guard.false_alarms,
                "state the share of good ones that it turns down",
            )
        split = shares(guard)
        if split is None:
            evidence.line(
                f"{guard.name}: its shares contradict each other",
                "it turns down fewer than its false alarms alone, or more than all that is bad",
            )
            sure = False
            continue
        share: Interval = getattr(split, "false_alarms" if what == "people" else what)
        one = often * there * share
        if what == "people":
            one = (one * _handled(each, evidence)).scaled(HOURS_PER_MONTH)
        found = found + one
        evidence.line(f"{guard.name}, asked a run", _printed(there))
        if what != "people":
            evidence.line(f"{guard.name}, of 100", _printed(share.scaled(100.0)))
    return found, sure


def _handled(each: Blocking, evidence: Evidence) -> Interval:
    """Seconds that people work on one that was turned down; of questions in a branch not surely."""
    parts: list[Interval] = []
    straight = {id(step) for step in each.then or ()}
    for step in walk(each.then or ()):
        if isinstance(step.action, Ask):
            evidence.note(f"{step.path}.takes", step.action.takes, "state how long they work on it")
            time = mean_of(step.action.takes)
            parts.append(time if id(step) in straight else Interval(0.0, None, time.high))
    return total(parts)


def _price(context: Context, measure: str, flow: str, what: str, evidence: Evidence) -> Figure:
    """What the guards of a flow that block take of its time, or what their calls cost."""
    asked = checks(context, flow)
    enter_counts(evidence, flow)
    found = ZERO
    for each in blocking(context):
        there = asked.get((each.step.path, each.nth))
        if there is None:
            continue
        inside = f"{each.step.path}.guard.{each.nth}."
        if what == "cost":
            enter_rate(evidence, flow)
            for one in spent(context, flow):
                if one.use.step.path.startswith(inside):
                    found = found + sure(one.use, one.run) * runs(context, flow)
            continue
        if each.guard.takes is not None:
            found = found + there * evidence.mean(f"{each.path}.takes", each.guard.takes)
        for use in uses(context, flow):
            if use.step.path.startswith(inside) and use.kind == "call" and use.component is not None:
                path = f"components.{use.name}.offers.{use.operation}.work"
                found = found + sure(use, use.weight) * evidence.mean(
                    path, use.component.offers[use.operation].work
                )
        evidence.line(f"{each.guard.name}, asked a run", _printed(there))
    if what == "takes":
        evidence.assume(
            "work of the checks alone, without waiting for a server and without more work by length"
        )
    known = math.isfinite(found.high) and not evidence.missing
    return Figure(
        measure, f"{TITLES[what]}: {flow}", "s" if what == "takes" else f"{context.model.currency}/month",
        found.value if known else None, found.low, found.high if known else None, method="sum over the guards",
        inputs=evidence.inputs, derivation=tuple(evidence.lines), valid=evidence.valid, missing=evidence.missing,
        reason="" if known else "how long they take or what they cost isn't stated",
    )  # fmt: skip


def _printed(interval: Interval) -> str:
    if interval.value is not None and interval.low == interval.high:
        return f"{interval.value:.6g}"
    return f"{interval.low:.4g} to {interval.high:.4g}"
