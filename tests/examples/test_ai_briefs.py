"""AI briefs of different character: each has a design that meets its needs, and a flaw put into one is found.

Designs are closed from answers, not searched for: what the search finds is held in tests of the designer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from groma.analyses import Context, assess
from groma.analyses.observability import plan
from groma.analyses.threats import about, safety_of, traced
from groma.model.elements import Model
from groma.model.figure import Ledger
from groma.model.law import Constant
from groma.model.quantity import Quantity
from groma.rules import rules, run

from .ai_designs import ANSWERS, CATALOG, closed

Made = Callable[..., Model]


@pytest.fixture
def made(root: Path, tmp_path: Path) -> Made:
    """The closed model of a brief with its answers above; `changed` ones may be what the brief keeps out."""

    def make(name: str, without: str = "", **changed: str) -> Model:
        return closed(root, tmp_path, name, without, **changed)

    return make


def found(model: Model, *names: str) -> set[str]:
    """Rules among `names` that find something."""
    known = rules()
    hits = run(model, Ledger(model.digest), catalog=CATALOG, only=[known[name] for name in names])
    return {finding.rule for finding in hits}


@pytest.mark.slow
@pytest.mark.parametrize("name", list(ANSWERS))
def test_a_design_meets_every_need_of_the_brief(name: str, made: Made) -> None:
    ledger = assess(made(name), CATALOG)
    assert {result.need: result.verdict for result in ledger.needs if result.verdict != "met"} == {}


def test_a_decision_by_the_score_alone_is_found(made: Made) -> None:
    """Article 22 of the GDPR: what the brief keeps out is found wherever it comes in."""
    lawful, automatic = made("credit-assistant"), made("credit-assistant", decision="automatic")
    assert found(lawful, "unapproved-impact") == set()
    assert found(automatic, "unapproved-impact") == {"unapproved-impact"}


def test_reading_the_web_beside_ones_own_library_is_found(made: Made) -> None:
    """The lethal trifecta: what a customer asks, pages of strangers, and a search that leaves the house."""
    library_only, web = made("research-product"), made("research-product", places_to_look="web")
    assert found(library_only, "trifecta-open") == set()
    assert found(web, "trifecta-open") == {"trifecta-open"}


def test_what_hung_on_a_need_goes_with_it(made: Made) -> None:
    def alerts(model: Model) -> set[str]:
        return {alert.name for alert in plan(Context(model, CATALOG, Ledger(model.digest))).alerts}

    gone = alerts(made("credit-assistant")) - alerts(made("credit-assistant", without="open_for_business"))
    assert gone and all(name.startswith("open_for_business") for name in gone)


def test_what_hung_on_an_answer_goes_with_it(made: Made) -> None:
    def controls(model: Model) -> set[str]:
        safety = safety_of(Context(model, CATALOG, Ledger(model.digest)))
        return {control.title for answer in safety.answers for control in answer.controls}

    with_check, without = made("credit-assistant"), made("credit-assistant", check="none")
    assert controls(without) < controls(with_check)


SUPERVISION = (
    "effect-without-record",
    "effect-without-switch",
    "record-kept-too-short",
    "found-more-than-read",
)


@pytest.mark.parametrize("name", list(ANSWERS))
def test_effects_are_on_record_and_can_be_stopped(name: str, made: Made) -> None:
    assert found(made(name), *SUPERVISION) == set()


def test_a_flaw_in_supervision_is_found(made: Made) -> None:
    """Nobody writes down who approved; nobody may stop the replies; the trail is gone before six months; more is found
    than the writer reads."""
    desk = made("escalation-desk")
    assert found(made("escalation-desk", **{"approval.record": "none"}), *SUPERVISION) == {
        "effect-without-record"
    }
    assert found(replace(desk, controls={}), *SUPERVISION) == {"effect-without-switch"}
    postgres = desk.components["postgres"]
    many = {name: replace(each, finds=12 if each.finds else None) for name, each in postgres.offers.items()}
    greedy = replace(desk, components={**desk.components, "postgres": replace(postgres, offers=many)})
    assert found(greedy, *SUPERVISION) == {"found-more-than-read"}
    credit = made("credit-assistant")
    trail = credit.data["trail"]
    assert isinstance(trail.kept_for, Quantity)
    short = replace(trail, kept_for=replace(trail.kept_for, law=Constant(90 * 86400.0)))
    assert found(replace(credit, data={**credit.data, "trail": short}), *SUPERVISION) == {
        "record-kept-too-short"
    }


def test_content_that_passes_by_another_way_is_found(made: Made) -> None:
    """An agent of the research product thinks again about pages that the screen has turned down."""
    assert found(made("escalation-desk"), "content-unblocked") == set()
    assert found(made("research-product"), "content-unblocked") == {"content-unblocked"}


def test_an_effect_leads_to_its_record_and_its_switch(made: Made) -> None:
    """Threat, control, test, signal of the credit assistant's decision, and back from the record."""
    context = Context(made("credit-assistant"), CATALOG, Ledger(""))
    chains = traced(context)
    kinds = {(c.threat, c.kind) for c in chains if c.element == "flows.assess.steps.6"}
    assert {("no-trace", "record"), ("no-stop", "switch")} <= kinds
    back = [c for c in about(chains, "data.trail") if c.kind == "record"]
    assert back and all(c.test and 'record.missing{data="trail"}' in c.signals for c in back)
