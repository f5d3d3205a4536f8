"""From small folders to models: what must come out, and what is told of what was read leniently."""

from __future__ import annotations

import math
import statistics
from pathlib import Path

import pytest

from groma.importers.intake import IntakeError, read_folder
from groma.model.program import Ask, Call
from groma.model.quantity import Quantity, Unknown
from importers.folders import PEOPLE, folder, reading, said

WORK = "Task,Who,How often,How long,Tools,Knowledge\n"


def asks(model, flow: str) -> list[Ask]:  # type: ignore[no-untyped-def]
    return [step.action for step in model.flows[flow].steps if isinstance(step.action, Ask)]


def test_every_stated_quantity_is_a_fact_with_its_file_sheet_row_and_date(tmp_path: Path) -> None:
    work = WORK + "Quote,Jana,34/month,ca. 1 h,Excel,prices\n"
    intake, model = reading(tmp_path, work_csv=work, people_csv=PEOPLE, interview_yaml="date: 2026-10-30\n")
    rate = model.flows["quote"].starts.rate  # type: ignore[union-attr]
    assert (
        isinstance(rate, Quantity)
        and rate.source == "work.csv, row 2, column How often"
        and rate.date == "2026-10-30"
    )
    takes = asks(model, "quote")[0].takes
    assert isinstance(takes, Quantity) and takes.known == (2700.0, 4500.0)
    assert str(intake.origins["flows.quote.steps.1"]) == "work.csv, row 2"
    assert model.practice == "business"


def test_what_nobody_said_stays_unknown_and_is_asked(tmp_path: Path) -> None:
    intake, model = reading(
        tmp_path,
        work_csv=WORK + "Quote,Jana,,as needed,Excel,\n",
        people_csv="Name\nJana Lindner\n" * 1 + "Mia\n",
    )
    assert isinstance(model.flows["quote"].starts.rate, Unknown)  # type: ignore[union-attr]
    assert isinstance(asks(model, "quote")[0].takes, Unknown)
    keys = {gap.key for gap in intake.gaps}
    assert {
        "flows.quote.rate",
        "flows.quote.takes",
        "people.jana.rate",
        "people.jana.hours",
        "components.excel.price",
    } <= keys
    assert not any(key.startswith("people.mia") for key in keys)  # nothing hangs on what Mia costs


def test_people_are_found_by_first_name_initials_title_and_role(tmp_path: Path) -> None:
    rows = "".join(
        f"T{n},{who},weekly,1 h,,\n"
        for n, who in enumerate(["Jana", "J. Lindner", "JL", "Frau Lindner", "founder", "Jana Lndner"])
    )
    intake, model = reading(tmp_path, work_csv=WORK + rows, people_csv=PEOPLE)
    assert [asks(model, f"t{n}")[0].person for n in range(6)] == ["jana"] * 6
    assert sorted(model.people) == ["jana", "mia"]
    assert "on no list" not in said(intake)


def test_two_people_of_one_first_name_are_not_mixed_up(tmp_path: Path) -> None:
    people = "Name,Role\nAnna Berg,office\nAnna Kurz,sales\n"
    intake, model = reading(
        tmp_path, people_csv=people, work_csv=WORK + "Mail,Anna,daily,1 h,,\nCall,Anna Kurz,daily,1 h,,\n"
    )
    assert asks(model, "call")[0].person == "anna_kurz"
    assert model.people[asks(model, "mail")[0].person].title == "Anna"
    assert "`Anna` is on no list of people" in said(intake)


def test_spellings_of_one_tool_are_merged_with_a_note_and_others_are_not(tmp_path: Path) -> None:
    tools = "Tool,Price,Seats\nPipedrive,20 EUR/month,3\nLexware Office,30 EUR/month,\nMiro,9 EUR/month,\n"
    subs = "Subscription,Amount,Billing period\nPipedirve,20 EUR,month\nMira,5 EUR,month\n"
    intake, model = reading(tmp_path, a_csv=tools, b_csv=subs)
    assert sorted(model.components) == ["lexware_office", "mira", "miro", "pipedrive"]
    assert "`Pipedirve` taken for Pipedrive" in said(intake)
    assert "a price of Pipedrive was stated before" in said(intake)


def test_a_price_without_a_period_is_unknown_and_never_a_month(tmp_path: Path) -> None:
    intake, model = reading(tmp_path, a_csv="Tool,Price\nCRM,29 EUR\nERP,?\nFax,free\n")
    assert not model.components["crm"].price and not model.components["erp"].price
    assert model.components["fax"].price["month"].text == "0 EUR/month"
    assert "doesn't say for how long" in said(intake)
    assert {"components.crm.price", "components.erp.price"} <= {gap.key for gap in intake.gaps}


def test_a_price_per_seat_costs_its_seats(tmp_path: Path) -> None:
    from groma import api

    _, model = reading(
        tmp_path, a_csv="Tool,Price,Seats\nCRM,12 EUR/user/mo,7\nMail,90 EUR p.a.,\nFax,30 EUR/quarter,\n"
    )
    cost = api.assess(model).ledger.figures["cost/month"]
    assert cost.value == pytest.approx(7 * 12 + 90 / 12 + 30 / 3)


