"""What a rule is: one thing to look for in a model, why it matters, and what to do about it.

After the form of static analysis rules (OASIS SARIF 2.1.0, reportingDescriptor): a stable id, a sentence, a reason, a
source, a level, help. A rule's check says how many places it looked at and where it hit; the rule makes findings of
the hits, so that every finding carries its denominator. A good and a bad example stand in the same file: the tests run
them, the documentation quotes them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from groma.model.finding import Confidence, Evidence, Finding, Severity
from groma.model.position import Position
from groma.rules.subject import Subject

Phase = Literal["brief", "assess", "build"]
"""When a rule is asked: of a brief before it is designed, of any model when it is assessed, of a blueprint before
somebody builds from it (what is unfinished is no fault until then)."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One place where a rule applies: the element's path, what is seen there, and what follows from it.

    `figures` are names of figures in the ledger that show the consequence; `key` tells hits on one element apart.
    """

    element: str
    title: str
    text: str
    at: Position | None = None
    consequence: str = ""
    remedy: str = ""
    figures: tuple[str, ...] = ()
    more: tuple[Evidence, ...] = ()
    confidence: Confidence = "certain"
    key: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """What a check found: how many places it looked at, and its hits."""

    looked_at: int
    hits: tuple[Hit, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule. `good` and `bad` are the bodies of example models (after the heading `EXAMPLE_HEAD`)."""

    id: str
    title: str
    looks_for: str
    why: str
    source: str
    severity: Severity
    tags: tuple[str, ...]
    consequence: str
    remedy: str
    check: Callable[[Subject], Look]
    good: str
    bad: str
    expected: tuple[str, ...]
    """Ids of the findings that the bad example gives."""
    phases: tuple[Phase, ...] = ("assess",)

    def findings(self, subject: Subject) -> tuple[Finding, ...]:
        """The findings of this rule, by id, each with how many were found and looked at."""
        return self.told(self.check(subject))

    def told(self, look: Look) -> tuple[Finding, ...]:
        """The findings of what its check found, by id."""
        found = len(look.hits)
        return tuple(
            sorted(
                (self._finding(hit, found, look.looked_at) for hit in look.hits),
                key=lambda finding: finding.id,
            )
        )

    def _finding(self, hit: Hit, found: int, looked_at: int) -> Finding:
        name = f"{self.id}:{hit.element}" + (f"/{hit.key}" if hit.key else "")
        return Finding(
            rule=self.id,
            id=name,
            title=hit.title,
            severity=self.severity,
            evidence=(Evidence(hit.element, hit.text, hit.at), *hit.more),
            consequence=hit.consequence or self.consequence,
            remedy=hit.remedy or self.remedy,
            figures=hit.figures,
            confidence=hit.confidence,
            found=found,
            looked_at=looked_at,
        )


EXAMPLE_HEAD = "groma: 1\nsystem: Example\ncurrency: EUR\n"
"""How the example models of all rules begin."""
