"""More examples of rules than fit beside them, each with all that is to be found."""

from __future__ import annotations

from dataclasses import dataclass

from groma.rules import Rule, Subject


@dataclass(frozen=True, slots=True)
class Case:
    """A model's body and the ids of the findings of one rule; what else is stated has to hold of every finding."""

    rule: str
    body: str
    found: tuple[str, ...] = ()
    looked_at: int | None = None
    confidence: str = ""
    figures: tuple[str, ...] | None = None

    def differs(self, rule: Rule, subject: Subject) -> str:
        """What is not as it has to be, in words; empty when all is."""
        look = rule.check(subject)
        findings = rule.findings(subject)
        ids = [finding.id for finding in findings]
        if sorted(ids) != sorted(self.found):
            return f"found {ids}"
        if len(ids) > look.looked_at or (self.looked_at is not None and look.looked_at != self.looked_at):
            return f"looked at {look.looked_at}"
        for finding in findings:
            if self.confidence and finding.confidence != self.confidence:
                return f"{finding.id} is {finding.confidence}"
            if self.figures is not None and finding.figures != self.figures:
                return f"{finding.id} quotes {finding.figures}"
        return ""


CASES: tuple[Case, ...] = ()
