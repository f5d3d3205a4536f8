"""Gates, points, orders: by hand, by a second way, and under every selection of bids."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from fractions import Fraction
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from groma.analyses import assess
from groma.catalog import Catalog
from groma.documents.procurement import write_evaluation
from groma.documents.write import files as rendered
from groma.model.elements import Model
from groma.model.figure import Ledger
from groma.model.load import loads
from groma.procurement import (
    Bid,
    Evaluated,
    Sent,
    WorkbookError,
    arithmetic,
    evaluate,
    evaluated,
    facts_file,
    marks_form,
    put_into,
    read_marks,
)
from groma.procurement.judging import points


def failed(each: Evaluated) -> set[str]:
    return {gate.requirement.key for gate in each.failed}


def test_the_bad_bid_is_rejected_for_exactly_its_clauses(done: dict[str, Evaluated]) -> None:
    assert failed(done["lowland"]) == {"data.where.personal", "exit.export"}
    assert [failed(done[n]) for n in ("nordhaus", "alder", "hasty")] == [set(), set(), set()]
    assert {g.requirement.key for g in done["hasty"].open} == {"data.processing", "support.response"}
    assert not done["nordhaus"].open and not done["alder"].open


def test_prices_over_the_contract_by_hand(done: dict[str, Evaluated]) -> None:
    """4 hosts at 36500 and 190 a month, hypervisor 430, storage 19500, backup 22400 and 320, tunnel twice 95."""
    months = 4 * 190 + 430 + 320 + 95 + 95
    assert done["nordhaus"].paid == (Fraction(4 * 36500 + 19500 + 22400 + 60 * months),) * 3
    paid = done["alder"].paid
    assert paid is not None
    assert paid[2] - paid[1] == 60 * 90 + 3500 and paid[1] - paid[0] == 60 * 30 + 1500


def test_points_for_the_price_by_hand(done: dict[str, Evaluated]) -> None:
    """With electricity of five machines at 119 a month, the buyer's own estimate."""
    each = done["nordhaus"]
    price = next(p for p in each.points if p.scale.key == "price")
    assert each.paid is not None and price.amount == each.paid[1] + 5 * 119 * 60
    assert price.value == (price.amount - 573000) / Fraction(185000 - 573000)


def test_a_bid_is_worked_out_with_its_own_values(
    done: dict[str, Evaluated], text: str, root: Path, tables: Catalog
) -> None:
    """The same by changing the text of the model by hand."""
    by_hand = text
    for fact, value in (
        ("replicated_availability", "99.985 %"),
        ("server_fails", "9 years"),
        ("server_back", "10 h"),
        ("vpn_availability", "99.7 %"),
    ):
        by_hand = re.sub(
            rf"(\n  {fact}:\n    value: )[^\n]*\n    known: [^\n]*\n", rf"\g<1>{value}\n", by_hand
        )
    model = loads(by_hand, file="cheapest.yaml", folder=root / "examples/two-sites")
    wanted = assess(model, tables)
    own = done["nordhaus"].offered.ledger
    for name in ("availability/erp", "availability/erp_second", "headroom/hosts/memory"):
        assert own[name].value == pytest.approx(wanted[name].value, rel=1e-12), name
    reference = assess(loads(text, file="m.yaml", folder=root / "examples/two-sites"), tables)
    assert (own["availability/erp"].value or 0) > (reference["availability/erp"].value or 1)
    months = 4 * (Fraction(36500, 60) + 190) + 430 + Fraction(19500, 60) + Fraction(22400, 60) + 320 + 190
    assert own["cost/month"].value == pytest.approx(float(months) + 5 * 119 + 870)


def test_a_bid_whose_values_miss_a_need_fails_that_gate(
    bids: dict[str, Bid], sent: Sent, tables: Catalog
) -> None:
    poor = bids["nordhaus"]
    key = "components.storage.fails.availability"
    answers = dict(poor.answers) | {key: replace(poor.answers[key], number=99.5, text="99.5 %")}
    each = evaluated(replace(poor, answers=answers), sent, tables, {})
    assert "needs.dependable" in failed(each)
    assert "99.8 %" in next(g.why for g in each.failed if g.requirement.key == "needs.dependable")


def test_hosts_that_are_too_small_fail_the_capacity(
    bids: dict[str, Bid], sent: Sent, tables: Catalog
) -> None:
    key = "components.hosts.provides.memory"
    small = bids["alder"]
    answers = dict(small.answers) | {key: replace(small.answers[key], number=370.0, text="370 GiB")}
    found = failed(evaluated(replace(small, answers=answers), sent, tables, {}))
    assert {"capacity.hosts.memory", "needs.reserve"} <= found  # 4 x 370 = 1480 < 1484


