"""Needs with their verdicts, as a table and as data, and the exit status they amount to."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from groma.cli.status import Status
from groma.cli.table import Column

if TYPE_CHECKING:
    from groma.cli.console import Console
    from groma.model.figure import Figure, Input, Ledger, NeedResult, Result
    from groma.model.finding import Finding

COLUMNS = (Column("need"), Column("verdict"), Column("is"), Column("wanted"), Column("margin"))


def status_of(results: Iterable[NeedResult]) -> Status:
    """MISSED if a need is missed, else UNDECIDED if one is not met, else MET."""
    verdicts = {result.verdict for result in results}
    if "missed" in verdicts:
        return Status.MISSED
    return Status.UNDECIDED if verdicts - {"met"} else Status.MET


def tell_needs(console: Console, ledger: Ledger, results: Sequence[NeedResult]) -> None:
    """The table of needs; for the undecided ones, what would decide them."""
    from groma.documents.quote import figure_text, margin_text, target_text

    rows: list[tuple[str, ...]] = []
    for result in results:
        figure = ledger.figures.get(result.figure)
        margin = result.margin_low if result.margin_low is not None else result.margin
        told = (
            ""
            if margin is None or figure is None or not math.isfinite(margin)
            else margin_text(figure, result, margin)
        )
        unit = "1" if figure is None else figure.unit
        rows.append(
            (result.need, result.verdict, figure_text(figure), target_text(result.target, unit), told)
        )
    console.table(COLUMNS, rows)
    for result in results:
        if result.verdict == "met":
            continue
        tone = "bad" if result.verdict == "missed" else "doubtful"
        console.say(
            f"\n{console.toned(f'{result.need} is {result.verdict}', tone)}: {result.why or result.figure}"
        )
        for name in result.would_change:
            console.say(f"  would decide it: {fact(ledger, name)}")


def fact(ledger: Ledger, name: str) -> str:
    """A fact behind a figure, how it is written and where."""
    given = ledger.inputs.get(name)
    if given is None:
        return name
    since = f", {given.source} ({given.date})" if given.source and given.date else ""
    return f"{name}: {given.text} ({given.where}{since})"


def needs_as_data(ledger: Ledger, results: Iterable[NeedResult]) -> list[dict[str, Any]]:
    """Needs for `--json`: numbers in the figure's unit, None where nothing is known."""
    return [_need(ledger, result) for result in results]


def _need(ledger: Ledger, result: NeedResult) -> dict[str, Any]:
    figure = ledger.figures.get(result.figure)
    return {
        "need": result.need,
        "measure": result.figure,
        "verdict": result.verdict,
        "target": {
            "sense": result.target.sense, "value": number(result.target.value), "words": list(result.target.words),
            "text": result.target.text,
        },
        "figure": None if figure is None else figure_as_data(figure),
        "margin": number(result.margin),
        "margin_low": number(result.margin_low),
        "why": result.why,
        "would_change": [_input(ledger.inputs.get(name), name) for name in result.would_change],
        "accompanies": result.accompanies or None,
    }  # fmt: skip


def figure_as_data(figure: Figure) -> dict[str, Any]:
    """A figure for `--json`."""
    return {
        "name": figure.name, "title": figure.title, "unit": figure.unit, "value": number(figure.value),
        "low": number(figure.low), "high": number(figure.high), "words": figure.words, "status": figure.status,
        "method": figure.method, "missing": list(figure.missing), "reason": figure.reason,
        "second": None if figure.second is None else _result(figure.second), "disputed": figure.disputed or None,
        "envelope": None if figure.envelope is None else asdict(figure.envelope),
    }  # fmt: skip


def _result(result: Result) -> dict[str, Any]:
    """What a second method gave."""
    return {
        "method": result.method, "value": number(result.value), "low": number(result.low), "high": number(result.high),
        "level": result.level, "seed": result.seed,
    }  # fmt: skip


def _input(given: Input | None, name: str) -> dict[str, Any]:
    if given is None:
        return {"name": name}
    return {
        "name": name, "text": given.text, "where": given.where, "source": given.source or None,
        "date": given.date or None,
    }  # fmt: skip


def number(value: float | None) -> float | None:
    """A number that JSON can say."""
    return value if value is not None and math.isfinite(value) else None


def finding_as_data(finding: Finding) -> dict[str, Any]:
    """A finding for `--json`."""
    return {
        "id": finding.id,
        "rule": finding.rule,
        "severity": finding.severity,
        "confidence": finding.confidence,
        "title": finding.title,
        "consequence": finding.consequence,
        "remedy": finding.remedy,
        "evidence": [
            {"element": e.element, "text": e.text, "where": str(e.at) if e.at else None}
            for e in finding.evidence
        ],
        "figures": list(finding.figures),
        "found": finding.found,
        "looked_at": finding.looked_at,
        "symptom_of": list(finding.symptom_of),
    }
