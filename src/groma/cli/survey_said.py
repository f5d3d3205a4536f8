"""What `groma survey` prints of a survey: for people, and as data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from groma.cli.console import Console
    from groma.survey import Diagnosis, Found, TakenIn


MOST_GAPS = 12


def tell(console: Console, found: Diagnosis, taken: TakenIn) -> None:
    """The verdict, the causes with their symptoms, and what nobody said."""
    from groma.cli.table import Column
    from groma.documents.quote import figure_text

    ledger = found.ledger
    console.say(f"{found.model.system}: {len(found.findings)} symptoms, {len(found.found)} causes")
    if found.model.problem:
        console.say(f"told:  {' '.join(found.model.problem.split())}")
    if found.found:
        first = found.found[0]
        console.say(f"found: {first.cause.title}. {first.case.title}.\n")
        rows = [
            (
                each.case.title,
                figure_text(ledger[each.cost]).removesuffix(" a month"),
                figure_text(ledger[each.hours]),
                figure_text(ledger[each.effort]),
                each.confidence,
            )
            for each in found.found
        ]
        console.table(
            (
                Column("cause"),
                Column("costs a month", number=True),
                Column("remedy takes", number=True),
                Column("remedy costs", number=True),
                Column("how sure"),
            ),
            rows,
        )
        console.say(f"\nall together, nothing counted twice: {figure_text(ledger[found.total])}")
    for each in found.sets[:3]:
        console.say(f"without {' and '.join(each.parts)}: {figure_text(ledger[each.figure])} stops")
    for finding in found.unexplained:
        console.say(f"without a cause: {finding.title} [{finding.rule}]")
    console.say(f"\n{console.toned('verdict', 'strong')}: {found.verdict.word}")
    for words, _ in found.verdict.why:
        console.say(f"  {words}")
    if found.staffing is not None:
        console.say(f"\n{console.toned('who is needed', 'strong')}: {found.staffing.word}")
        for words, refs in found.staffing.why:
            numbers = ", ".join(figure_text(ledger[ref]) for ref in refs if ledger[ref].unit == "h")
            console.say(f"  {words}{f' ({numbers})' if numbers else ''}")
        for role, ref in found.staffing.roles:
            console.say(f"  {role}: {figure_text(ledger[ref])}")
        if found.staffing.cost is not None:
            console.say(f"  what the architect costs, once: {figure_text(ledger[found.staffing.cost])}")
    if found.gaps:
        console.say("\nnot told:")
        for gap in found.gaps[:MOST_GAPS]:
            console.say(f"  {gap.question}{f'  [{gap.element}]' if gap.element else ''}")
        if len(found.gaps) > MOST_GAPS:
            console.say(f"  and {len(found.gaps) - MOST_GAPS} more")
    for note in taken.notes:
        console.note(f"read leniently: {note}")


def as_data(found: Diagnosis, taken: TakenIn) -> dict[str, Any]:
    """The same as JSON."""
    from groma.cli.verdicts import figure_as_data

    ledger = found.ledger
    return {
        "system": found.model.system,
        "problem": found.model.problem,
        "verdict": found.verdict.word,
        "why": [words for words, _ in found.verdict.why],
        "together": list(found.verdict.joined),
        "staffing": None
        if found.staffing is None
        else {
            "who": found.staffing.word,
            "why": [words for words, _ in found.staffing.why],
            "roles": {role: figure_as_data(ledger[ref]) for role, ref in found.staffing.roles},
            "cost": None if found.staffing.cost is None else figure_as_data(ledger[found.staffing.cost]),
        },
        "cost": figure_as_data(ledger[found.total]),
        "causes": [_cause(found, each) for each in found.found],
        "symptoms_without_cause": [finding.id for finding in found.unexplained],
        "stops": [
            {"without": list(s.parts), "flows": list(s.flows), "share": figure_as_data(ledger[s.figure])}
            for s in found.sets
        ],
        "work": [
            {"what": work.what, "by": work.person, "cost": figure_as_data(ledger[name])}
            for work, name in found.work
        ],
        "fine": [each.rule.id for each in found.fine],
        "nothing_to_look_at": [each.rule.id for each in found.blind],
        "gaps": [
            {"element": g.element, "question": g.question, "why": g.why, "default": g.default}
            for g in found.gaps
        ],
        "notes": list(taken.notes),
    }


def _cause(survey: Diagnosis, found: Found) -> dict[str, Any]:
    from groma.cli.verdicts import figure_as_data

    ledger = survey.ledger
    return {
        "id": found.id,
        "cause": found.cause.title,
        "title": found.case.title,
        "confidence": found.confidence,
        "symptoms": [
            {"finding": link.symptom, "why": link.why, "confidence": link.confidence} for link in found.links
        ],
        "flows": list(found.case.flows),
        "data": list(found.case.data),
        "people": list(found.case.people),
        "remedy": found.remedy,
        "risk": found.cause.risk,
        **{
            name: figure_as_data(ledger[ref])
            for name, ref in (
                ("cost", found.cost),
                ("saving", found.saving),
                ("hours", found.hours),
                ("effort", found.effort),
                ("payback", found.payback),
                ("stake", found.stake),
            )
            if ref is not None
        },
    }
