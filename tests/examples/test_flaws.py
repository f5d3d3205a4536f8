"""A flaw put into a brief is found where it is, and isn't found in the brief as it stands.

Designs are closed from answers, not searched for. Beside these, `test_ai_briefs` puts an answer into two briefs that
they keep out: a decision by the score alone, and pages of strangers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from groma.analyses import Context
from groma.analyses.needs import results
from groma.model.elements import Model
from groma.model.figure import Ledger
from groma.rules import rules, run

from .ai_designs import CATALOG, closed


@dataclass(frozen=True)
class Flaw:
    """What is written otherwise in a brief, or answered; the rule that finds it, at which elements; a need missed."""

    brief: str
    old: str
    new: str
    rule: str
    at: frozenset[str]
    missed: str = ""
    answers: dict[str, str] = field(default_factory=dict[str, str])


FLAWS = {
    "a payment that may happen twice": Flaw(
        "escalation-desk", "refund: {work: $shop_refund, effect: keyed,", "refund: {work: $shop_refund, effect: once,",
        "retry-of-once", frozenset({"flows.answer.steps.6.choose.3.steps.1.steps.3"}),
    ),
    "a helpdesk outside the EU": Flaw(
        "escalation-desk", "Zendesk's EU data centre, in: EU", "Zendesk's data centre, in: US",
        "outside-allowed-places", frozenset({"components.zendesk/in_eu"}), "in_eu",
    ),
    "two people for the work of sixty": Flaw(
        "escalation-desk", "count: 60 people", "count: 2 people", "overloaded-person", frozenset({"people.agent"})
    ),
    "an answer that nobody checks": Flaw(
        "escalation-desk", "", "", "output-unvalidated",
        frozenset({
            "flows.answer.steps.3.steps.4/answer", "flows.answer.steps.6.choose.3.steps.1.fallback.1/answer",
        }), answers={"check": "none"},
    ),
    "a decision that may be booked twice": Flaw(
        "credit-assistant", "decide: {work: $core_write, effect: keyed,", "decide: {work: $core_write, effect: once,",
        "retry-of-once", frozenset({"flows.assess.steps.6"}),
    ),
    "a data centre outside the EU": Flaw(
        "credit-assistant", "The bank's data centre, in: DE}", "The bank's data centre, in: US}",
        "outside-allowed-places",
        frozenset(f"components.{part}/in_eu" for part in ("archive", "core", "postgres", "scorecard")), "in_eu",
    ),
    "four officers for the work of thirty-four": Flaw(
        "credit-assistant", "count: 34 people", "count: 4 people", "overloaded-person", frozenset({"people.officer"})
    ),
    "a system that nobody answers for": Flaw(
        "credit-assistant", "title: Core banking system\n    owner: engineer\n", "title: Core banking system\n",
        "component-without-owner", frozenset({"components.core"}),
    ),
    "a library outside the EU": Flaw(
        "research-product", "near Stockholm, in: SE}", "near Boston, in: US}",
        "outside-allowed-places", frozenset({"components.postgres/confidential"}), "confidential",
    ),
    "one machine for what all agents read": Flaw(
        "research-product", "    replicas: 2\n    threads: 32", "    threads: 32",
        "single-point-of-failure", frozenset({"components.postgres"}),
    ),
    "a note that may be written twice": Flaw(
        "research-product", "write: {work: $postgres_write, effect: idempotent}",
        "write: {work: $postgres_write, effect: once}", "retry-of-once", frozenset({"flows.research.steps.5"}),
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def made(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Model]:
    """The closed model of a brief; without a change it is closed once."""
    folder, known = tmp_path_factory.mktemp("flaws"), dict[str, Model]()

    def make(name: str, edit: tuple[str, str] = ("", ""), **answers: str) -> Model:
        if edit[0] or answers:
            return closed(root, folder, name, edit=edit, **answers)
        if name not in known:
            known[name] = closed(root, folder, name)
        return known[name]

    return make


def where(model: Model, rule: str) -> set[str]:
    """The elements at which a rule finds something."""
    hits = run(model, Ledger(model.digest), catalog=CATALOG, only=[rules()[rule]])
    return {finding.id.partition(":")[2] for finding in hits}


def verdict(model: Model, need: str) -> str:
    context = Context(model, CATALOG, Ledger(model.digest))
    return next(result.verdict for result in results(context) if result.need == need)


@pytest.mark.parametrize("flaw", FLAWS.values(), ids=FLAWS.keys())
def test_it_is_found_where_it_is(flaw: Flaw, made: Callable[..., Model]) -> None:
    sound, flawed = made(flaw.brief), made(flaw.brief, (flaw.old, flaw.new), **flaw.answers)
    assert where(flawed, flaw.rule) - where(sound, flaw.rule) == flaw.at
    if flaw.missed:
        assert (verdict(sound, flaw.missed), verdict(flawed, flaw.missed)) == ("met", "missed")


def test_each_brief_has_flaws_of_three_kinds() -> None:
    for brief in ("escalation-desk", "credit-assistant", "research-product"):
        assert len({flaw.rule for flaw in FLAWS.values() if flaw.brief == brief}) >= 3
