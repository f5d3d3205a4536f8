"""Acceptance tests are what the model states, no more; what it doesn't state is a gap."""

from __future__ import annotations

from buildable.finished import FILE
from groma.analyses.acceptance import Acceptance, acceptance, to_be_tested
from groma.model.load import loads

HEAD = "groma: 1\nsystem: Example\ncurrency: EUR\n"


def one(text: str, name: str) -> Acceptance:
    return next(test for test in acceptance(loads(HEAD + text)).tests if test.id == name)


def gaps(text: str) -> dict[str, tuple[str, ...]]:
    return {gap.id: gap.missing for gap in acceptance(loads(HEAD + text)).gaps}


def test_the_finished_blueprint_has_a_test_for_everything_and_no_gap() -> None:
    model = loads(FILE.read_text(encoding="utf-8"))
    derived = acceptance(model)
    assert derived.gaps == ()
    assert set(to_be_tested(model)) <= {test.element for test in derived.tests}
    assert {test.kind for test in derived.tests} == {
        "need", "flow", "branch", "failure", "mapping", "permission", "exit", "restore"
    }  # fmt: skip
    ids = [test.id for test in derived.tests]
    assert len(ids) == len(set(ids))
    # 6 needs; 3 flows that end, 2 branches, 4 calls that fail; 1 hand-over, twice; 4 operations; 2 tools; 3 copies
    assert len(ids) == 6 + 3 + 2 + 4 + 2 + 4 + 2 + 3


def test_a_need_is_tested_under_the_load_it_is_stated_for() -> None:
    body = """\
needs: {quick: {measure: latency/ask/p95, at_most: 2 s, from: ana}}
components: {crm: {kind: tool, offers: {add: {work: 1 s}}}}
flows: {ask: {starts: {rate: 3/min, busiest: 9/min}, steps: [{call: crm.add}]}}
"""
    test = one(body, "needs.quick")
    assert (test.given, test.then, test.accepted_by) == ("ask runs 9/min", "it is 2 s at most", ("ana",))
    assert gaps(body.replace("rate: 3/min, busiest: 9/min", ""))["needs.quick"] == ("flows.ask.starts.rate",)


def test_a_flow_is_accepted_by_who_needs_it_and_leaves_its_data_where_they_belong() -> None:
    body = """\
people: {ana: {}, bo: {title: Bo}}
components: {crm: {kind: tool, offers: {add: {work: 1 s, effect: once}, see: {work: 1 s}}}, log: {kind: tool, offers: {put: {work: 1 s, effect: once}}}}
data: {customer: {held_by: crm}}
flows: {ask: {starts: {rate: 3/min}, by: ana, for: [bo], steps: [{call: crm.add, carries: [customer]}, {call: log.put, carries: [customer]}]}}
"""
    test = one(body, "flows.ask/ends")
    assert test.then == "customer can be found in crm as they were handed over; Bo can go on with it"
    assert test.accepted_by == ("Bo",)
    assert (
        "can be found"
        not in one(body.replace("add: {work: 1 s, effect: once}", "add: {work: 1 s}"), "flows.ask/ends").then
    )
    assert gaps(body.replace("by: ana, ", ""))["flows.ask/ends"] == ("by",)


def test_what_fails_is_answered_by_the_nearest_fallback_else_by_the_flow() -> None:
    body = """\
components: {a: {kind: s, offers: {x: {work: 1 s}}}, b: {kind: s, offers: {y: {work: 1 s}}}}
flows:
  go:
    on_error: ana does it by hand
    steps:
      - {steps: [{call: a.x, fallback: [{call: b.y}]}, {call: b.y}], deadline: 5 s}
"""
    tests = {test.id: test for test in acceptance(loads(HEAD + body)).tests}
    assert tests["flows.go/fails/a.x"].then == "b.y is called instead"
    assert "waited 5 s" in tests["flows.go/fails/a.x"].when
    assert tests["flows.go/fails/b.y"].then == "ana does it by hand"
    assert gaps(body.replace("    on_error: ana does it by hand\n", ""))["flows.go/fails/b.y"] == (
        "on_error",
    )
    assert gaps(body.replace(", deadline: 5 s", ""))["flows.go/fails/a.x"] == ("timeout",)


def test_ids_stay_when_steps_move() -> None:
    body = """\
flows: {go: {starts: {rate: 1/day}, steps: [STEPS]}}
components: {a: {kind: s, offers: {x: {work: 1 s}}}}
"""
    branch = "{choose: [{share: 20 %, when: It is late, steps: []}, {share: 80 %, when: else, steps: []}]}"
    first = acceptance(loads(HEAD + body.replace("STEPS", branch)))
    second = acceptance(loads(HEAD + body.replace("STEPS", "{wait: 1 s}, " + branch)))
    assert [t.id for t in first.tests] == [t.id for t in second.tests]
    assert "flows.go/branch/it-is-late" in {t.id for t in first.tests}


def test_a_permission_names_who_may_and_that_others_are_refused() -> None:
    body = "people: {ana: {title: Ana}}\ncomponents: {crm: {kind: tool, offers: {add: {work: 1 s, allowed: [ana]}}}}\n"
    test = one(body, "components.crm.offers.add/allowed")
    assert test.given == "Ana and anybody else" and "refused" in test.then
    assert gaps(body.replace(", allowed: [ana]", "")) == {"components.crm.offers.add/allowed": ("allowed",)}
