"""The raw files of the example company: what a person who knows it finds in the model."""

from __future__ import annotations

from pathlib import Path

import pytest

from groma import api
from groma.importers.intake import Intake, read_folder
from groma.model.elements import Model
from groma.model.formatting import formatted
from groma.model.load import load, loads
from groma.model.quantity import Quantity
from groma.model.schema import order_at

MONTH = 730 * 3600


@pytest.fixture(scope="module")
def raw(root: Path) -> Path:
    return root / "examples/company/raw"


@pytest.fixture(scope="module")
def intake(raw: Path) -> Intake:
    return read_folder(raw)


@pytest.fixture(scope="module")
def model(intake: Intake) -> Model:
    return loads(intake.text)


def test_the_text_is_formatted_and_each_element_has_an_origin(intake: Intake, model: Model) -> None:
    assert formatted(intake.text, "as-is.yaml", order_at) == intake.text
    for section in (
        "people",
        "suppliers",
        "components",
        "connections",
        "data",
        "flows",
        "decisions",
        "facts",
    ):
        for name in getattr(model, section):
            assert intake.origins[f"{section}.{name}"].file in intake.files


def test_its_numbers_agree_with_the_brief_of_the_same_company(model: Model, root: Path) -> None:
    """The diary and the lists were written apart from examples/eight-people/facts.yaml; their ranges must meet."""
    facts = load(root / "examples/eight-people/today.yaml").facts
    flows = {
        "answer_enquiry": "enquiries",
        "price_the_quote": "quotes",
        "plan_the_job": "jobs",
        "write_the_invoice": "jobs",
        "sort_receipts": "documents",
    }
    for flow, fact in flows.items():
        start = model.flows[flow].starts
        assert start is not None and isinstance(start.rate, Quantity) and start.rate.known is not None
        (low, high), known = start.rate.known, facts[fact].value.known
        assert known is not None and low <= known[1] and known[0] <= high, flow
    takes = {
        "answer_enquiry": "enquiry_by_hand",
        "price_the_quote": "quote_in_head",
        "type_the_quote": "quote_typed",
        "write_the_invoice": "invoice_by_hand",
    }
    for flow, fact in takes.items():
        mean = model.facts[f"{flow}_takes"].value.mean
        known = facts[fact].value.known
        assert known is not None and known[0] <= mean <= known[1], flow
    rates = {
        name: person.rate.mean * 3600
        for name, person in model.people.items()
        if isinstance(person.rate, Quantity)
    }
    assert (
        rates["jana"] == pytest.approx(85)
        and rates["mia"] == pytest.approx(32)
        and rates["tom"] == pytest.approx(38)
    )
    books = (
        model.facts["bookkeeping_rate"].value.mean
        * MONTH
        * model.facts["bookkeeping_takes"].value.mean
        / 3600
    )
    known = facts["books_by_founder"].value.known
    assert known is not None and 730 * known[0] <= books <= 730 * known[1]


def test_the_problems_that_were_put_into_the_files_can_be_seen(model: Model) -> None:
    assert [name for name, person in model.people.items() if "pricing" in person.knows] == ["jana"]
    assert {"pipedrive", "hubspot"} <= {n for n, c in model.components.items() if "customers" in c.functions}
    seats = model.components["microsoft_365"].seats
    assert seats is not None and seats.mean == 10 and len(model.components["microsoft_365"].used_by) == 8
    assert model.components["domain_lindner_waermepumpen_example"].registered_to == "agentur_pixelhof"
    assert len(model.data["customers"].held_by) == 4 and model.data["customers"].owner is None
    calls = [
        step
        for step in model.flows["figures_of_the_month"].steps
        if "use" in getattr(step.action, "operation", "")
    ]
    assert len(calls) == 4
    mail = model.connections["website_enquiry_to_sheet_and_to_microsoft_365"]
    assert mail.protocol == "mail" and not mail.on_error and model.data[mail.carries[0]].class_ == "personal"
    assert model.suppliers["agentur_pixelhof"].renews == "2026-12-31"
    assert sum(c.by_hand for c in model.connections.values()) == 7
    assert model.decisions["new_planning_tool"].owner is None


def test_what_is_no_subscription_is_left_out_and_prices_are_those_of_the_card(
    intake: Intake, model: Model
) -> None:
    assert not any("aral" in name or "adobe" in name for name in model.components)
    prices = {n: c.price["month"] for n, c in model.components.items() if c.price}
    assert round(prices["hubspot"].mean * MONTH, 2) == 60  # type: ignore[union-attr]
    assert round(prices["lexware_office"].mean * MONTH, 2) == 34.9  # type: ignore[union-attr]
    assert any("money that came back" in note.message for note in intake.notes)


def test_facts_carry_the_date_of_what_they_were_read_from(model: Model) -> None:
    assert model.facts["lexware_office_price"].date == "2026-10-02"  # the last charge
    assert model.facts["price_the_quote_rate"].date == "2026-10-30"  # the last day of the diary
    assert model.facts["open_invoices_rate"].date == "2026-11-20"  # the day of the interview


def test_it_can_be_assessed(model: Model) -> None:
    assessed = api.assess(model)
    assert {"only-one-person", "by-hand-hand-over"} <= {finding.rule for finding in assessed.findings}
    assert assessed.ledger.figures["dependence/hours/jana"].value is not None


def test_the_workbook_is_what_its_script_writes(raw: Path, root: Path) -> None:
    import importlib.util

    spec = importlib.util.spec_from_file_location("company_workbook", root / "tools/company_workbook.py")
    assert spec is not None and spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    from groma.importers.intake.xlsx_file import read_xlsx

    assert read_xlsx(script.workbook(), "w")[0] == read_xlsx((raw / "lindner.xlsx").read_bytes(), "w")[0]