def test_what_a_bid_leaves_out_is_open_and_stays_as_the_buyer_knows_it(
    bids: dict[str, Bid], sent: Sent, tables: Catalog, ledger: Ledger
) -> None:
    bid = replace(bids["nordhaus"], answers={}, prices={})
    each = evaluated(bid, sent, tables, {})
    assert each.paid is None and each.total is None and not each.failed and each.open
    assert each.offered.ledger["availability/erp"] == ledger["availability/erp"]
    assert all(leave.cost is None and leave.missing for leave in each.leaving)
    price = next(p for p in each.points if p.scale.key == "price")
    assert price.value is None and (price.low, price.high) == (0, 1)


def test_the_order_and_no_other_bid_turns_it(done: dict[str, Evaluated], sent: Sent) -> None:
    whole = evaluate(sent.request, done.values())
    assert [level[0] for level in whole.order] == ["nordhaus", "alder", "hasty"]
    assert whole.winner is done["nordhaus"] and not whole.provisional and whole.decided
    for size in (1, 2, 3):
        for chosen in combinations(done, size):
            part = evaluate(sent.request, [done[n] for n in chosen])
            assert [n for level in part.order for n in level] == [
                n for level in whole.order for n in level if n in chosen
            ]
    assert whole.reversal is not None and (whole.reversal.selections, whole.reversal.turned) == (3, 0)


def test_the_weights_at_which_another_comes_first(done: dict[str, Evaluated], sent: Sent) -> None:
    result = evaluate(sent.request, done.values())
    first, second = result.spans["price"]
    assert first.first == ("nordhaus",) and second.first == ("alder",)
    rest = {
        n: sum(
            (p.scale.weight * (p.value or 0) for p in done[n].points if p.scale.key != "price"), Fraction(0)
        )
        * 2
        for n in ("nordhaus", "alder")
    }
    price = {n: next(p.value or Fraction(0) for p in done[n].points if p.scale.key == "price") for n in rest}
    w = first.high
    assert w * price["nordhaus"] + (1 - w) * rest["nordhaus"] == w * price["alder"] + (1 - w) * rest["alder"]
    lead = result.leads[0]
    weights = [s.weight for s in sent.request.scales]
    for n, amount in lead.taken:
        weights[n] -= amount
    weights[lead.to] += lead.moved
    level = {
        n: sum((w * (p.value or 0) for w, p in zip(weights, done[n].points, strict=True)), Fraction(0))
        for n in rest
    }
    assert level["nordhaus"] == level[lead.rival]


def test_what_nobody_judged_is_not_scored(
    bids: dict[str, Bid], sent: Sent, done: dict[str, Evaluated]
) -> None:
    each = done["alder"]
    bare = replace(each, points=points(bids["alder"], sent.request, each.offered.ledger, {}))
    assert bare.total is None and bare.reach == (bare.so_far, bare.so_far + Fraction(15, 100))
    result = evaluate(
        sent.request,
        [
            bare,
            replace(
                done["nordhaus"],
                points=points(bids["nordhaus"], sent.request, done["nordhaus"].offered.ledger, {}),
            ),
        ],
    )
    assert result.provisional and not result.decided and not result.spans


def test_marks(bids: dict[str, Bid], sent: Sent) -> None:
    from openpyxl import load_workbook

    form = marks_form(sent.request, bids.values())
    assert form is not None and form == marks_form(sent.request, bids.values())
    assert read_marks(form, sent.request, bids.values()) == {}
    book: Any = load_workbook(io.BytesIO(form))
    book["Marks"]["F5"], book["Marks"]["H5"] = 0, 4.5
    saved = io.BytesIO()
    book.save(saved)
    assert read_marks(saved.getvalue(), sent.request, bids.values()) == {
        "alder": {"judged.move": (Fraction(0), Fraction("4.5"))}
    }
    book["Marks"]["G5"] = 6
    saved = io.BytesIO()
    book.save(saved)
    with pytest.raises(WorkbookError, match=r"G5: expected a mark from 0 to 5"):
        read_marks(saved.getvalue(), sent.request, bids.values())


def test_leaving_by_hand(done: dict[str, Evaluated]) -> None:
    """Alder: fee 9000, three months of notice, 80 hours at 135; after month 12 the minimum term is over."""
    monthly = 4 * 190 + 470 + 290 + 2 * 95
    assert [leave.cost for leave in done["alder"].leaving] == [9000 + 3 * monthly + 80 * 135] * 3
    bid, request = done["alder"].bid, None
    assert request is None and bid.leaving["fee.12"].value == 9000


