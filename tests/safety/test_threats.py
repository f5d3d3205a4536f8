"""Threats apply where the structure allows them, and only there; controls count where they stand, and only there."""

from __future__ import annotations

import pytest
from safety_reading import CATALOG, context

from groma.analyses.threats import THREATS, obligations, safety_of, signals_of
from groma.analyses.threats.ai_act import AI_ACT
from groma.analyses.threats.gdpr import GDPR

DESK = """
people: {ana: {role: approves refunds, hours: 38 h}, ben: {}}
suppliers: {lab: {title: Lab, in: EU, exit: one month}, other: {in: EU}}
places: {here: {kind: region, in: EU}}
data:
  case: {class: personal, trust: untrusted, owner: ana, held_by: [crm], fields: {id: id, text: text}}
  orders: {class: personal, trust: trusted, held_by: [crm], fields: {id: id}}
components:
  crm:
    kind: database
    place: here
    offers: {find: {work: 1 s, response: {found: orders.id}}, note: {work: 1 s, effect: idempotent, response: {}}}
  bot: {kind: llm, supplier: lab, place: here, offers: {say: {work: 1 s}}}
  spare: {kind: llm, supplier: other, place: here, offers: {say: {work: 1 s}}}
  shop: {kind: tool, place: here, offers: {refund: {work: 1 s, effect: keyed, impact: refund, response: {}}}}
  post: {kind: tool, place: here, offers: {send: {work: 1 s, effect: once, reaches_out: true, response: {}}}}
flows:
  care:
    starts: {rate: 10/min}
    carries: [case]
    steps:
      - {call: crm.find}
      - {call: bot.say}
      - {call: post.send}
      - {call: shop.refund}
"""


def gaps(body: str) -> set[tuple[str, str]]:
    return {(a.threat.id, a.place.element.rpartition(".")[2]) for a in safety_of(context(body)).gaps}


def kinds(body: str, threat: str) -> set[str]:
    return {c.kind for a in safety_of(context(body)).answers if a.threat.id == threat for c in a.controls}


def test_every_id_is_in_the_published_lists() -> None:
    known = {
        entry.text("id")
        for table in ("owasp-llm", "owasp-agentic", "atlas-techniques")
        for entry in CATALOG.entries(table)
    }
    known |= {f"NIST {entry.text('section')}" for entry in CATALOG.entries("nist-ai-600-1")}
    for threat in THREATS:
        assert set(threat.ids) <= known, threat.id
    told = {each for threat in THREATS for each in threat.ids}
    assert {f"LLM{n:02}:{year}" for n in range(1, 11) for year in (2025, 2026)} <= told
    assert {f"ASI{n:02}" for n in range(1, 11)} <= told


def test_the_two_editions_name_the_same_risk() -> None:
    same = {e.text("id"): e.text("same_risk_in_other_edition") for e in CATALOG.entries("owasp-llm")}
    for threat in THREATS:
        for each in threat.ids:
            if each in same:
                assert same[each] in threat.ids


def test_controls_name_what_the_tables_hold() -> None:
    atlas = {entry.text("id") for entry in CATALOG.entries("atlas-mitigations")}
    nist = {entry.text("label") for entry in CATALOG.entries("nist-800-53-moderate")}
    body = DESK.replace(
        "{call: bot.say}", "{call: bot.say, timeout: 9 s, limit: {rate: 5/min}, guard: [{name: words}]}"
    )
    found = safety_of(
        context(body.replace("{call: shop", "{ask: ana, approves: [refund]}\n      - {call: shop"))
    ).controls
    assert len(found) >= 4
    for control in found:
        assert control.atlas in atlas | {""} and control.nist in nist | {""}
        assert control.test and control.signal


def test_a_system_without_a_model_has_no_threats() -> None:
    safety = safety_of(context(DESK.replace("kind: llm", "kind: service")))
    assert safety.answers == () and obligations(safety.seen.context) == ()


def test_what_the_structure_makes_possible() -> None:
    found = {threat.id for threat in safety_of(context(DESK)).threats}
    assert found == {
        "prompt-injection", "data-leak", "supply-chain", "output-handling", "excessive-agency", "hidden-context",
        "misinformation", "consumption", "privilege", "cascade", "no-trace", "no-stop",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "threat"),
    [
        ("{call: bot.say}", "{call: bot.say}\n      - {call: spare.say}", "between-agents"),
        (
            "{call: bot.say}",
            "{repeat: {until: 50 %, at_most: 3, steps: [{call: bot.say}, {call: crm.note}]}}",
            "rogue",
        ),
        ("{call: post.send}", "{call: crm.note}", "memory-poisoning"),
        (
            "kind: tool, place: here, offers: {refund",
            "kind: sandbox, place: here, offers: {refund",
            "code-execution",
        ),
        ("{call: post.send}", "{ask: ana, approves: [refund]}", "persuasion"),
        ("found: orders.id", "found: case.text", "poisoned-knowledge"),
        ("kind: database", "kind: index", "vector-weakness"),
    ],
)
def test_what_another_structure_adds(old: str, new: str, threat: str) -> None:
    assert old in DESK
    assert threat not in {t.id for t in safety_of(context(DESK)).threats}
    assert threat in {t.id for t in safety_of(context(DESK.replace(old, new))).threats}


