"""How like parts share failures and take over from one another: what is known of one of them, turned into chances.

- One part is up for its mean time between failures out of that and the mean repair (an alternating renewal process).
- `together` divides the failures of one replica over causes that take only it, two, ... or all (multiple Greek
  letters, `greek_shares`). The chances of the causes lie within what the ranges of the shares allow.
- `takeover` and `noticed`: the role that a component plays is empty while a spare takes over, and until repair where
  nobody noticed (`role_unavailability`). It is a part of its own, beside the replicas: a failure of one that is up
  comes once in its mean time between failures, with all that it stands on. Of m that are needed each is such a role.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from math import comb

from groma.analyses.context import Context
from groma.analyses.evidence import Evidence
from groma.analyses.interval import ANY_SHARE, ZERO, Interval, hull, mean_of, share_of
from groma.model.elements import Component, Failure, Place
from groma.model.quantity import Quantity, Unknown
from groma.solvers.faulttrees import greek_shares, role_unavailability


def up_share(evidence: Evidence, path: str, fails: Failure) -> Interval:
    """Steady-state availability: as stated, or mean up time over mean cycle (an alternating renewal process)."""
    if fails.availability is not None:
        return evidence.share(f"{path}.fails.availability", fails.availability)
    known = isinstance(fails.every, Quantity) and isinstance(fails.repaired_in, Quantity)
    evidence.note(f"{path}.fails.every", fails.every, "state the mean time between failures")
    evidence.note(f"{path}.fails.repaired_in", fails.repaired_in, "state the mean time to repair")
    if not known:
        return ANY_SHARE
    every, repair = mean_of(fails.every), mean_of(fails.repaired_in)
    assert every.value is not None
    assert repair.value is not None
    return Interval(
        up_of(every.low, repair.high),
        up_of(every.value, repair.value),
        up_of(every.high, repair.low),
    )


def outage_of(fails: Failure) -> float | None:
    """The mean length of one outage, in seconds, where it is stated."""
    return (
        fails.repaired_in.mean
        if isinstance(fails.repaired_in, Quantity) and fails.availability is None
        else None
    )


def up_of(up: float, down: float) -> float:
    """The share of time that a part is up which is up and down in turn, for so long on average."""
    return 1.0 if down <= 0.0 else up / (up + down)


def alongside(component: Component, carrier: Component) -> bool:
    """Whether replica i of the component stands on replica i of its carrier."""
    return component.replicas > 1 and carrier.replicas > 1 and carrier.enough is None


def around(context: Context, place: str) -> Iterator[Place]:
    """A place and those around it, as far as the model describes them."""
    seen: set[str] = set()
    current: str | None = place
    while current is not None and current in context.model.places and current not in seen:
        seen.add(current)
        yield context.model.places[current]
        current = context.model.places[current].in_


def beneath(context: Context, component: Component) -> Iterator[str]:
    """The components that a component needs beside what it calls: dependencies, its carrier, what feeds its places."""
    yield from component.depends_on
    if component.runs_on is not None:
        yield component.runs_on
    for inner in component.place:
        for place in around(context, inner):
            yield from place.depends_on


# --- failing together ------------------------------------------------------------------------------------------------


def divided(
    component: Component, i: int, chance: Interval, evidence: Evidence
) -> Iterator[tuple[tuple[int, ...], Interval]]:
    """The causes that take replica `i` (numbered from 0): which replicas each takes, and the chance that it's absent.

    `chance` is that of one replica being up. Without `together` there is one cause, which takes only this one.
    """
    n = component.replicas
    letters = component.together
    if not letters:
        yield (i,), chance
        return
    given = [
        evidence.share(f"components.{component.name}.together.{at}", letter)
        for at, letter in enumerate(letters[: n - 1], 1)
    ]
    for k in (*range(1, len(given) + 1), n):
        absent = _absent(given, n, k, chance)
        for hit in combinations(range(n), k):
            if i in hit:
                yield hit, absent


def named(hit: tuple[int, ...], replicas: int) -> str:
    """What a cause is called by the replicas it takes: `2`, `1+3`, and `all` of several."""
    return "all" if 1 < len(hit) == replicas else "+".join(str(i + 1) for i in hit)


def shared(part: str) -> bool:
    """Whether a part is a cause that takes several replicas."""
    which = part.partition("#")[2]
    return which == "all" or "+" in which


def _absent(letters: list[Interval], n: int, k: int, up: Interval) -> Interval:
    """The chance that a cause of order k is absent: 1 - r_k (1 - up), between what the ranges of the letters allow."""
    nominal = [letter.value for letter in letters]
    value = None
    if up.value is not None and None not in nominal:
        share = greek_shares(n, [letter for letter in nominal if letter is not None])[k - 1]
        value = 1.0 - share * (1.0 - up.value)
    beyond = letters[k - 1] if k < n else ZERO
    low, high = (1.0 - beyond.high) / comb(n - 1, k - 1), (1.0 - beyond.low) / comb(n - 1, k - 1)
    for each in letters[: k - 1]:
        low, high = low * each.low, high * each.high
    return Interval(1.0 - high * (1.0 - up.low), value, 1.0 - low * (1.0 - up.high))


# --- taking over -----------------------------------------------------------------------------------------------------


def role_filled(context: Context, evidence: Evidence, component: Component) -> Interval | None:
    """The chance that no takeover is under way, for all replicas that are needed; None where nothing takes over."""
    needed = component.enough or 1
    if (component.takeover is None and component.noticed is None) or component.replicas <= needed:
        return None
    path = f"components.{component.name}"
    takeover = evidence.mean(
        f"{path}.takeover", component.takeover, "state how long a spare takes to take over"
    )
    noticed = Interval(1.0, 1.0, 1.0)
    if component.noticed is not None:
        noticed = share_of(component.noticed)
        evidence.note(f"{path}.noticed", component.noticed)
    units = [
        hull(_empty(evidence, way, takeover, noticed) for way in _ways(context, component, i))
        for i in range(component.replicas)
    ]
    values = [unit.value for unit in units if unit.value is not None]
    value = sum(values) / len(values) if len(values) == len(units) else None
    low, high = min(unit.low for unit in units), max(unit.high for unit in units)
    return Interval(
        (1.0 - high) ** needed, None if value is None else (1.0 - value) ** needed, (1.0 - low) ** needed
    )


def role_empty(context: Context, component: Component) -> float | None:
    """How long a role is empty after one failure, in seconds: the mean over all that the replicas fail with."""
    takeover, noticed = component.takeover, component.noticed
    if not isinstance(takeover, Quantity) or isinstance(noticed, Unknown):
        return None
    seen = 1.0 if noticed is None else noticed.mean
    rate = lost = 0.0
    for i in range(component.replicas):
        ways = _ways(context, component, i)
        for _, fails in ways[0]:
            if (
                len(ways) > 1
                or not isinstance(fails.every, Quantity)
                or not isinstance(fails.repaired_in, Quantity)
            ):
                return None
            rate += 1.0 / fails.every.mean
            lost += (seen * takeover.mean + (1.0 - seen) * fails.repaired_in.mean) / fails.every.mean
    return lost / rate if rate > 0.0 else None


Way = list[tuple[str, Failure]]
"""What a replica fails with, by path."""


def _empty(evidence: Evidence, way: Way, takeover: Interval, noticed: Interval) -> Interval:
    """How much of the time the role is empty that a replica plays: added over what it fails with, least to most."""
    known: list[tuple[Quantity, Quantity]] = []
    for path, fails in way:
        if isinstance(fails.every, Quantity) and isinstance(fails.repaired_in, Quantity):
            known.append((fails.every, fails.repaired_in))
        else:
            evidence.miss(
                f"{path}.fails.every",
                "state how often it fails and how long repair takes: each failure is a takeover",
            )
    ends = [(mean_of(every), mean_of(repair)) for every, repair in known]
    low = _filled_from([(e.high, r.low) for e, r in ends], takeover.low, noticed.high)
    if not known or len(known) < len(way) or takeover.value is None or noticed.value is None:
        return Interval(low, None, 1.0)
    high = _filled_from([(e.low, r.high) for e, r in ends], takeover.high, noticed.low)
    value = _filled_from([(e.mean, r.mean) for e, r in known], takeover.value, noticed.value)
    return Interval(min(low, value), value, max(high, value))


def _filled_from(causes: list[tuple[float, float]], takeover: float, noticed: float) -> float:
    """The share of time a role is empty whose part fails of several causes, each (mean up time, mean repair)."""
    odds = 0.0
    for up, down in causes:
        empty = role_unavailability(up, down, takeover, noticed) if up > 0.0 else 1.0
        if empty >= 1.0:
            return 1.0
        odds += empty / (1.0 - empty)
    return odds / (1.0 + odds)


def _ways(context: Context, component: Component, i: int) -> list[Way]:
    """What replica `i` fails with: itself, the places around it, and the carrier's replica under it.

    There are several while it is open what carries it.
    """
    own: Way = [] if component.fails is None else [(f"components.{component.name}", component.fails)]
    if component.place:
        around_it = around(context, component.place[i % len(component.place)])
        own += [(f"places.{place.name}", place.fails) for place in around_it if place.fails is not None]
    ways: list[Way] = []
    for carrier in () if component.runs_on is None else context.candidates(component.runs_on):
        if alongside(component, carrier):
            ways += [own + under for under in _ways(context, carrier, i % carrier.replicas)]
        elif own not in ways:
            ways.append(own)
    return ways or [own]
