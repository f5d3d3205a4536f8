"""What isn't the architect's is told with who does it; every document ends with it."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from buildable.finished import FILE, without
from documents.desk_brief import blueprint
from groma.analyses import assess
from groma.analyses.neighbours import Neighbour, asked, borders, neighbours
from groma.catalog import load_catalog
from groma.documents.content import Document, Table, walk
from groma.documents.deliverables.buildable_sections import left_to_guess
from groma.documents.deliverables.scope import TITLE
from groma.documents.deliverables.subject import Subject
from groma.documents.inlines import plain
from groma.documents.quote import Quoter
from groma.documents.write import Written, write_blueprint, write_model
from groma.model.elements import Model
from groma.model.figure import Ledger
from groma.model.load import loads
from groma.rules import checked, rules

CATALOG = load_catalog()
KNOWN = neighbours(CATALOG)
HEAD = "groma: 1\nsystem: Example\ncurrency: EUR\n"


def found(body: str) -> set[str]:
    return {each.neighbour.activity for _, each in asked(loads(HEAD + body), KNOWN) if each is not None}


ASKED = [
    ("We need somebody to take over monitoring of the shop.", "monitoring"),
    ("Bitte auch das Monitoring und die Updates einspielen.", "patching"),
    ("You should operate the servers.", "operating"),
    ("Wir brauchen jemanden für die Vertragsverwaltung.", "contracts"),
    ("The architect must write scripts for the night.", "scripts"),
    ("Please answer tickets of our users.", "ticketing"),
    ("We want you to manage our suppliers.", "suppliers"),
    ("You are to be the process owner and should own the process.", "process"),
    ("Ihr sollt auch die Projektleitung übernehmen.", "project"),
    ("We expect that you train our people.", "training"),
]
NOT_ASKED = [
    "Customers wait while tickets pile up. Which tools?",
    "Nobody wants to run our servers.",
    "We don't need monitoring, we have it.",
    "Wir wollen keine Vertragsverwaltung, die ist da.",
    "Monitoring was bought last year. What should we do about invoices?",
    "Our backups are old.",
]


@pytest.mark.parametrize(("problem", "activity"), ASKED)
def test_a_problem_that_asks_for_a_neighbours_work_is_told(problem: str, activity: str) -> None:
    assert activity in found(f'problem: "{problem}"\n')


@pytest.mark.parametrize("problem", NOT_ASKED)
def test_what_is_only_mentioned_or_denied_is_not(problem: str) -> None:
    assert found(f'problem: "{problem}"\n') == set()


def test_what_is_out_of_scope_is_settled() -> None:
    body = "problem: We need monitoring and want patching.\n"
    assert found(body) == {"monitoring", "patching"}
    assert found(body + "out_of_scope: {Monitoring: the hosting house}\n") == {"patching"}


def test_a_flow_that_somebody_does_asks_nobody() -> None:
    flow = "flows: {p: {title: Install updates, BYsteps: [{wait: 1 h}]}}\npeople: {ana: {}}\n"
    assert found(flow.replace("BY", "")) == {"patching"}
    assert found(flow.replace("BY", "by: ana, ")) == set()


def test_a_need_asks_by_its_reason_or_else_by_its_name() -> None:
    need = "needs: {training: {measure: cost/month, at_most: 9 EURWHY}}\n"
    assert found(need.replace("WHY", ', why: "We want you to manage our suppliers."')) == {"suppliers"}
    assert found(need.replace("WHY", "")) == set()  # a name isn't a wish
    assert found("wants: {shop: {capability: monitoring of the shop}}\n") == {
        "monitoring"
    }  # what is wanted is


BESIDE = """\
people: {ana: {}, ben: {}}
suppliers: {house: {title: The house}}
components:
  own: {kind: service, title: Own part, owner: ana}
  rented: {kind: tool, title: Rented tool, supplier: house, holders: [ben], owner: ana}
  model: {kind: llm, product: google/gemini-2.5-flash@eu}
data:
  orders: {held_by: own, owner: ben, backup: {every: 1 d}}
  names: {class: personal, held_by: own, owner: ana}
connections:
  within: {from: own, to: rented}
  typed: {from: ana, to: own}
  read: {from: own, to: ben}
decisions: {a: {title: Open one, status: open, owner: ana}, b: {title: Done one, status: accepted, owner: ben}}
needs: {low_cost: {measure: cost/month, at_most: 9 EUR}}
flows:
  sell: {starts: {rate: 1/d}, by: ben, steps: [{ask: ben, takes: 1 h}]}
  night_run: {starts: {rate: 1/d}, by: own, steps: [{wait: 1 h}]}
  part: {by: ana, steps: [{wait: 1 h}]}
