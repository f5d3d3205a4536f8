"""What a run uses, and how often: one line of what reading a program for its uses gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from groma.analyses.growing import NONE_BEFORE, Earlier
from groma.analyses.interval import Interval, total
from groma.analyses.outcome.late import NEVER, Late
from groma.analyses.outcome.law import SLOW
from groma.model.elements import Component
from groma.model.program import Call, Send, Sizes, Step

if TYPE_CHECKING:
    from groma.analyses.outcome.reading import Outcomes

When = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Use:
    """Something a run uses: an operation (`call`, `send`), a person (`ask`), a pool (`hold`), a cache (`look up`).

    `weight` is the expected number per run, given that the open choices in `when` (role, variant) are taken so;
    `step` and `caller` say where it is asked for, `component` is the candidate that stands there then.
    """

    kind: str
    name: str
    operation: str
    step: Step
    caller: str | None
    weight: Interval
    when: When = ()
    component: Component | None = None
    arriving: Interval | None = None
    """Calls that come to the queue, where it can be full; `weight` counts those that are let in."""
    earlier: Earlier = NONE_BEFORE
    """Rounds of the loop around it that went before, where its input grows with them."""
    first: Interval | None = None
    """Of those that come to the queue, the ones that don't come after being turned away."""
    sure: bool = False
    """Whether all others come again as soon as they are turned away, so that the queue doesn't notice them."""
    once: bool = False
    """Whether they come again for no other reason, and the queue alone turns them away."""
    cut: float = 0.0
    """Share of them, at the most, that end before their time since somebody further out gives up."""
    late: Late = NEVER
    """How many of them come since something took too long."""
    begun: Interval | None = None
    """Calls that are begun, where some are turned away by a stated share or lost on their way; `arriving` aren't."""

    @property
    def made(self) -> Interval:
        """Calls that are begun, however they end: what whoever calls sees."""
        return self.offered if self.begun is None else self.begun

    @property
    def offered(self) -> Interval:
        return self.weight if self.arriving is None else self.arriving

    @property
    def sizes(self) -> Sizes:
        return self.step.action.sizes if isinstance(self.step.action, Call | Send) else Sizes()

    @property
    def roles(self) -> frozenset[str]:
        """Open choices it depends on."""
        return frozenset(role for role, _ in self.when)

    @property
    def station(self) -> str:
        return f"people.{self.name}" if self.kind == "ask" else f"components.{self.name}"


def waits_at_all(outcomes: Outcomes, name: str) -> float:
    """The greatest share of what comes to a component that waits there: only they can be given up before they begin."""
    law = outcomes.waiting(f"components.{name}").law
    return 0.0 if law is None else max(1.0 - float(law.cells[SLOW, 0]), 0.0)


def expected(uses: tuple[Use, ...], name: str) -> Interval:
    """Uses per run of one component or person, all its operations and open alternatives together."""
    return total(use.weight for use in uses if use.name == name)
