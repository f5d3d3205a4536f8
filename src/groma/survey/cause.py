"""What a cause is: one reason behind many symptoms, what it costs, what to do about it.

A rule's finding is a symptom; a cause says of which rules' findings it may be the reason, why, and how surely. Its
`find` is a pure function that groups symptoms by the element at fault (a person, a missing connection, a supplier, a
component). What it costs is made of `Part`s, each an amount of money a month taken from facts of the model, with a key,
so that an hour that two causes speak of is never paid twice. After root-cause analysis by causal graphs (Doggett, "A
Statistical Comparison of Three Root Cause Tools", Journal of Industrial Technology 20(2), 2004).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from groma.analyses.interval import Interval
from groma.model.finding import Confidence, Finding

if TYPE_CHECKING:
    from groma.survey.ground import Ground

Kind = Literal["paid", "failed", "lost"]
"""`paid`: goes out every month; `failed`: runs that fail; `lost`: may be lost, nothing of it when all is caught up."""

ORDER: tuple[Confidence, ...] = ("possible", "likely", "certain")
"""From the weakest to the surest."""

OWN_PEOPLE = "own people"
"""Who carries a remedy out where nobody has to be bought in."""


@dataclass(frozen=True, slots=True)
class Explains:
    """A rule whose findings this cause may be the reason of: `why`, in a sentence, and how surely."""

    rule: str
    why: str
    sure: Confidence = "likely"


@dataclass(frozen=True, slots=True)
class Remedy:
    """What to do, how many hours it takes (least, most), who does it, and which share of the cost goes with it.

    `by` is a role of the catalog's table `labour-bands`, or `OWN_PEOPLE`. `basis` says where hours and share come from:
    they are planning bands until somebody makes an offer.
    """

    text: str
    hours: tuple[float, float]
    by: str
    saves: tuple[float, float]
    basis: str
    grows: tuple[float, float] = (0.0, 0.0)
    """Hours (least, most) that come on top for each hour a month of the work concerned: much work is long to change."""


@dataclass(frozen=True, slots=True)
class Part:
    """Money of a month that goes with a cause. Parts of one `key` are one amount, whichever causes name it.

    `missing` are facts without which the amount isn't known; `refs` are ledger ids that it was worked out from.
    """

    key: str
    text: str
    amount: Interval
    kind: Kind = "paid"
    refs: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()

    @property
    def counted(self) -> bool:
        """Whether it can be added up."""
        return not self.missing


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A cause at one element: the symptoms that speak for it, what it costs, what is at risk.

    `key` is the element at fault (`people.founder`), empty for the whole business. `touches` are the elements that its
    remedy changes. `remedy` is said instead of the cause's where the case knows better.
    """

    key: str
    title: str
    symptoms: tuple[Finding, ...]
    parts: tuple[Part, ...] = ()
    flows: tuple[str, ...] = ()
    data: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    touches: tuple[str, ...] = ()
    remedy: str = ""
    times: int = 1
    """How often the remedy has to be done: once for each part that is at fault."""
    worked: tuple[str, ...] = ()
    """Paths of the work concerned: how much it is a month decides what changing it takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """One cause. `good` and `bad` are bodies of example models; `expected` the keys of the cases in the bad one.

    `structural`: its remedy changes how parts are joined, so that one answer decides others. `tags` ties findings of
    rules that no cause names, such as a user's own, by what they are about.
    """

    id: str
    title: str
    why: str
    risk: str
    source: str
    explains: tuple[Explains, ...]
    find: Callable[[Ground, tuple[Finding, ...]], tuple[Case, ...]]
    remedy: Remedy
    good: str
    bad: str
    expected: tuple[str, ...]
    structural: bool = False
    tags: tuple[str, ...] = ()

    @property
    def rules(self) -> frozenset[str]:
        """Ids of the rules that it explains."""
        return frozenset(each.rule for each in self.explains)

    def link(self, finding: Finding) -> Explains | None:
        """Why a finding is its symptom; None where it isn't. A tie by tags alone is only possible."""
        return next((each for each in self.explains if each.rule == finding.rule), None)


def weaker(one: Confidence, other: Confidence) -> Confidence:
    """The less sure of two."""
    return ORDER[min(ORDER.index(one), ORDER.index(other))]


def agreed(links: tuple[tuple[str, Confidence], ...]) -> Confidence:
    """How sure a case is, from (rule, confidence) of its links: its surest link, one step surer where findings of two
    other rules at least say the same."""
    best = max((ORDER.index(sure) for _, sure in links), default=0)
    rules = {rule for rule, _ in links}
    step = 1 if len(rules) >= AGREEING_RULES else 0
    return ORDER[min(len(ORDER) - 1, best + step)]


AGREEING_RULES = 3
"""Findings of so many different rules make a cause one step surer."""
