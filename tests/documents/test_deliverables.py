"""Deliverables: nothing of a design outside its marks, nothing quoted without derivation, nothing empty."""

from __future__ import annotations

import re
from functools import cache

import pytest
from desk_brief import blueprint

from groma.analyses import Context
from groma.analyses.orchestration import machine_of
from groma.catalog import load_catalog
from groma.documents.content import DocumentSet, pictures
from groma.documents.deliverables import ALL, SETS, deliverables
from groma.documents.diagrams.diagram import Diagram, Fragment, Message, Sequence, check
from groma.documents.html import render_html
from groma.documents.inlines import plain
from groma.documents.machines import machine_view, stretches
from groma.documents.marks import changed_outside_marks
from groma.documents.print_tree import document_refs
from groma.documents.quote import DESIGN, Quoter, figure_text
from groma.documents.sequences import sequence_view
from groma.documents.write import Written, files, write_blueprint, write_model
from groma.model.figure import Figure, Ledger
from groma.model.load import loads

EVERY_STEP = """
groma: 1
system: Every step
currency: EUR
people: {ana: {title: Ana, role: decides, knows: [billing]}, bob: {title: Bob}}
places: {hall: {kind: site, in: DE}}
components:
  a: {kind: service, title: Part A, place: hall, threads: 2, provides: {memory: 64 GiB},
    offers: {work: {work: 5 ms, steps: [{call: b.read}]}, undo: {work: 1 ms}}}
  b: {kind: database, title: Part B, runs_on: a, offers: {read: {work: 2 ms}}}
  pool: {kind: pool, title: Pool}
data: {bill: {title: Bill, class: personal, held_by: [b], fields: {id: string}}}
flows:
  main:
    title: Do everything
    starts: {rate: 1/min}
    carries: [bill]
    steps:
      - {call: a.work, timeout: 1 s, retry: {times: 2}, fallback: [{call: b.read, title: instead}],
         compensate: [{call: a.undo, title: take back}]}
      - {send: b.read, title: tell later}
      - choose:
          - {share: 70 %, when: all is well, steps: [{mark: fine}]}
          - {share: 30 %, when: it is not, steps: [{fail: rejected}]}
      - parallel: [[{call: b.read, title: one way}], [{call: a.undo, title: other way}]]
      - {repeat: {times: 3, steps: [{call: b.read, title: again and again}]}}
      - {ask: ana, takes: 5 min, title: have it approved, needs_knowledge: [billing]}
      - {wait: 10 s}
      - {hold: pool, steps: [{call: b.read, title: while held}]}
      - {do: other}
      - {stop: ok}
  other:
    title: Something else
    steps: [{call: b.read, title: from elsewhere}]
"""


@cache
def written(**given: object) -> Written:
    made = blueprint(**given)
    assert made.best is not None
    return write_blueprint(made, made.best.model)


@cache
def page(**given: object) -> bytes:
    return render_html(written(**given).documents)


def test_a_changed_price_changes_nothing_outside_marks() -> None:
    assert page() != page(call=0.021, rate=11.0)
    assert changed_outside_marks(page(), page(call=0.021, rate=11.0)) == ()


def test_a_changed_number_lies_in_a_mark_of_its_own() -> None:
    """Even where a whole block is marked as of the design, each number in it is a quote."""

    def without_blocks(made: bytes) -> bytes:
        return re.sub(rb"<(div|tr|g)([^>]*) data-figure=\"([^\"]* )?design\"", rb"<\1\2", made)

    before, after = (without_blocks(page(rate=rate)) for rate in (10.0, 10.5))
    assert before != after
    assert [c for c in changed_outside_marks(before, after) if re.search(r"\d", c) and "<" not in c] == []


def test_another_choice_changes_nothing_outside_marks() -> None:
    before, after = blueprint(), blueprint(dependable=99.5)
    assert before.best is not None
    assert after.best is not None
    assert before.best.answers != after.best.answers
    outside = changed_outside_marks(page(), page(dependable=99.5))
    assert outside == ()


def test_every_quote_has_exactly_one_derivation() -> None:
    documents = written().documents
    known = [d.ref for d in documents.derivations]
    assert len(known) == len(set(known))
    quoted = {ref for document in documents.documents for ref in document_refs(document)}
    assert quoted <= set(known)
    assert {ref for d in documents.derivations for ref in d.inputs} <= set(known)
    assert not [
        d.ref for d in documents.derivations if d.text in ("", "not shown") and d.ref.startswith("count/")
    ]


