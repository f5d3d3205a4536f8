"""The options of a brief's own open decisions: each forced in turn, and the whole brief solved again.

So two best designs are compared, as for the choices that the designer makes itself (`decisions`): what the client
has to decide gets the figures of the design that would follow.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from groma.analyses.options import measures
from groma.design.front import Solver
from groma.model.figure import Figure
from groma.model.position import ModelError, Problem
from groma.model.validate_decisions import ANSWER
from groma.patterns import Space, answer


@dataclass(frozen=True, slots=True)
class Tried:
    """An option of an open decision with the figures of the best design that has it; None: none keeps all needs."""

    decision: str
    number: int
    option: str
    figures: Mapping[str, Figure] | None


def asked_for(space: Space) -> dict[tuple[str, int], tuple[str, dict[str, frozenset[str]]]]:
    """(decision, number of the option) -> (option, answers that it stands for), of options that answers show.

    Raises ModelError for an answer that isn't one of the design's.
    """
    found: dict[tuple[str, int], tuple[str, dict[str, frozenset[str]]]] = {}
    problems: list[Problem] = []
    for decision in space.given.decisions.values():
        if decision.status != "open":
            continue
        for number, option in enumerate(decision.options, 1):
            shown_by = decision.shown_by.get(option, ())
            if not shown_by or not all(ANSWER.fullmatch(written) for written in shown_by):
                continue
            within: dict[str, frozenset[str]] = {}
            for written in shown_by:
                try:
                    role, names = answer(space, written)
                except ValueError as error:
                    problems.append(
                        Problem(decision.at, f"decisions.{decision.name}.shown_by.{option}: {error}")
                    )
                else:
                    within[role] = within.get(role, frozenset(names)) & frozenset(names)
            found[decision.name, number] = (option, within)
    if problems:
        raise ModelError(problems)
    return found


def options(solver: Solver) -> Iterator[Tried]:
    """Every option that answers show, forced."""
    wanted = measures(solver.space.given)
    for (decision, number), (option, within) in asked_for(solver.space).items():
        point = solver.least(within=within) if all(within.values()) else None
        figures = None if point is None else solver.prover.figures(point.answers, wanted)
        yield Tried(decision, number, option, figures)
