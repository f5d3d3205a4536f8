"""The infrastructure specification's chapters for who builds it, and the files beside the documents."""

from __future__ import annotations

import pytest

from groma.analyses.assess import assess
from groma.analyses.outgrown import bill_after, saturating_load
from groma.catalog import load_catalog
from groma.documents.artefacts import artefact_files, exported
from groma.documents.content import Blocks, Table, walk
from groma.documents.deliverables import outline_sections as sections
from groma.documents.deliverables.subject import Subject
from groma.documents.inlines import plain
from groma.documents.quote import Quoter
from groma.exporters import exports
from groma.model.elements import Model
from groma.model.figure import Figure, Ledger
from groma.model.load import loads

TEXT = """
groma: 1
system: Growing
currency: EUR
practice: ai
growth: 50 %
places: {here: {kind: site}, there: {kind: site}}
suppliers: {seller: {title: Seller}}
components:
  nodes: {kind: host, product: aws/m7g.large@us-east-1, supplier: seller, place: here, replicas: 2}
  desk: {kind: service, runs_on: nodes, threads: 2, offers: {accept: {work: 100 ms}}, price: 40 EUR/month}
  writer: {kind: llm, supplier: seller, place: there, offers: {write: {work: 1 s, price: {call: 0.01 EUR}}}, price: 0 EUR/month}
  shop: {kind: tool, existing: true, place: there, offers: {sell: {work: 1 s}}, price: 0 EUR/month}
connections:
  line: {from: desk, to: shop, protocol: HTTPS}
exchange: {USD: 0.9 EUR}
flows:
  answer:
    starts: {rate: RATE}
    steps: [{call: desk.accept}, {call: writer.write}, {call: shop.sell}]
"""


def model(rate: str = "100/h", growth: str = "growth: 50 %") -> Model:
    return loads(TEXT.replace("RATE", rate).replace("growth: 50 %", growth))


def ledger(of: Model) -> Ledger:
    return assess(of, load_catalog())


@pytest.fixture(scope="module")
def subject() -> Subject:
    shown = model()
    told = ledger(shown)
    return Subject(shown, Quoter(told), exported=exported(shown, told, load_catalog()))


def rows(blocks: Blocks) -> list[list[str]]:
    return [
        [plain(cell) for cell in row.cells] for b in walk(blocks) if isinstance(b, Table) for row in b.rows
    ]


@pytest.mark.parametrize("years", [1, 2, 3])
def test_the_grown_bill_is_that_of_the_grown_model(years: int) -> None:
    """Another way to the same: the model with the load of then, assessed anew."""
    now = model()
    grown = bill_after(now, ledger(now), years)
    then = ledger(model(f"{100 * 1.5**years}/h"))["cost/month"]
    assert grown is not None and grown.value is not None and then.value is not None
    assert grown.value == pytest.approx(then.value, abs=0.011), "bills are rounded to cents"


def test_the_ends_of_the_grown_bill() -> None:
    """By hand: 100 EUR of which runs spend 30 to 40, growing by 50 % in a year."""
    told = Ledger("")
    told.write(Figure("cost/month", "bill", "EUR/month", None, 90.0, 110.0))
    told.write(Figure("cost/flow/answer", "spent", "EUR/month", None, 30.0, 40.0))
    grown = bill_after(model(), told, 1)
    assert grown is not None and (grown.low, grown.high) == (pytest.approx(105.0), pytest.approx(130.0))


def test_the_saturating_load_saturates() -> None:
    """Two threads of 100 ms serve 20 a second; 100 an hour are 1/720 of that."""
    now = model()
    found = saturating_load(now, ledger(now), "desk")
    assert found is not None and found.value == pytest.approx(720.0, rel=1e-9)
    assert saturating_load(now, ledger(now), "writer") is None


def test_no_growth_no_table() -> None:
    still = model(growth="")
    assert bill_after(still, ledger(still), 1) is None
    assert sections.over_growth(Subject(still, Quoter(ledger(still)))) == ()


def test_who_reaches_whom_and_what_lets_them_in(subject: Subject) -> None:
    assert rows(sections.reached(subject)) == [
        ["desk", "shop", "HTTPS", "here to there", "a secret of shop"],
        ["desk", "writer", "", "here to there", "the identity of desk"],
    ]


def test_the_code_is_told_with_its_figures_and_gaps(subject: Subject) -> None:
    told = rows(sections.code(subject, "x"))
    assert any(
        row[0] == "aws_us_east_1" and row[1] == "nodes" and "aws_instance" in row[2] and "EUR" in row[3]
        for row in told
    )
    assert any(row[0] == "nodes_image_id" for row in told)


def test_exports_of_the_practice_lie_beside(subject: Subject) -> None:
    files = artefact_files(subject.exported)
    assert {"artefacts/terraform/main.tf", "artefacts/kubernetes/kustomization.yaml"} <= set(files)
    assert {path.split("/")[1] for path in files} <= {
        e.name for e in exports().values() if "ai" in e.practices
    }


def test_what_a_format_cannot_say_is_a_note() -> None:
    long = "a" * 60
    shown = loads(
        f"groma: 1\nsystem: S\ncurrency: EUR\npractice: ai\ncomponents:\n  h: {{kind: host}}\n  {long}: {{kind: service, runs_on: h, offers: {{o: {{work: 1 s}}}}}}\n"
    )
    files = artefact_files(exported(shown, Ledger(shown.digest), load_catalog()))
    assert "artefacts/kubernetes/NOT-WRITTEN.md" in files
    assert b"has more than the 50 letters" in files["artefacts/kubernetes/NOT-WRITTEN.md"]


def test_a_brief_has_no_files() -> None:
    brief = loads(
        "groma: 1\nsystem: S\ncurrency: EUR\npractice: ai\nwants: {a: {capability: customer escalations}}\n"
    )
    assert exported(brief, Ledger(brief.digest), load_catalog()) == ()