def test_every_number_of_the_design_leads_to_model_lines_or_sources() -> None:
    entries = {d.ref: d for d in written().documents.derivations}
    for name in ("cost/month", "latency/answer@replied/p95", "availability/answer@replied"):
        assert entries[name].sources
        assert any(ref.startswith(("fact/", "model/")) for ref in entries[name].inputs)


def test_links_and_picture_names_hold() -> None:
    made = page().decode()
    ids = re.findall(r' id="([^"]+)"', made)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', made)) <= set(ids)
    for document in written().documents.documents:
        for picture in pictures(document):
            assert plain(picture.caption).strip(), picture.id
            if isinstance(picture.source, Diagram):
                assert check(picture.source) == ()


def test_the_same_brief_gives_the_same_files() -> None:
    made = blueprint()
    assert made.best is not None
    first, second = (files(write_blueprint(made, made.best.model), ("html", "md")) for _ in range(2))
    assert first == second
    assert {"index.html", "ledger.json", "proposals/cheapest.yaml", "diagrams/workspace.dsl"} <= set(first)
    assert any(name.startswith("decisions/0001-") for name in first)


def test_hostile_names_are_only_text() -> None:
    name = '<script>alert(1)</script> & "x" #panic() ] $'
    model = loads(EVERY_STEP.replace("title: Part A", "title: '" + name + "'"), file="model.yaml")
    made = files(write_model(model, Ledger(model.digest)), ("html", "md", "pdf"))
    assert b"<script>alert" not in made["index.html"]
    assert b"&lt;script&gt;alert" in made["index.html"]
    assert all(data[:5] == b"%PDF-" for file, data in made.items() if file.endswith(".pdf"))


def test_what_has_nothing_to_say_is_left_out() -> None:
    model = loads("groma: 1\nsystem: Bare\ncurrency: EUR\ncomponents: {a: {kind: service}}\n", file="m.yaml")
    made = write_model(model, Ledger(model.digest)).documents
    assert [d.id for d in made.documents] == ["architecture"]
    titles = [s.title for s in made.documents[0].sections]
    assert "Data" not in titles
    assert "What can go wrong" not in titles
    assert "Interfaces" not in titles
    assert all(s.blocks for s in made.documents[0].sections)


def test_documents_follow_the_practice() -> None:
    text = EVERY_STEP.replace("currency: EUR", "currency: EUR\npractice: business")
    model = loads(text, file="m.yaml")
    assert [d.id for d in write_model(model, Ledger("")).documents.documents] == ["business-architecture"]
    assert {name for names in SETS.values() for name in names} == set(ALL)
    assert deliverables("business")[0].id == "blueprint"
    with pytest.raises(ValueError, match="there is no document `nonsense`"):
        write_model(model, Ledger(""), only="nonsense")


def words_of(sequence: Sequence) -> str:
    def told(steps: tuple[Message | Fragment, ...]) -> list[str]:
        found: list[str] = []
        for step in steps:
            if isinstance(step, Message):
                found.append(plain(step.label))
            else:
                for title, inner in step.parts:
                    found += [plain(title), *told(inner)]
        return found

    return " | ".join(told(sequence.steps))


def test_every_kind_of_step_and_policy_is_drawn() -> None:
    model = loads(EVERY_STEP, file="m.yaml")
    words = words_of(sequence_view(model, model.flows["main"], Quoter(Ledger(""))))
    for told in (
        "gives up after 1 s", "tries 2 more times", "instead", "take back", "tell later", "70 % all is well", "fine",
        "ends as rejected", "one way", "other way", "3 times", "again and again", "have it approved",
        "answers after 5 min", "waits 10 s", "takes one", "while held", "from elsewhere", "ends here",
    ):  # fmt: skip
        assert told in words, told


def test_states_of_a_flow_are_all_reached_from_the_start() -> None:
    model = loads(EVERY_STEP, file="m.yaml")
    machine = machine_of(Context(model, load_catalog(), Ledger("")), "main", nested=False)
    parts = stretches(model, machine)
    views = [machine_view(model, machine, part, Quoter(Ledger(""))) for part in parts]
    assert len(views) > 1 and all(check(view) == () for view in views)
    reached, todo = set[str](), ["start"]
    while todo:
        state = todo.pop()
        if state not in reached:
            reached.add(state)
            todo += [edge.target for view in views for edge in view.edges if edge.source == state]
    assert reached == {node.id for view in views for node in view.nodes}


