"""Data sets with fewer cases than the drop that they have to tell needs."""

from __future__ import annotations

from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """Data sets with a threshold and a number of cases; those that are too small to tell the drop."""
    looked, hits = 0, list[Hit]()
    for name, held in subject.model.evaluations.items():
        needed = subject.figure(f"evaluated/{name}/needed")
        if held.cases is None or needed.value is None:
            continue
        looked += 1
        if held.cases >= needed.value:
            continue
        least = subject.figure(f"evaluated/{name}/tells")
        drop = "5 points" if held.tells is None else f"{held.tells.mean * 100:g} points"
        told = (
            "it tells no drop" if least.value is None else f"it tells {least.value * 100:.3g} points or more"
        )
        hits.append(
            Hit(
                f"evaluations.{name}",
                f"{held.title or name} is too small to tell a drop of {drop}",
                f"{held.cases} cases, {needed.value:,.0f} needed; {told}",
                held.at,
                figures=(needed.name, *((least.name,) if least.value is not None else ())),
            )
        )
    return Look(looked, tuple(hits))


RULE = Rule(
    id="evaluation-too-small",
    title="Data set too small for its drop",
    looks_for="`evaluations` with fewer `cases` than tell a drop of `tells` (5 points unless stated) below `threshold` "
    "with a power of 80 %, one false alarm in twenty runs.",
    why="On a few cases a system that has become worse passes by chance as often as not.",
    source="exact one-sided binomial test; Fleiss, Levin and Paik, Statistical Methods for Rates, 2003, 2.3",
    severity="warning",
    tags=("evaluation", "ai", "observability"),
    consequence="A change for the worse goes live with a passed evaluation behind it.",
    remedy="Draw more cases, or state with `tells` the larger drop that is enough to be told.",
    check=check,
    good="""\
components: {writer: {kind: llm, offers: {write: {work: 1 s}}}}
evaluations: {golden: {judges: components.writer, metric: approved, threshold: 90 %, cases: 400}}
""",
    bad="""\
components: {writer: {kind: llm, offers: {write: {work: 1 s}}}}
evaluations: {golden: {judges: components.writer, metric: approved, threshold: 90 %, cases: 50}}
""",
    expected=("evaluation-too-small:evaluations.golden",),
)