STATEMENT = "Date;Payee;Amount\n"


def charges(payee: str, amounts: list[str], days: list[str]) -> str:
    return "".join(f"{day};{payee};{amount}\n" for day, amount in zip(days, amounts, strict=True))


MONTHLY = ["03.05.2026", "03.06.2026", "03.07.2026", "03.08.2026"]


def test_a_statement_tells_prices_by_their_rhythm(tmp_path: Path) -> None:
    text = STATEMENT + charges("ACME* 123456 BERLIN", ["-20,00"] * 4, MONTHLY)
    text += charges("HOSTER AG", ["-30,00"] * 3, ["01.01.2026", "01.04.2026", "01.07.2026"])
    text += charges("DOMAINS", ["-12,00", "-12,00"], ["05.05.2025", "05.05.2026"])
    text += charges(
        "FUEL 0815",
        ["-60,00", "-71,00", "-58,00", "-80,00"],
        ["01.05.2026", "05.05.2026", "30.05.2026", "04.06.2026"],
    )
    text += charges("SHOP", ["-99,00"], ["07.05.2026"])
    intake, model = reading(tmp_path, card_csv=text)
    prices = {name: c.price["month"].text for name, c in model.components.items()}
    assert prices == {"acme": "20 EUR/month", "hoster_ag": "120 EUR/year", "domains": "12 EUR/year"}
    assert "`SHOP` was charged 1 time" in said(intake) and "`FUEL 0815` was charged 4 times" in said(intake)


def test_a_new_price_counts_from_its_first_charge_and_a_moving_rate_is_a_range(tmp_path: Path) -> None:
    text = STATEMENT + charges("RAISED", ["-20,00", "-20,00", "-30,00", "-30,00"], MONTHLY)
    text += (
        charges("DOLLARS", ["-20,00", "-20,40", "-19,80", "-20,20"], MONTHLY) + "09.08.2026;DOLLARS;20,20\n"
    )
    intake, model = reading(tmp_path, card_csv=text)
    assert model.facts["raised_price"].value.mean * 730 * 3600 == pytest.approx(30)
    known = model.facts["dollars_price"].value.known
    assert known is not None and [round(end * 730 * 3600, 2) for end in known] == [19.8, 20.4]
    assert "money that came back" in said(intake) and "until 2026-06-03" in said(intake)


def test_a_diary_gives_the_rate_the_mean_and_their_ranges(tmp_path: Path) -> None:
    """Held against Python's own statistics and the Poisson law's standard deviation."""
    minutes = [10, 14, 12, 30, 8, 10]
    days = [
        "2026-10-05",
        "2026-10-06",
        "2026-10-12",
        "2026-10-14",
        "2026-10-20",
        "2026-10-29",
    ]  # Monday to Thursday, four weeks
    rows = "".join(f"{d},Mia,Enquiry,{m} min\n" for d, m in zip(days, minutes, strict=True))
    _, model = reading(tmp_path, diary_csv="Date,Who,What,How long\n" + rows, people_csv=PEOPLE)
    rate, takes = model.flows["enquiry"].starts.rate, asks(model, "enquiry")[0].takes  # type: ignore[union-attr]
    assert isinstance(rate, Quantity) and isinstance(takes, Quantity) and rate.known and takes.known
    week = 7 * 86400
    assert rate.mean * week == pytest.approx(6 / 4, rel=1e-3)
    assert [end * week for end in rate.known] == pytest.approx(
        [(6 - 2 * math.sqrt(6)) / 4, (6 + 2 * math.sqrt(6)) / 4], rel=1e-2
    )
    mean, error = statistics.mean(minutes), 2 * statistics.stdev(minutes) / math.sqrt(6)
    assert takes.mean == pytest.approx(60 * mean, rel=1e-3)
    assert list(takes.known) == pytest.approx([60 * (mean - error), 60 * (mean + error)], rel=1e-2)


def test_a_diary_row_may_count_several_and_its_time_is_for_all_of_them(tmp_path: Path) -> None:
    rows = "2026-10-05,Mia,Enquiry,4,40\n,Mia,enquiry,1,20\n"
    _, model = reading(tmp_path, diary_csv="Date,Who,What,How many,Minutes\n" + rows)
    takes = asks(model, "enquiry")[0].takes
    assert isinstance(takes, Quantity) and takes.mean == pytest.approx(12 * 60)


def test_work_told_twice_is_counted_once(tmp_path: Path) -> None:
    diary = "Date,What,Minutes\n2026-10-05,Write quotes,60\n2026-10-06,Write quotes,60\n"
    intake, model = reading(tmp_path, a_csv=WORK + "Write quotes,Jana,weekly,1 h,,\n", b_csv=diary)
    assert list(model.flows) == ["write_quotes"]
    assert "it was told before" in said(intake)


HAND_OVERS = "From,To,What,How,Who,How often,How long,Part of\n"


