"""Programs read into outcomes whose lattice carries money (or calls) in place of time.

Sequences, choices, retries, guards, fallbacks and loops put laws together as `outcome.reading` does; here calls
have a price in place of a time, waits and pauses take nothing, and branches at once add up. What hangs on time (a
timeout, a hedge, which branch ends first) takes its chances from the reading in time, and what is spent is shared out
over them (`sharing`). Work after its caller gave up is spent. A message that is lost, or turned away, costs nothing and
is no call. In a loop whose history grows, each round is read for itself, with the price of its own input.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

from groma.analyses.cost.lines import carried
from groma.analyses.cost.prices import prices
from groma.analyses.cost.use import wants_price
from groma.analyses.growing import grows_in, growth_of, held, partial_sums, unstated
from groma.analyses.outcome import repeat as outcome_repeat
from groma.analyses.outcome.algebra import (
    JUST_OK,
    OK,
    Outcome,
    after,
    any_end,
    done,
    mixed,
    one_of,
    split,
    then,
)
from groma.analyses.outcome.call import answered
from groma.analyses.outcome.hedge import started
from groma.analyses.outcome.law import (
    FAST,
    SLOW,
    Array,
    Defective,
    Grid,
    added,
    anytime,
    convolved,
    fixed,
    never,
    scaled,
)
from groma.analyses.outcome.quantity import share_of
from groma.analyses.outcome.reading import Outcomes, no_waiting
from groma.analyses.reach import connection_of
from groma.analyses.spending.priced import Extra, at_least, law_of
from groma.analyses.spending.sharing import alike, chances_of, kept, one_more, same_in_all_runs, shared
from groma.analyses.spending.stops import stops
from groma.model.elements import Component
from groma.model.program import (
    Ask,
    Cache,
    Call,
    Do,
    Hedge,
    Hold,
    Parallel,
    Repeat,
    Retry,
    Send,
    Sizes,
    Step,
    Wait,
)
from groma.model.quantity import Quantity, Unknown

Of = Literal["cost", "calls"]
LEAK = 1e-4
"""Share of loops in which the sum of a growth that varies may lie outside its bracket."""


@dataclass(frozen=True, slots=True)
class Spending(Outcomes):
    """Reads programs into what they spend; `times` is the same model read in time."""

    times: Outcomes | None = None
    of: Of = "cost"
    round: int = 1
    """The round of the innermost loop around, and the most that there may be."""
    rounds: int = 1

    @staticmethod
    def beside(times: Outcomes, grid: Grid, of: Of) -> Spending:
        """On a lattice of money or calls, with the queues of a reading in time."""
        return Spending(times.context, grid, None, times.waiting, times.offered, times.keys, times, of)

    @property
    def in_time(self) -> Outcomes:
        assert self.times is not None
        return self.times

    @property
    def anew(self) -> Spending:
        """In the first round: what is called or done in place of a step knows nothing of the loop around it."""
        return replace(self, round=1)

    def calm(self) -> Outcomes:
        times = self.in_time.calm()
        return replace(self, waiting=no_waiting, keys=times.keys, times=times)

    def choosing(self, role: str, variant: str) -> Outcomes:
        times = self.in_time.choosing(role, variant)
        return replace(self, context=times.context, times=times)

    def _key(self, kind: str, step: Step, caller: str | None, marks: bool) -> tuple[object, ...]:
        key = Outcomes._key(self, kind, step, caller, marks)
        return (self.of, self.round, self.rounds, self.in_time.grid, *key)

    # What takes nothing

    def taking(self, time: Quantity | Unknown | None) -> Outcome:
        del time
        return done(self.grid)

    def pause(self, retry: Retry, attempt: int) -> Outcome:
        del retry, attempt
        return done(self.grid)

    def _looked_up(self, step: Step, cache: Cache) -> Outcome:
        if cache.component is None or self.of == "calls":
            return done(self.grid)
        candidates = self.context.candidates(cache.component)
        return one_of(self.grid, [self._paid(step, c, "", Sizes()) for c in candidates])

    # Actions

    def _action(self, step: Step, caller: str | None, marks: bool) -> Outcome:
        grid = self.grid
        match step.action:
            case Call(component, operation, sizes):
                return self._called(step, component, operation, sizes, caller)
            case Send(component, operation, sizes):
                return after(any_end(grid, self._called(step, component, operation, sizes, caller)))
            case Parallel(branches, join, left_over):
                parts = [self.sequence(steps, caller, marks) for steps in branches]
                return self._at_once(step, caller, parts, join, left_over == "cancel")
            case Repeat() if self.of == "cost" and grows_in(step.action.steps):
                return self._growing(step, step.action, caller, marks)
            case Repeat():
                inner = self.anew.sequence(step.action.steps, caller, marks)
                return outcome_repeat.repeated(grid, step.path, step.action, inner)
            case Ask(person, _, rejects):
                asked = self._let_in(f"people.{person}", done(grid))
                return split(grid, asked, OK, share_of(grid, rejects), "rejected")
            case Wait():
                return done(grid)
            case Hold(component, steps):
                return self._let_in(f"components.{component}", self.sequence(steps, caller, marks))
            case Do():
                return Outcomes._action(self.anew, step, caller, marks)
            case _:
                return Outcomes._action(self, step, caller, marks)

    def _called(self, step: Step, name: str, operation: str, sizes: Sizes, caller: str | None) -> Outcome:
        candidates = [c for c in self.context.candidates(name) if operation in c.offers]
        if not candidates:
            return done(self.grid).noting(frozenset({f"{step.path}: nothing stands for `{name}`"}))
        return one_of(self.grid, [self._call(step, c, operation, sizes, caller) for c in candidates])

    def _call(
        self, step: Step, component: Component, operation: str, sizes: Sizes, caller: str | None
    ) -> Outcome:
        grid, offered = self.grid, component.offers[operation]
        there = (
            after(fixed(grid, 1.0)) if self.of == "calls" else self._paid(step, component, operation, sizes)
        )
        if offered.steps:
            nested = answered(self.anew.sequence(offered.steps, component.name))
            if offered.answers != "when done":
                nested = after(any_end(grid, nested)).noting(nested.missing, nested.notes)
            there = then(grid, there, JUST_OK, nested)
        there = self._let_in(f"components.{component.name}", there)
        there = split(grid, there, OK, share_of(grid, offered.fails), "failed")
        there = self._turned_away(there, share_of(grid, offered.throttled), "throttled")
        connection = connection_of(self.context.model, caller, component.name)
        if connection is not None:
            there = self._turned_away(there, share_of(grid, connection.loss), "unavailable")
        return there

    def _let_in(self, station: str, inside: Outcome) -> Outcome:
        """What happens at a station whose queue may be full."""
        full = self.waiting(station).full
        return inside if full is None else self._turned_away(inside, full, "throttled")

    def _turned_away(self, inside: Outcome, share: Array, kind: str) -> Outcome:
        if not share[FAST] > 0:
            return inside
        return mixed(self.grid, [1 - self.grid.other(share), share], [inside, done(self.grid, kind)])

    def _paid(self, step: Step, component: Component, operation: str, sizes: Sizes) -> Outcome:
        """The price of one call (of a look-up where there is no operation)."""
        path = f"components.{component.name}.offers.{operation}"
        found = prices(self.context, component)
        terms = found.of(operation) if operation else tuple(t for t in found.use if t.per == "call")
        lacks = set(found.missing)
        if not found.stated and not carried(self.context, component):
            lacks.add(f"components.{component.name}.price: state what it costs (0 if it is free)")
        if operation and not terms and wants_price(found):
            lacks.add(f"{path}.price: state what a call costs")
        law, missing = law_of(
            self.grid, path, step.path, component.offers.get(operation), sizes, terms, self._extra(step, component)
        )  # fmt: skip
        law = at_least(self.grid, law) if lacks else law
        return after(law).noting(frozenset(lacks | missing))

    def _extra(self, step: Step, component: Component) -> Extra:
        """What the rounds before have added to the input of a call."""
        growth = growth_of(step.action)
        low = high = 0.0
        for _, amount in growth:
            if isinstance(amount, Quantity):
                ends = partial_sums(amount, self.rounds, LEAK / len(growth))[self.round - 1]
            else:
                ends = 0.0, math.inf if self.round > 1 else 0.0
            low, high = low + ends[0], high + ends[1]
        window = held(self.context, component, step.action)
        return Extra(low, high, window, low == high, unstated(step.path, growth))

    def _at_once(
        self, step: Step, caller: str | None, parts: list[Outcome], join: int, cancels: bool
    ) -> Outcome:
        """Branches that start together: all is spent, unless what is left over is cancelled."""
        grid, whole = self.grid, any_end(self.grid, parts[0])
        for each in parts[1:]:
            whole = convolved(grid, whole, any_end(grid, each))
        missing = frozenset[str]().union(*(each.missing for each in parts))
        notes = frozenset[str]().union(*(each.notes for each in parts))
        if join == len(parts) and all(set(each.ends) == {OK} for each in parts):
            return after(whole).noting(missing, notes)
        ends = self.in_time.layers_of(step, caller)[0][1]
        chances = chances_of(self.in_time.grid, ends, grid)
        surely = float(chances[OK][SLOW]) if OK in chances and join == len(parts) else 0.0
        unfinished = 1.0 - surely if cancels else 0.0
        return shared(grid, whole, chances, unfinished, sure=same_in_all_runs(grid, whole)).noting(
            missing, notes
        )

    # Policies whose turn hangs on time

    def _limited(
        self, step: Step, caller: str | None, inner: Outcome, policy: str, limit: Quantity
    ) -> Outcome:
        del limit
        layers = self.in_time.layers_of(step, caller)
        at = [name for name, _ in layers].index(policy)
        before, later = layers[at - 1][1], layers[at][1]
        if alike(self.in_time.grid, before, later):
            return inner
        chances = chances_of(self.in_time.grid, later, self.grid)
        return kept(self.grid, inner, chances, chances["timeout"], float(self._can_be_cut(step)))

    def _hedged(self, step: Step, caller: str | None, inner: Outcome, hedge: Hedge) -> Outcome:
        grid, times = self.grid, self.in_time
        layers = times.layers_of(step, caller)
        at = [name for name, _ in layers].index("hedge")
        before = layers[at - 1][1]
        one = any_end(grid, inner)
        whole, sure = one, same_in_all_runs(grid, one)
        for number in range(hedge.at_most):
            shares = [
                started(times.grid, before, any_end(times.grid, before), time, hedge.at_most)[number]
                for time in (hedge.after.low, hedge.after.mean, hedge.after.high)
            ]
            begun = grid.triple(
                max(float(s[0]) for s in shares), min(float(s[1]) for s in shares), float(shares[1][-1])
            )  # fmt: skip
            sure = sure and not math.isnan(float(begun[-1]))
            none, more = scaled(grid, fixed(grid, 0.0), 1 - grid.other(begun)), scaled(grid, one, begun)
            whole = convolved(grid, whole, one_more(grid, one, none, more, sure))
        chances = chances_of(times.grid, layers[at][1], grid)
        cut = float(self._can_be_cut(step))
        return shared(grid, whole, chances, cut, sure=sure).noting(inner.missing, inner.notes)

    def _can_be_cut(self, step: Step) -> bool:
        """Whether giving up keeps anything from being spent: not of a single call whose work goes on."""
        if any(guard.steps for guard in step.policies.guards):
            return True
        if not isinstance(step.action, Call):
            return not isinstance(step.action, Ask | Wait)
        name = step.action.operation
        return any(
            c.offers[name].cancels
            and (c.offers[name].steps or any(t.per == "work" for t in prices(self.context, c).of(name)))
            for c in self.context.candidates(step.action.component)
            if name in c.offers
        )

    # Loops whose history grows

    def _growing(self, step: Step, loop: Repeat, caller: str | None, marks: bool) -> Outcome:
        """Round by round, at both ends of what is known of their number."""
        ends = (stops(loop, "low"), stops(loop, "high"))
        ways = [self._rounds(loop, each, caller, marks) for each in dict.fromkeys(ends)]
        unknown = isinstance(loop.times, Unknown) or isinstance(loop.until, Unknown)
        missing = frozenset({f"{step.path}: how often it goes round"}) if unknown else frozenset[str]()
        return one_of(self.grid, ways).noting(missing)

    def _rounds(self, loop: Repeat, ending: tuple[float, ...], caller: str | None, marks: bool) -> Outcome:
        """`ending[n]` is the chance that the loop ends ok after n rounds that ended ok."""
        grid, going = self.grid, fixed(self.grid, 0.0)
        ends: dict[str, list[Defective]] = {OK: [scaled(grid, going, _sure(grid, ending[0]))]}
        going = scaled(grid, going, _sure(grid, 1.0 - ending[0]))
        once = done(grid)
        for number, stop in enumerate(ending[1:], 1):
            here = replace(self, round=number, rounds=len(ending) - 1)
            once = here.sequence(loop.steps, caller, marks)
            for kind, law in once.ends.items():
                if kind != OK:
                    ends.setdefault(kind, []).append(convolved(grid, going, law))
            round_ok = convolved(grid, going, once.ends.get(OK) or never(grid))
            ends[OK].append(scaled(grid, round_ok, _sure(grid, stop)))
            going = scaled(grid, round_ok, _sure(grid, 1.0 - stop))
        if float(going.mass[FAST]) > 1e-12:
            ends[OK].append(convolved(grid, going, anytime(grid)))
        found = {kind: added(laws) for kind, laws in ends.items()}
        # what is missing in a round is missing in all that come after it
        return Outcome({k: law for k, law in found.items() if law.possible}, None, once.missing, once.notes)


def _sure(grid: Grid, share: float) -> Array:
    return grid.triple(share, share, share)