"""


@pytest.mark.parametrize(
    ("arises", "about", "people"),
    [
        ("parts", ("Own part",), ("ana",)),
        ("bought", ("The house",), ()),
        ("needs", ("low cost",), ()),
        ("flows", ("sell", "night run"), ("ben",)),
        ("interfaces", ("Own part to Rented tool",), ()),
        ("copies", ("orders",), ("ben",)),
        ("personal", ("names",), ()),
        ("decisions", ("Open one",), ("ana",)),
        ("accounts", ("Rented tool",), ("ben",)),
        ("users", ("Rented tool",), ()),
    ],
)
def test_what_an_activity_is_about_and_who_answers_for_it(
    arises: str, about: tuple[str, ...], people: tuple[str, ...]
) -> None:
    """One of each kind beside one that isn't of it."""
    beside = Neighbour("x", "X", "somebody", "money", arises, ("x",), "by hand", "2026")
    (border,) = borders(loads(HEAD + BESIDE), [beside, replace(beside, concern="people")], ["money"])
    assert (border.about, border.people) == (about, people)


def test_every_activity_has_words_in_both_languages_and_a_dated_source() -> None:
    table = list(load_catalog().entries("neighbours"))
    assert len(table) >= 15
    for entry in table:
        assert entry["words_en"] and entry["words_de"], entry.key
        assert entry.source and entry.as_of
        assert entry.text("concern") in {
            "needs",
            "structure",
            "interfaces",
            "data",
            "people",
            "money",
            "decisions",
        }


def test_every_word_of_the_table_finds_its_own_activity() -> None:
    for neighbour in KNOWN:
        for word in neighbour.words:
            problem = f"Please {word.replace('*', '')}"
            assert neighbour.activity in found(f'problem: "{problem}"\n'), word


def test_borders_are_about_what_the_model_has() -> None:
    about = {b.neighbour.activity: b for b in borders(finished(), KNOWN, ("structure", "money", "data"))}
    assert about["operating"].about == ("Drive in the safe",)  # the tools are run by whoever sells them
    assert about["operating"].people == ("founder",)
    assert about["suppliers"].about == ("Kontor GmbH", "Hauptbuch AG")
    assert about["data-protection"].about == ("Customers", "Debtors")
    assert borders(loads(HEAD), KNOWN, ("structure", "money", "data")) == ()


@cache
def finished() -> Model:
    return loads(FILE.read_text(encoding="utf-8"))


@cache
def of_model() -> Written:
    return write_model(finished(), assess(finished(), CATALOG, twice=False))


@cache
def of_blueprint(practice: str) -> Written:
    """The one design written as the set of each practice: which is all that the word decides."""
    made = blueprint()
    proposals = tuple(replace(p, model=replace(p.model, practice=practice)) for p in made.proposals)
    named = replace(made, proposals=proposals)
    assert named.best is not None
    return write_blueprint(named, named.best.model)


def rows(document: Document) -> list[str]:
    tables = [block for block in walk(document.sections[-1].blocks) if isinstance(block, Table)]
    return [plain(row.cells[0]) for table in tables for row in table.rows]


@pytest.mark.parametrize("practice", ["model", "ai", "business", "infrastructure"])
def test_every_document_of_every_set_ends_with_it(practice: str) -> None:
    written = of_model() if practice == "model" else of_blueprint(practice)
    assert len(written.documents.documents) >= 3
    for document in written.documents.documents:
        assert document.sections[-1].title == TITLE, document.id
        assert rows(document)


@pytest.mark.parametrize("practice", ["model", "ai", "infrastructure"])
def test_no_activity_is_told_in_two_documents(practice: str) -> None:
    written = of_model() if practice == "model" else of_blueprint(practice)
    out = {"Payroll", "Stock of materials", "Telephone"}  # what the client left out is told in each
    told = [row for document in written.documents.documents for row in rows(document) if row not in out]
    assert len(told) == len(set(told))


def test_a_design_says_what_is_left_to_guess_and_a_finished_one_that_nothing_is() -> None:
    def told(model: Model) -> str:
        found = checked(model, Ledger(model.digest), catalog=CATALOG, only=rules(phase="build").values())
        subject = Subject(model, Quoter(Ledger(model.digest)), checked=found)
        blocks = left_to_guess(subject, "blueprint")
        words = [plain(i) for b in walk(blocks) if (i := getattr(b, "inlines", None))]
        cells = [plain(c) for b in walk(blocks) if isinstance(b, Table) for row in b.rows for c in row.cells]
        return " ".join((*words, *cells))

    assert told(finished()).startswith("Nothing is left to guess.")
    taken = loads(without(("connections", "customer_to_books", "on_error")))
    assert "At 1 of " in told(taken) and "Failure without an answer" in told(taken)