def test_a_hand_over_by_hand_is_work_unless_a_task_tells_of_it_already(tmp_path: Path) -> None:
    rows = "Outlook,CRM,enquiry,typed,Mia,weekly,10 min,\nCRM,Excel,customer,typed,Mia,weekly,5 min,Sort mail\nERP,Shop,price,API,,daily,,\n"
    intake, model = reading(
        tmp_path, h_csv=HAND_OVERS + rows, w_csv=WORK + "Sort mail,Mia,daily,1 h,Outlook,\n"
    )
    assert [c.by_hand for c in model.connections.values()] == [True, True, False]
    assert sorted(model.flows) == ["hand_over_enquiry_from_outlook_to_crm", "sort_mail"]
    assert "counts with `Sort mail`" in said(intake)


def test_a_report_calls_its_sources_and_says_who_reads_it(tmp_path: Path) -> None:
    report = 'Report,Who,How often,How long,Sources,Who reads it\nFigures,Jana,monthly,3 h,"CRM, ERP\nBank",Jana\nOld list,Mia,weekly,1 h,CRM,nobody\n'
    intake, model = reading(tmp_path, r_csv=report, people_csv=PEOPLE)
    called = [s.action.component for s in model.flows["figures"].steps if isinstance(s.action, Call)]
    assert called == ["crm", "erp", "bank"]
    assert model.flows["figures"].for_ == ("jana",)
    assert [g.key for g in intake.gaps if g.key.endswith(".for")] == ["flows.old_list.for"]


def test_who_knows_what_may_be_a_matrix(tmp_path: Path) -> None:
    _, model = reading(
        tmp_path, people_csv=PEOPLE, k_csv="Topic,Jana,Mia\nPrices,x,\nInvoices,x,(x)\nMail,,yes\n"
    )
    assert model.people["jana"].knows == ("prices", "invoices")
    assert model.people["mia"].knows == ("mail",)


def test_data_decisions_and_contracts(tmp_path: Path) -> None:
    data = 'Data,Kept in,Leading,Owner,Personal data,Backup\nCustomers,"CRM, Excel",Excel,Mia,yes,daily\n'
    contracts = "Supplier,Contract for,Renewal date,Notice period\nAcme GmbH,CRM,31.12.2026,3 Monate zum Quartalsende\n"
    decisions = "Question,Open since,Who decides,What waits\nNew CRM?,März 2026,Jana,Customers\n"
    _, model = reading(
        tmp_path,
        a_csv="Tool,Price\nCRM,free\n",
        d_csv=data,
        c_csv=contracts,
        o_csv=decisions,
        people_csv=PEOPLE,
    )
    customers, supplier = model.data["customers"], model.suppliers["acme_gmbh"]
    assert (
        customers.held_by == ("excel", "crm") and customers.class_ == "personal" and customers.owner == "mia"
    )
    assert customers.backup is not None and customers.backup.every.mean == 86400
    assert (
        supplier.renews == "2026-12-31"
        and supplier.notice is not None
        and supplier.notice.mean == 3 * 730 * 3600
    )
    assert model.components["crm"].supplier == "acme_gmbh"
    assert model.decisions["new_crm"].since == "2026-03" and model.decisions["new_crm"].waits == (
        "data.customers",
    )


def test_mistakes_come_all_at_once_with_their_files(tmp_path: Path) -> None:
    with pytest.raises(IntakeError) as caught:
        read_folder(
            folder(tmp_path, a_xlsx=b"nothing", b_json="{", c_bpmn="<a>", d_csv="Tool,Price\nCRM,1\n")
        )
    assert [str(problem).split(":")[0] for problem in caught.value.problems] == ["a.xlsx", "b.json", "c.bpmn"]
    with pytest.raises(IntakeError, match="expected at least one table"):
        read_folder(_empty(tmp_path))


def _empty(at: Path) -> Path:
    (at / "empty").mkdir()
    return at / "empty"


def test_links_and_paths_out_of_the_folder_are_left_alone(tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("Tool,Price\nSecret,1 EUR/month\n")
    inside = tmp_path / "in"
    inside.mkdir()
    (inside / "link.csv").symlink_to(secret)
    (inside / "dir").symlink_to(tmp_path)
    intake, model = reading(inside, a_csv="Tool,Price\nCRM,free\n")
    assert list(model.components) == ["crm"]
    assert "link.csv: left out: a link" in said(intake)


def test_names_with_markup_and_formulas_are_only_text(tmp_path: Path) -> None:
    rows = 'Tool,Price\n"<script>alert(1)</script>",free\n"=HYPERLINK(""x"")",free\n"../../etc/passwd",free\n"a: {b: [c}, # d",free\n'
    intake, model = reading(tmp_path, a_csv=rows)
    assert next(c.title for c in model.components.values()) == "<script>alert(1)</script>"
    assert len(model.components) == 4 and all("/" not in name for name in model.components)
    assert "include" not in intake.text


def test_the_same_folder_gives_the_same_bytes(tmp_path: Path) -> None:
    at = folder(
        tmp_path,
        w_csv=WORK + "Quote,Jana,34/month,ca. 1 h,Excel,prices\n",
        people_csv=PEOPLE,
        i_yaml="date: 2026-10-30\n",
    )
    first = read_folder(at)
    for path in at.iterdir():
        path.touch()
    assert read_folder(at).text == first.text
