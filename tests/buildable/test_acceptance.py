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


def test_only_data_that_somebody_holds_are_handed_over_or_taken_out() -> None:
    """A sent record is one more result; a part of a supplier gives back what it holds, and nothing else."""
    body = """\
suppliers: {house: {}}
components:
  box: {kind: tool, supplier: house, exit: all as CSV, offers: {put: {work: 1 s, effect: once}}}
  bare: {kind: tool, supplier: house, offers: {see: {work: 1 s}}}
data: {letter: {held_by: box}, other: {}}
people: {ana: {}}
flows: {post: {starts: {rate: 3/min}, by: ana, steps: [{send: box.put, carries: [letter, other]}]}}
"""
    assert one(body, "flows.post/ends").then == "letter can be found in box as they were handed over"
    exits = [t for t in acceptance(loads(HEAD + body)).tests if t.kind == "exit"]
    assert [(t.id, t.given) for t in exits] == [("components.box/exit", "letter in box")]
    assert "components.bare/exit" not in gaps(body)
    assert gaps(body.replace("exit: all as CSV, ", ""))["components.box/exit"] == ("exit",)


def test_a_hand_over_says_of_every_field_where_it_comes_from() -> None:
    body = """\
components: {crm: {kind: tool}, books: {kind: tool, title: Books}}
data: {customer: {held_by: crm}}
connections: {c: {from: crm, to: books, carries: [customer], when: it is sold, maps: {name: customer.name, kind: always new}}}
"""
    test = one(body, "connections.c/maps")
    assert test.then == "in Books: name is customer.name in crm; kind is always new"
    assert test.given == "customer in crm with every field filled"


def test_branches_with_one_name_are_numbered_and_say_what_they_do() -> None:
    """Three branches that are taken when it is late: a call, a message, and a flow that has no start of its own."""
    late = "{choose: [{share: 20 %, when: It is late, steps: [STEP]}, {share: 80 %, when: else, steps: []}]}"
    steps = ("{call: a.x}", "{send: a.x}", "{do: more}")
    body = f"""\
components: {{a: {{kind: s, offers: {{x: {{work: 1 s}}}}}}}}
flows:
  go: {{starts: {{rate: 1/day}}, steps: [{", ".join(late.replace("STEP", step) for step in steps)}]}}
  more: {{steps: [{{call: a.x}}]}}
  apart: {{steps: [{{call: a.x}}]}}
  both: {{starts: {{rate: 1/day}}, steps: [{{call: a.x, fallback: [{{send: a.x}}]}}, {{do: go}}]}}
"""
    tests = {t.id: t.then for t in acceptance(loads(HEAD + body)).tests}
    name = "flows.go/branch/it-is-late"
    assert [tests[id] for id in (name, f"{name}/2", f"{name}/3")] == [
        "a.x is called",
        "a.x is called",
        "more",
    ]
    # `more` is run by another only; `go` is run by another, too, and starts by itself; nothing runs `apart`
    assert to_be_tested(loads(HEAD + body)) == ("flows.go", "flows.apart", "flows.both")
    assert {gap.element for gap in acceptance(loads(HEAD + body)).gaps if gap.id.endswith("/ends")} == {
        "flows.go", "flows.apart", "flows.both"
    }  # fmt: skip
    waited = body.replace("fallback: [{send", "timeout: 2 s, fallback: [{send")
    assert one(waited, "flows.both/fails/a.x").then == "a.x is called instead"
