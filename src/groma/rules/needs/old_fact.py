"""Facts that are older than a year on the model's date."""

from __future__ import annotations

from groma.catalog import age, period
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject

DAYS_OF_A_YEAR = 365


def check(subject: Subject) -> Look:
    """Every fact; those surely more than a year older than the model's date. Without a date nothing is judged."""
    today = subject.model.date
    if today is None:
        return Look(0)
    on = period(today)[0]
    facts = subject.model.facts.values()
    hits = (
        Hit(f"facts.{fact.name}", f"`{fact.name}` is more than a year old", f"as of {fact.date}", fact.at)
        for fact in facts
        if age(fact.date, on).least > DAYS_OF_A_YEAR
    )
    return Look(len(facts), tuple(hits))


RULE = Rule(
    id="old-fact",
    title="Fact older than a year",
    looks_for="Facts whose date lies more than a year before the model's date.",
    why="Prices, loads and failure rates move; a design on last year's facts is last year's design.",
    source="data quality, currentness: ISO/IEC 25012:2008",
    severity="note",
    tags=("needs", "facts"),
    consequence="Figures made from it may be out of date.",
    remedy="Read or measure it again, or widen its range and say why it still holds.",
    check=check,
    good="date: 2026-11-21\nfacts: {usd: {value: 0.87 EUR, source: treasury, date: 2026-10}}\n",
    bad="date: 2026-11-21\nfacts: {usd: {value: 0.87 EUR, source: treasury, date: 2025-06}}\n",
    expected=("old-fact:facts.usd",),
)