def test_leaving_before_the_minimum_term_is_over() -> None:
    from groma.procurement.leaving import _months

    assert _months(Fraction(3), Fraction(24), 12, 60) == 12
    assert _months(Fraction(3), Fraction(12), 12, 60) == 3
    assert _months(Fraction(6), Fraction(0), 58, 60) == 2


def worked_out(sheet: Any, cell: str, sheets: Any) -> float:
    """A cell as a spreadsheet would work it out: a second reading of its formula."""
    value = sheet[cell].value
    if not isinstance(value, str) or not value.startswith("="):
        return float(value or 0)

    def run(match: re.Match[str]) -> str:
        there = sheets[match[1][:-1]] if match[1] else sheet
        if match[3]:
            rows = range(int(match[2][1:]), int(match[3][2:]) + 1)
            return (
                "[" + ",".join(repr(worked_out(there, f"{match[2][0]}{row}", sheets)) for row in rows) + "]"
            )
        return repr(worked_out(there, match[2], sheets))

    text = re.sub(r"([A-Z][a-z]+!)?\b([A-Z]\d+)(:[A-Z]\d+)?", run, value[1:])
    return eval(text, {"__builtins__": {}}, {"MIN": min, "MAX": max, "SUM": sum})  # our own formulas


def test_the_second_best_can_repeat_the_arithmetic(done: dict[str, Evaluated], sent: Sent) -> None:
    from openpyxl import load_workbook

    result = evaluate(sent.request, done.values())
    data = arithmetic(result)
    assert data == arithmetic(result)
    book: Any = load_workbook(io.BytesIO(data))
    for row, each in enumerate(result.bids, 5):
        assert worked_out(book["Totals"], f"B{row}", book) == pytest.approx(
            float(each.so_far) * 100, abs=1e-9
        )
    sums = [row for row in range(5, book["Prices"].max_row + 1) if book["Prices"][f"C{row}"].value == "Sum"]
    for row, each in zip(sums, result.bids, strict=True):
        price = next(p for p in each.points if p.scale.key == "price")
        assert worked_out(book["Prices"], f"H{row}", book) == pytest.approx(float(price.amount or 0))
    leaving = book["Leaving"]
    assert worked_out(leaving, "G5", book) == pytest.approx(float(done["alder"].leaving[0].cost or 0))


def test_quotes_become_facts(
    done: dict[str, Evaluated], sent: Sent, root: Path, tmp_path: Path, tables: Catalog
) -> None:
    bid, request = done["alder"].bid, sent.request
    alone = facts_file(bid, request)
    (tmp_path / "quotes.yaml").write_text(alone, encoding="utf-8")
    old = (root / "examples/two-sites/facts.yaml").read_text(encoding="utf-8")
    new = put_into(old, bid, request)
    head = (
        "groma: 1\nsystem: S\ncurrency: EUR\n"
        "components: {a: {kind: x, price: {once: $server_large, month: $open_support}}}\n"
    )
    model = loads(head + new.partition("groma: 1\n")[2], folder=tmp_path)
    server, support = model.facts["server_large"], model.facts["open_support"]
    assert (server.value.mean, server.exact, server.date) == (34800, True, "2027-01-21")
    assert "bid of Alder & Reed IT" in server.source and re.search(
        r"P-\d+, sheet Prices, row \d+", server.source
    )
    month = 730 * 3600
    assert support.known is None or support.known.known == pytest.approx((440 / month, 560 / month))
    bill = assess(model, tables)["cost/month"]
    assert (bill.low, bill.high) == pytest.approx((440, 560))
    kept = [line for line in old.splitlines() if line.startswith("  #")]
    assert all(line in new for line in kept) and "erp_main:" in new
    broadband = model.facts["broadband"]
    assert broadband.value.mean == pytest.approx(95 / month) and "P-" in broadband.source


def test_the_documents_say_it(done: dict[str, Evaluated], sent: Sent, model: Model, ledger: Ledger) -> None:
    result = evaluate(sent.request, done.values())
    written = write_evaluation(result, model, ledger)
    pages = rendered(written, ("md", "docx"))
    assert pages == rendered(write_evaluation(result, model, ledger), ("md", "docx"))
    memo = pages["award-memo.md"].decode().partition("## Derivations")[0]
    assert "Award to **[Nordhaus Systems GmbH]" in memo and "Lowland Cloudworks** is rejected" in memo
    clause = next(r for r in sent.request.requirements if r.key == "data.where.personal")
    assert clause.id in memo and "IN: not within EU" in memo
    known = {entry.ref for entry in written.documents.derivations}
    assert {"bid/nordhaus/total", "bid/nordhaus/price", "bid/nordhaus/availability/erp"} <= known
    nowhere = [e.ref for e in written.documents.derivations if "has not been made" in str(e.method)]
    assert nowhere == []
