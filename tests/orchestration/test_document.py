"""The orchestration design: every state with its answers, figures from the ledger, nothing where there is nothing."""

from __future__ import annotations

from functools import cache

from groma.analyses import Context, figure
from groma.analyses.orchestration import machine_of, problems, reach
from groma.analyses.orchestration.certificate import lacking, step_figure, turns
from groma.catalog import load_catalog
from groma.documents.content import Document, Table, pictures, walk
from groma.documents.deliverables.orchestration import write
from groma.documents.deliverables.subject import Subject
from groma.documents.diagrams.diagram import Diagram, check
from groma.documents.inlines import plain
from groma.documents.machines import MOST, stretches
from groma.documents.quote import Quoter
from groma.model.figure import Ledger
from groma.model.load import loads
from groma.rules import run

DESK = """groma: 1
system: Desk
currency: EUR
practice: ai
people: {ana: {title: Ana}}
components:
  model: {kind: llm, title: Writer, fails: {availability: 99 %}, offers: {write: {work: 1 s, price: {call: 1 EUR}}}}
  shop: {kind: tool, title: Shop, offers: {refund: {work: 1 s, effect: once, impact: refund, allowed: [ana]}}}
flows:
  answer:
    title: Answer a case
    starts: {rate: 10/h}
    steps:
      - {call: model.write, sizes: {input: 900 tokens}, timeout: 4 s, retry: {times: 2, backoff: 1 s}MORE}
      - choose:
          - {share: 20 %, when: money is wanted, steps: [{ask: ana, takes: 2 min, rejects: 10 %, approves: [refund]},
             {call: shop.refund}]}
          - {share: 80 %, steps: []}
"""
MORE = ", fallback: [{ask: ana, takes: 5 min}]"


def context_of(more: str = MORE) -> Context:
    model = loads(DESK.replace("MORE", more))
    return Context(model, load_catalog(), Ledger(model.digest))


@cache
def document(more: str = MORE) -> tuple[Document, Subject]:
    context = context_of(more)
    found = run(context.model, context.ledger, catalog=context.catalog)
    subject = Subject(context.model, Quoter(context.ledger), found)
    made = write(subject)
    assert made is not None
    return made, subject


def cells(made: Document) -> str:
    tables = [b for b in walk(made.sections) if isinstance(b, Table)]
    return "\n".join(" | ".join(plain(c) for c in row.cells) for table in tables for row in table.rows)


def test_each_state_stands_in_a_table_with_an_answer_to_each_fault() -> None:
    made, _ = document()
    text = cells(made)
    machine = machine_of(context_of(), "answer", nested=False)
    assert problems(machine) == ()
    assert "1. Writer: write | answered" in text
    assert "no answer after 4 s" in text
    assert "unavailable after 3 attempts" in text
    assert "Ana: take it over" in text
    assert all(plain(row.cells[1]) for b in walk(made.sections) if isinstance(b, Table) for row in b.rows)


def test_pictures_fit_a_page_and_hold_every_state_once() -> None:
    made, subject = document()
    drawn = [p.source for p in pictures(made) if isinstance(p.source, Diagram)]
    assert all(check(each) == () for each in drawn)
    machine = machine_of(context_of(), "answer", nested=False)
    parts = stretches(subject.model, machine)
    told = [name for part in parts for name in part.states]
    assert sorted(told) == sorted(s.id for s in machine.states if s.kind not in ("start", "done", "failed"))
    assert all(len(part.states) <= MOST for part in parts)


def test_a_first_step_is_drawn_with_a_second_that_no_picture_holds() -> None:
    calls = ", ".join(["{call: s.go}"] * (MOST - 2))
    text = (
        "groma: 1\nsystem: S\ncurrency: EUR\ncomponents: {s: {kind: service, offers: {go: {work: 1 s}}}}\n"
        f"flows: {{a: {{starts: {{rate: 1/h}}, steps: [{{call: s.go}}, {{parallel: [[{calls}], [{calls}]]}}]}}}}\n"
    )
    model = loads(text)
    machine = machine_of(Context(model, load_catalog(), Ledger("")), "a", nested=False)
    parts = stretches(model, machine)
    assert len(parts[0].states) == MOST and len(parts) == 2


def test_a_policy_taken_away_changes_what_hung_on_it() -> None:
    with_person, without = (cells(document(more)[0]) for more in (MORE, ""))
    assert "something before it fails" in with_person
    assert "something before it fails" not in without
    assert "When the model fails nobody takes over" not in with_person
    assert "When the model fails nobody takes over" in without


def test_the_certificate_by_hand() -> None:
    """Three attempts of one euro, then the refund; a fault's fallback asks and calls nothing."""
    context = context_of()
    _, subject = document()
    ledger = subject.quoter.ledger
    assert ledger["bound/answer/calls"].value == 4
    most = ledger["bound/answer/cost"]
    assert most.value is None and any("components.shop.price" in each for each in most.missing)
    free = loads(DESK.replace("MORE", MORE).replace("title: Shop,", "title: Shop, price: 0 EUR/month,"))
    assert figure(Context(free, context.catalog, Ledger(free.digest)), "bound/answer/cost").value == 3
    assert not ledger["bound/answer/time"].value
    assert any("a person may be busy" in why for why in lacking(context, "answer", "time"))
    step = context.model.flows["answer"].steps[0]
    bare = context_of("")
    made = step_figure(bare, bare.model.flows["answer"].steps[0], None, "time")
    assert made.value == 3 * 1 + 1 + 2  # three attempts of a second, pauses of one and two
    assert step_figure(context, step, None, "calls").value == 3
    words = [turn.words for turn in turns(context, "answer", "calls")]
    assert "all 3 attempts are made" in words
    assert "takes `money is wanted`" in words


def test_what_runs_spend_stands_beside_the_most() -> None:
    # a run writes once; one in five goes on to the shop, if Ana doesn't say no (one in ten)
    text = cells(document()[0])
    assert "Answer a case | calls | 1.18 | 1 | 2 | 2 | 4" in text
    assert "Answer a case | money | 1 EUR | at least 1 EUR" in text  # nobody has stated what the shop costs


def test_how_often_a_person_is_asked_a_day() -> None:
    """Ten an hour, a fifth of them, all that came so far: at most 48 a day."""
    made = document()[1].quoter.ledger["asked_of/flows.answer.steps.2.choose.1.steps.1/day"]
    assert made.value is not None
    assert 46 < made.value <= 48 * 1.001


def test_nothing_to_say_gives_no_document() -> None:
    model = loads("groma: 1\nsystem: Empty\ncurrency: EUR\ncomponents: {a: {kind: tool}}\n")
    assert write(Subject(model, Quoter(Ledger(model.digest)))) is None


def test_reach_without_faults_finds_the_end() -> None:
    assert "done" in reach(machine_of(context_of(), "answer"))
