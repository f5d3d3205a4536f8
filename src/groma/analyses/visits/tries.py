"""How often a step is tried, and how many of the tries come since something took too long.

Where tries hang on one another through a queue (see `loads.again` and `outcome.late`), they lie between their ends: no
later one is as the first, and every later one is.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from groma.analyses.interval import ONE, Interval
from groma.analyses.loads.again import THROTTLED, at_once, crowded
from groma.analyses.outcome.algebra import Outcome, mass_of
from groma.analyses.outcome.late import TIMEOUT, Late, meeting, waits_inside
from groma.analyses.outcome.law import FAST, NOMINAL, SLOW, Array
from groma.analyses.outcome.read_off import point
from groma.analyses.outcome.reading import Outcomes
from groma.analyses.visits.rounds import attempts, attempts_that_hang_together
from groma.model.program import Call, Retry, Step


def interval_of(mass: Array) -> Interval:
    """A probability as outcomes carry it."""
    nominal = point(mass[NOMINAL]) if len(mass) > NOMINAL else None
    return Interval(max(float(mass[SLOW]), 0.0), nominal, min(float(mass[FAST]), 1.0))


def chance(outcomes: Outcomes, outcome: Outcome, *kinds: str) -> Interval:
    """The chance that it ends in one of these ways."""
    return interval_of(mass_of(outcomes.grid, outcome, frozenset(kinds)))


@dataclass(frozen=True, slots=True)
class Tries:
    """The tries at one step by a caller; `late`: how much of what comes to the step itself comes late."""

    outcomes: Outcomes
    step: Step
    caller: str | None
    late: Late

    def attempts(self, retry: Retry, one: Outcome) -> tuple[Interval, Interval | None, Late]:
        """Attempts; of those at a station that is called there, where attempts hang together, the ones that don't come
        after being turned away: no others are surely let in, and no others at all where all come again at once; and
        how many come after a time limit only."""
        away = THROTTLED in one.ends and crowded(self.outcomes, self.step)
        made, late = attempts(retry, self._chance(one, *retry.on)), self.late
        if TIMEOUT in one.ends and TIMEOUT in retry.on and waits_inside(self.outcomes, self.step):
            made, late = self._after_limits(retry, one, made, away)
        if not away:
            return made, None, late
        sure = at_once(self.outcomes.context, self.step)
        other = self._chance(one, *(kind for kind in retry.on if kind != THROTTLED))
        turned_away = self._chance(one, THROTTLED)
        if late is self.late:
            made = attempts_that_hang_together(retry, other, turned_away, sure)
        if sure:
            return made, attempts(retry, other), late
        if not isinstance(self.step.action, Call) or self.step.policies.hedge is not None:
            return made, None, late
        if other.high <= 0.0:
            return made, ONE, late
        fewer = replace(retry, times=retry.times - 1)
        before = attempts_that_hang_together(fewer, other, turned_away, sure).high
        first = Interval(attempts(retry, other).low, None, min(1.0 + before * other.high, made.high))
        return made, first, late

    def _after_limits(self, retry: Retry, one: Outcome, made: Interval, away: bool) -> tuple[Interval, Late]:
        """The attempts where those after a time limit meet the same queue again: they may all come too late, and do so
        at least as often as if they didn't hang on one another. With `away` the same goes for those turned away."""
        hanging = {TIMEOUT, THROTTLED} if away else {TIMEOUT}
        other = self._chance(one, *(kind for kind in retry.on if kind not in hanging))
        slow = self._chance(one, *(kind for kind in retry.on if kind in hanging))
        most = attempts_that_hang_together(retry, other, slow, sure=False).high
        waiting = self.meeting
        if waiting < 1.0:
            layers = self.outcomes.calm().layers_of(self.step, self.caller)
            names = [name for name, _ in layers]
            free = self._chance(layers[names.index("retry") - 1][1], *retry.on).high
            most = min(most, math.fsum(min(free**n + waiting, 1.0) for n in range(retry.times + 1)))
        surely = attempts(
            retry, self._chance(one, *(kind for kind in retry.on if not away or kind != THROTTLED))
        )
        anyway = attempts(retry, other)
        late = self.late.among(most, anyway.high, anyway.low / surely.low, 1.0 + retry.times, waiting)
        return Interval(surely.low, None if away else made.value, most), late

    def hedges(self, made: Interval, most: float) -> Late:
        """How many of the tries come late once a hedge has made so many of each; `most` of them at the most."""
        if made.high <= 1.0 or not waits_inside(self.outcomes, self.step):
            return self.late
        return self.late.among(made.high, 1.0, 1.0 / made.low, most, self.meeting)

    def fallback(self, falls: Interval, one: Outcome) -> Late:
        """How much of a fallback runs since something took too long."""
        slow = self._chance(one, TIMEOUT).high
        if slow <= 0.0 or not waits_inside(self.outcomes, self.step):
            return self.late
        surely = max(falls.low - slow, 0.0) / falls.low if falls.low > 0.0 else 1.0
        return self.late.among(falls.high, max(falls.high - slow, 0.0), surely, 1.0, self.meeting)

    @property
    def meeting(self) -> float:
        """The most of runs in which any of the tries waits."""
        return meeting(self.outcomes, self.step, self.caller)

    def _chance(self, one: Outcome, *kinds: str) -> Interval:
        return chance(self.outcomes, one, *kinds)