@pytest.mark.parametrize(
    ("low", "value", "high", "text"),
    [
        (5.0, 5.1, 5.2, "5.1 s"), (5.1, 6.5, 7.9, "5.1 to 7.9 s"), (5.1, None, 7.9, "5.1 to 7.9 s"),
        (4.0, None, None, "at least 4 s"), (None, None, 3.0, "at most 3 s"), (None, None, None, "not shown"),
    ],
)  # fmt: skip
def test_figures_are_rounded_to_what_their_interval_supports(
    low: float | None, value: float | None, high: float | None, text: str
) -> None:
    assert figure_text(Figure("latency/a/p95", "", "s", value, low, high)) == text


def test_shares_are_printed_in_percent_and_months_in_words() -> None:
    assert figure_text(Figure("availability/a", "", "1", 0.9995, 0.9995, 0.9995)) == "99.95 %"
    assert figure_text(Figure("cost/month", "", "EUR/month", 310.0, 310.0, 310.0)) == "310 EUR a month"
    assert figure_text(Figure("residency/x", "", "1", words="DE, EU")) == "DE, EU"


def test_a_set_without_quotes_still_explains_the_design() -> None:
    documents: DocumentSet = written().documents
    assert documents.derivations[0].ref == DESIGN


def test_a_brief_that_nothing_meets_is_told_with_its_conflicts() -> None:
    made = blueprint(dependable=99.999)
    assert made.best is None
    brief = loads("groma: 1\nsystem: Small desk\ncurrency: EUR\n", file="m.yaml")
    documents = write_blueprint(made, brief).documents
    assert [d.id for d in documents.documents] == ["blueprint"]
    titles = [s.title for s in documents.documents[0].sections]
    assert "What can't be had together" in titles
    assert "What is chosen" not in titles
    assert b"No design meets all needs" in render_html(documents)


def test_growth_is_told_with_the_load_at_which_the_answer_changes() -> None:
    made = render_html(written(robust=True).documents).decode()
    assert 'id="blueprint-growth"' in made
    assert "times the demand" in made


SHOP = """groma: 1
system: Shop
currency: EUR
components:
  shop: {kind: service, threads: 8, fails: {availability: 99.9 %}, offers: {order: {work: 20 ms ± 10 ms}}}
needs: {quick: {measure: latency/order/p95, at_most: 200 ms}}
flows:
  order: {starts: {rate: 5/s}, steps: [{call: shop.order, timeout: 1 s, retry: {times: 1}}]}
"""


def test_every_scenario_and_every_second_method_is_told() -> None:
    from groma.analyses import assess
    from groma.catalog import load_catalog

    catalog, model = load_catalog(), loads(SHOP)
    written = write_model(model, assess(model, catalog), (), catalog)
    found = [f for f in written.ledger if f.name.startswith("scenario/")]
    assert {f.name.split("/")[1] for f in found} >= {
        "lost-shop",
        "slow-shop",
        "stalled-shop",
        "load-2",
        "load-10",
    }
    derived = {d.ref for d in written.documents.derivations}
    assert {f.name for f in found} <= derived
    pictures_of = [p.id for d in written.documents.documents for p in pictures(d)]
    assert any("-scenario-" in name for name in pictures_of)
    twice = [f for f in written.ledger if f.second is not None and f.name.startswith("latency/")]
    assert twice
    assert {f.name for f in twice} <= derived


def test_a_part_that_a_choice_will_bring_is_drawn_within_the_system() -> None:
    from dataclasses import replace

    from groma.documents.views import context_view

    model = loads(
        SHOP.replace(
            "components:\n",
            "people: {ana: {role: clerk}}\ncomponents:\n  old: {kind: tool, existing: true}\n",
        )
        + "connections:\n  a: {from: ana, to: shop}\n  b: {from: shop, to: old}\n"
    )
    brief = replace(model, components={"old": model.components["old"]})
    drawn = context_view(brief, Quoter(Ledger(brief.digest)))
    assert drawn is not None
    assert not check(drawn)
    assert {(edge.source, edge.target) for edge in drawn.edges} == {("ana", "system:"), ("system:", "old")}