@pytest.mark.parametrize(
    ("old", "new", "threat", "kind"),
    [
        ("{call: crm.find}", "{call: crm.find, guard: [{name: screen}]}", "prompt-injection", "input check"),
        ("{call: bot.say}", "{call: bot.say, guard: [{name: words}]}", "output-handling", "output check"),
        ("{call: shop", "{ask: ana, approves: [refund]}\n      - {call: shop", "excessive-agency", "approval"),
        ("{call: bot.say}", "{call: bot.say, limit: {rate: 5/min}}", "consumption", "limit"),
        ("{call: bot.say}", "{call: bot.say, timeout: 5 s}", "cascade", "time limit"),
        ("{call: bot.say}", "{steps: [{call: bot.say}], deadline: 5 s}", "cascade", "time limit"),
        ("{call: bot.say}", "{call: bot.say, fallback: [{call: spare.say}]}", "supply-chain", "other supplier"),
        ("{call: bot.say}", "{call: bot.say, fallback: [{ask: ben}]}", "cascade", "hand-over"),
        ("impact: refund,", "impact: refund, allowed: [bot],", "privilege", "permission"),
        ("impact: refund,", "impact: refund, request: {order: id},", "excessive-agency", "typed request"),
        (
            "{call: bot.say}",
            "{call: bot.say, breaker: {opens_at: 50 %, window: 60 s, half_open_after: 30 s}}", "cascade", "breaker",
        ),
    ],
)  # fmt: skip
def test_a_control_counts_where_it_stands(old: str, new: str, threat: str, kind: str) -> None:
    assert old in DESK
    assert kind not in kinds(DESK, threat)
    body = DESK.replace(old, new)
    if kind == "typed request":  # then the words of the model don't even reach it
        assert (threat, "4") not in gaps(body) and (threat, "4") in gaps(DESK)
    else:
        assert kind in kinds(body, threat)


def test_a_guard_on_the_way_out_checks_too_late() -> None:
    late = DESK.replace("{call: post.send}", "{call: post.send, guard: [{name: words}]}")
    assert ("output-handling", "3") in gaps(late)
    assert ("output-handling", "3") not in gaps(
        DESK.replace("{call: bot.say}", "{call: bot.say, guard: [{name: w}]}")
    )


def test_a_stated_control_counts_for_its_threat_on_its_elements() -> None:
    stated = "controls: {training: {title: Training, against: [LLM06:2025], on: [%s], test: t, signal: s}}\n"
    assert ("excessive-agency", "4") in gaps(DESK)
    assert ("excessive-agency", "4") not in gaps(DESK + stated % "flows.care")
    other = DESK + stated % "components.crm"
    assert ("excessive-agency", "4") in gaps(other)
    assert signals_of(context(DESK + stated % "flows.care").model)["flows.care"] == ("s",)


def test_articles_are_asked_where_they_apply_and_dated() -> None:
    assert {o.id for o in obligations(context(DESK)) if o.id.startswith("AI")} == {"AI Act 50"}
    asked = {o.id: o for o in obligations(context("regulated: [credit]\n" + DESK))}
    assert set(asked) == {*(f"AI Act {n}" for n in AI_ACT), *(f"GDPR {n}" for n in GDPR)}
    assert asked["AI Act 14"].applies_from == "2027-12-02" and asked["AI Act 50"].applies_from == "2026-08-02"
    assert "not confirmed" in asked["AI Act 14"].status and "second hand" in asked["GDPR 22"].status
    plain = DESK.replace("class: personal", "class: internal")
    assert not any(o.id.startswith("GDPR") for o in obligations(context(plain)))


@pytest.mark.parametrize(
    ("article", "old", "new"),
    [
        ("GDPR 22", "{call: shop", "{ask: ana, approves: [refund]}\n      - {call: shop"),
        ("GDPR 30", "trust: trusted, held_by", "trust: trusted, owner: ana, held_by"),
        ("GDPR 17", "held_by: [crm]", "kept_for: 90 d, held_by: [crm]"),
        ("AI Act 50", "flows:\n", "controls: {told: {against: [AI Act 50]}}\nflows:\n"),
        ("GDPR 33", "flows:\n", "controls: {told: {against: [GDPR 33]}}\nflows:\n"),
        ("AI Act 19", "data:\n", "data:\n  log: {title: Audit log, kept_for: 7 months}\n"),
    ],
)
def test_an_article_is_met_by_the_element_that_shows_it(article: str, old: str, new: str) -> None:
    body = "regulated: [credit]\n" + DESK
    assert {o.id: o for o in obligations(context(body))}[article].verdict != "met"
    assert {o.id: o for o in obligations(context(body.replace(old, new)))}[article].verdict == "met"


def test_logs_kept_too_short_are_a_gap() -> None:
    body = "regulated: [credit]\n" + DESK.replace(
        "data:\n", "data:\n  log: {title: Audit log, kept_for: 90 d}\n"
    )
    found = {o.id: o for o in obligations(context(body))}["AI Act 12"]
    assert found.verdict == "gap" and "six months" in found.gaps[0][1]


def test_personal_data_outside_the_eu_are_a_gap() -> None:
    for place, verdict in (("EU", "met"), ("US", "partly")):
        body = DESK.replace(
            "places: {here: {kind: region, in: EU}}", f"places: {{here: {{in: EU}}, there: {{in: {place}}}}}"
        )
        body = body.replace(
            "bot: {kind: llm, supplier: lab, place: here", "bot: {kind: llm, supplier: lab, place: there"
        )
        assert {o.id: o for o in obligations(context(body))}["GDPR 44"].verdict == verdict
