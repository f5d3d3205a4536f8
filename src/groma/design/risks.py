"""What can go wrong with a design: failure modes of the patterns in use, what answers them, what is left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from groma.patterns import Risk, Space

SEVERITY = {"high": 0, "medium": 1, "low": 2}


@dataclass(frozen=True, slots=True)
class RiskHeld:
    """A failure mode of a design; `mitigated_by`: choices taken that answer it, `could_be`: those not taken."""

    name: str
    want: str
    pattern: str
    cause: str
    effect: str
    detection: str
    response: str
    remains: str
    severity: str
    mitigated_by: tuple[str, ...]
    could_be: tuple[str, ...]

    @property
    def open(self) -> bool:
        """Whether there is an answer to it on offer and none is taken."""
        return bool(self.could_be) and not self.mitigated_by


def risks(space: Space, answers: Mapping[str, str]) -> tuple[RiskHeld, ...]:
    """The failure modes that can happen with these answers: unanswered ones first, then by severity and name."""
    held = [_held(space, risk, answers) for risk in space.risks if _can_happen(space, risk, answers)]
    return tuple(sorted(held, key=lambda r: (bool(r.mitigated_by), SEVERITY[r.severity], r.want, r.name)))


def _can_happen(space: Space, risk: Risk, answers: Mapping[str, str]) -> bool:
    chosen = answers.get(f"{risk.want}.pattern")
    if chosen is not None and chosen != risk.pattern:
        return False
    return all(_option(space, role, answers) in options for role, options in risk.only_with.items())


def _option(space: Space, role: str, answers: Mapping[str, str]) -> str:
    return space.role(role).variant(answers[role]).option if role in answers else ""


def _held(space: Space, risk: Risk, answers: Mapping[str, str]) -> RiskHeld:
    mode = risk.mode
    taken = {
        r: o
        for r, options in sorted(risk.mitigated_by.items())
        if (o := _option(space, r, answers)) in options
    }
    return RiskHeld(
        mode.name,
        risk.want,
        risk.pattern,
        mode.cause,
        mode.effect,
        mode.detection,
        mode.response,
        mode.remains,
        mode.severity,
        tuple(f"{role}={option}" for role, option in taken.items()),
        tuple(
            f"{role}={option}"
            for role, options in sorted(risk.mitigated_by.items())
            if role not in taken
            for option in options
        ),
    )
