"""History: what a conversation adds to the input of a model call, round by round of the loop around the call.

`context: {..., grows: {history: 600 tokens}}` on a call in a loop says that its input is so much longer in each further
round: round n carries n - 1 times as much, so that n rounds are billed for n (n - 1) / 2 times as much on top (the sum
of an arithmetic series). The loop is the innermost `repeat` written around the call; what it calls starts anew. Where
parts may be cut (`cut_first`), the input never exceeds the model's window.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache

from groma.analyses.context import Context
from groma.analyses.interval import ZERO, Interval, greatest, mean_of, total
from groma.analyses.outcome.quantity import law_at
from groma.analyses.visits.rounds import reached
from groma.catalog import UnknownEntryError
from groma.model.elements import Component
from groma.model.program import Action, Call, Repeat, Step, inner_steps
from groma.model.quantity import Quantity, Unknown
from groma.solvers.distributions import Axis, convolve, discretise

INPUT = ("input", "in")
"""Names of the size of a call that grows."""
Growth = tuple[tuple[str, Quantity | Unknown], ...]


def growth_of(action: Action) -> Growth:
    """The parts of a call's input that grow, with what each round adds."""
    return action.context.grows if isinstance(action, Call) and action.context is not None else ()


def grows_in(steps: tuple[Step, ...]) -> bool:
    """Whether a call whose input grows stands in the steps of a loop, in no further loop of its own."""
    todo = list(steps)
    while todo:
        step = todo.pop()
        if growth_of(step.action):
            return True
        own = step.action.steps if isinstance(step.action, Repeat) else None
        todo += [each for _, inner in inner_steps(step) if inner is not own for each in inner]
    return False


def unstated(path: str, growth: Growth) -> tuple[str, ...]:
    """What isn't stated of the growth of a call at a step, and what to state."""
    unknown = (part for part, amount in growth if isinstance(amount, Unknown))
    return tuple(f"{path}.context.grows.{part}: state how much each round adds" for part in unknown)


def added(action: Action) -> Interval:
    """Tokens that each round adds, in the mean."""
    return total(mean_of(amount) for _, amount in growth_of(action))


def added_most(action: Action) -> float:
    """Tokens that a round adds at most; infinite where no end is stated."""
    return math.fsum(greatest(amount) for _, amount in growth_of(action))


def held(context: Context, component: Component, action: Action) -> float:
    """Tokens that the input of a growing call can't exceed: the window, where something may be cut; else infinity."""
    if not isinstance(action, Call) or action.context is None or not action.context.cut_first:
        return math.inf
    stated = component.qualities.get("context")
    if isinstance(stated, Quantity):
        return stated.high
    if stated is None and component.product is not None:
        try:
            fact = context.catalog.product(component.product).capacities.get("context")
        except UnknownEntryError:
            return math.inf
        if fact is not None and isinstance(fact.value, int):
            return float(fact.value)
    return math.inf


@dataclass(frozen=True, slots=True)
class Earlier:
    """Rounds that went before a call of a loop: their mean over all rounds begun, and the chances that the first,
    second, ... round is begun at the end with the most of them (none: nobody knows)."""

    rounds: Interval = ZERO
    begun: tuple[float, ...] = ()

    def less_sure(self, *, known: bool) -> Earlier:
        """The same where a round after the first may not be begun."""
        return replace(self, rounds=Interval(0.0, self.rounds.value if known else None, self.rounds.high))


NONE_BEFORE = Earlier()
FIRST = Earlier(begun=(1.0,))
"""The first round alone, which surely is begun."""


def rounds_before(loop: Repeat, ok: Interval) -> Earlier:
    """The mean number of earlier rounds is the sum of (n - 1) r_n over the sum of r_n, with r_n = P(at least n rounds)
    ok^(n-1). It rises with the rounds and with `ok`."""
    begun = reached(loop, ok.high, "most")
    low, high = _before(reached(loop, ok.low, "least")), _before(begun)
    value = None if ok.value is None else _before(reached(loop, ok.value, "nominal"))
    return Earlier(Interval(low or 0.0, value, math.inf if high is None else high), tuple(begun or ()))


def _before(begun: list[float] | None) -> float | None:
    whole = math.fsum(begun or ())
    return (
        None
        if begun is None
        else 0.0
        if whole <= 0
        else math.fsum(n * r for n, r in enumerate(begun)) / whole
    )


def cut_off(action: Action, earlier: Earlier, mean: float, sd: float, window: float) -> float:
    """The most that a window cuts off a call's input in the mean over rounds, from two moments of each round's input:
    E(X - w)+ <= (sqrt(sd^2 + (w - m)^2) - (w - m)) / 2 (Scarf 1958). Infinite where the rounds aren't known."""
    if math.isinf(window):
        return 0.0
    grown = [amount for _, amount in growth_of(action)]
    later = len(earlier.begun) > 1
    if not earlier.begun or (later and any(isinstance(amount, Unknown) for amount in grown)):
        return math.inf
    each = added(action).high if later else 0.0
    spread = math.fsum(amount.law.sd**2 for amount in grown if isinstance(amount, Quantity))
    lost = 0.0
    for n, share in enumerate(earlier.begun):
        room = window - mean - n * each
        lost += share * (math.sqrt(sd**2 + n * spread + room**2) - room) / 2
    return lost / math.fsum(earlier.begun)


@lru_cache(maxsize=256)
def partial_sums(amount: Quantity, rounds: int, leak: float) -> tuple[tuple[float, float], ...]:
    """Brackets of what 0, 1, ... `rounds` - 1 rounds add in sum: all of them hold together in all but a share `leak`
    of runs (union bound over tails of the sums of independent draws)."""
    if amount.constant:
        return tuple((n * amount.low, n * amount.high) for n in range(rounds))
    low_law, high_law = law_at(amount, amount.low), law_at(amount, amount.high)
    most, each = greatest(amount), leak / (2 * max(rounds - 1, 1))
    found = [(0.0, 0.0)]
    far = (rounds - 1) * high_law.mean + 12 * (rounds - 1) ** 0.5 * high_law.sd + 24 * high_law.sd
    axis = Axis(far / 4096, 4096)
    down, up = discretise(low_law, axis, "down"), discretise(high_law, axis, "up")
    below, above = down, up
    for n in range(1, rounds):
        if n > 1:
            below, above = convolve(below, down), convolve(above, up)
        first = next((i for i, mass in enumerate(below.mass.cumsum()) if mass > each), 0)
        last = next((i for i, mass in enumerate(above.mass.cumsum()) if mass >= 1 - each), None)
        least = 0.0 if amount.most is not None else max(first * axis.step, n * low_law.least)
        found.append((least, min(n * most, math.inf if last is None else last * axis.step)))
    return tuple(found)
