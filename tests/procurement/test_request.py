"""What is asked follows from the model: thresholds, numbers, prices; nothing of what the buyer expects to pay
gets out."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from groma import api
from groma.analyses import assess
from groma.catalog import Catalog
from groma.documents.procurement import write_request
from groma.documents.write import files as rendered
from groma.model.elements import Model
from groma.model.figure import Ledger
from groma.model.position import ModelError
from groma.procurement import Request, RequestError, from_json, no_terms, request_of, to_json
from groma.procurement.disclosed import request_ledger
from groma.procurement.lines import estimate, over
from groma.procurement.terms import terms_of


def test_every_need_is_a_gate_with_its_own_target(request_: Request, model: Model, ledger: Ledger) -> None:
    for need in model.needs:
        asked = request_.requirement(f"needs.{need}")
        assert asked is not None and asked.kind == "gate" and asked.threshold is not None
        assert asked.threshold.ref == f"need/{need}/target"
        target = next(r.target for r in ledger.needs if r.need == need)
        assert (asked.threshold.value, asked.threshold.words) == (target.value, target.words)


def test_every_threshold_leads_somewhere(request_: Request, model: Model, ledger: Ledger) -> None:
    made = request_ledger(request_, model, ledger, terms_of(request_.terms))
    for each in request_.requirements:
        if each.threshold is not None:
            ref = each.threshold.ref
            known = ref in made or ref in made.inputs or ref.split("/")[1] in {r.need for r in made.needs}
            assert known, ref


def test_what_the_hosts_must_carry_by_hand(request_: Request, model: Model, ledger: Ledger) -> None:
    """96 + 192 + 812 GiB of machines, at worst 128 of the hypervisor and 256 of the storage."""
    asked = request_.requirement("capacity.hosts.memory")
    assert asked is not None and asked.threshold is not None
    assert asked.threshold.value == 96 + 192 + 812 + 128 + 256
    figure = request_ledger(request_, model, ledger, no_terms())["rfp/demand/hosts/memory"]
    assert (figure.low, figure.value, figure.high) == (96 + 192 + 812 + 64 + 128, 1484, 1484)
    cores = request_.requirement("capacity.hosts.cores")
    assert cores is not None and cores.threshold is not None and cores.threshold.value == 16 + 24 + 140
    assert "the least" in cores.text


def test_a_stated_value_is_enough_at_the_worst_end_that_was_proven(request_: Request) -> None:
    asked = {each.key: each for each in request_.requirements}
    fails = asked["components.hosts.fails.every"].threshold
    repaired = asked["components.hosts.fails.repaired_in"].threshold
    assert fails is not None and repaired is not None
    assert (fails.sense, fails.value, fails.ref) == ("at_least", pytest.approx(4.2), "fact/server_fails")
    assert (repaired.sense, repaired.value) == ("at_most", pytest.approx(72))
    assert "components.hypervisor.fails.availability" not in asked  # 100 % is a simplification, not a promise


def test_the_lines_add_up_to_the_bill(request_: Request, ledger: Ledger) -> None:
    own = estimate(request_.lines, 60)
    leased = ledger["cost/component/leased"]
    month = ledger["cost/month"]
    assert own is not None and own.value is not None
    for mine, whole, other in (
        (own.low, month.low, leased.low),
        (own.value, month.value, leased.value),
        (own.high, month.high, leased.high),
    ):
        assert whole is not None and other is not None
        assert mine == pytest.approx((whole - other) * 60)  # bought over five years, contract of five years


def test_once_and_monthly(request_: Request) -> None:
    line = next(x for x in request_.lines if x.key == "components.hosts.price.once")
    monthly = next(x for x in request_.lines if x.key == "components.hosts.price.support")
    assert over(line, 60, Fraction(1000)) == 4000
    assert over(monthly, 60, Fraction(10)) == 4 * 10 * 60


def test_scales_run_from_the_target_to_the_best_end(request_: Request, ledger: Ledger) -> None:
    scales = {scale.key: scale for scale in request_.scales}
    assert sum((scale.weight for scale in scales.values()), Fraction(0)) == 1
    dependable = scales["needs.dependable"]
    assert dependable.none_at == Fraction("0.998")
    assert float(dependable.full_at or 0) == pytest.approx(ledger["availability/erp"].high)
    back = scales["needs.back_soon"]
    assert back.none_at == 6 * 3600 and float(back.full_at or 0) == pytest.approx(
        ledger["recovery/erp@corrupted/rto"].low
    )
    assert "needs.kept_alive" not in scales, "no answer of a bidder moves the effort of the buyer's people"
    price = scales["price"]
    assert price.none_at is not None and price.full_at is not None and price.full_at < price.none_at


def test_numbers_stay_when_something_goes_and_comes(
    request_: Request, model: Model, ledger: Ledger, tables: Catalog
) -> None:
    fewer = replace(model, needs={n: need for n, need in model.needs.items() if n != "branch"})
    left = Ledger(
        ledger.model, ledger.figures, ledger.inputs, [r for r in ledger.needs if r.need != "branch"]
    )
    terms = terms_of("groma: 1\nhours: Mon-Fri 08:00-16:00\njudged: {plan: {asks: Show a plan}}\n")
    again = request_of(fewer, left, tables, terms, file="cheapest.yaml", before=request_)
    before = {each.key: each.id for each in request_.requirements}
    ids = [each.id for each in again.requirements]
    assert len(set(ids)) == len(ids)
    for each in again.requirements:
        assert each.id == before.get(each.key, each.id)
    assert next(each.id for each in again.requirements if each.key == "judged.plan") not in before.values()
    assert before["needs.branch"] not in ids


def test_kept_as_json(request_: Request) -> None:
    assert from_json(to_json(request_)) == request_
    for broken in ("", "[]", "{}", '{"rfp": 1}', to_json(request_).replace('"months": 60', '"months": "60"')):
        with pytest.raises(RequestError, match=r"rfp\.json"):
            from_json(broken)


def test_bidders_see_nothing_of_what_the_buyer_expects_to_pay(
    request_: Request, model: Model, ledger: Ledger
) -> None:
    written = write_request(request_, model, ledger, terms_of(request_.terms))
    refs = {entry.ref for entry in written.documents.derivations}
    prices = {f"fact/{line.fact}" for line in request_.lines} | {"cost/month", "cost/once", "fact/usd"}
    assert not refs & prices
    assert "rfp/all_at/price" in refs and "need/dependable/target" in refs
    page = rendered(written, ("md",))["rfp.md"].decode()
    assert "25000 USD" not in page and "server_large" not in page
    for each in request_.requirements:
        assert f"**{each.id}**".replace("-", "\\-") in page or each.id in page


def test_the_same_request_gives_the_same_bytes(request_: Request, model: Model, ledger: Ledger) -> None:
    terms = terms_of(request_.terms)
    first, second = (
        rendered(write_request(request_, model, ledger, terms), ("docx", "html")) for _ in range(2)
    )
    assert first == second


def test_a_lot(model: Model, ledger: Ledger, tables: Catalog) -> None:
    lot = request_of(model, ledger, tables, no_terms(), file="m.yaml", lot=("tunnel",))
    assert {line.component for line in lot.lines} == {"tunnel"}
    keys = {each.key for each in lot.requirements}
    assert "needs.branch" in keys and "needs.files_back" not in keys and "exit.export" not in keys
    with pytest.raises(RequestError, match=r"did you mean `tunnel`"):
        request_of(model, ledger, tables, no_terms(), file="m.yaml", lot=("tunel",))


def test_other_practices_without_a_branch(root: Path, tables: Catalog) -> None:
    shop = api.load(root / "examples/first-steps/model.yaml")
    made = request_of(shop, assess(shop, tables, twice=False), tables, no_terms(), file="model.yaml")
    assert [line.component for line in made.lines] == ["shop"]
    assert made.requirement("needs.cheap") is not None
    assert "contract" in made.defaults and made.months == 36


def test_a_price_that_nobody_knows_is_asked_for(tables: Catalog) -> None:
    from groma.model.load import loads

    part = "a: {kind: service, price: {once: unknown, month: 5 EUR/month}}"
    text = f"groma: 1\nsystem: S\ncurrency: EUR\ncomponents:\n  {part}\n"
    model = loads(text)
    made = request_of(model, assess(model, tables), tables, no_terms(), file="m.yaml")
    unknown = next(line for line in made.lines if line.key.endswith("once"))
    assert unknown.value is None and unknown.unit == "EUR"
    assert not made.scored_on_price


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        ("groma: 1\nbears: [components.hosts.price.powr]", r"did you mean `components.hosts.price.power`"),
        ("groma: 1\nweights: {price: 90 %, dependable: 20 %}", "add up to 100 %"),
        ("groma: 1\nweights: {kept_alive: 10 %}", "no points can be given for `kept_alive`"),
        ("groma: 1\nfull_points_at: 300000 EUR\nno_points_at: 200000 EUR", "below no_points_at"),
        ("groma: 1\nfull_points_at: 300000 USD", "money in EUR"),
        ("groma: 1\ncontract: 50 years", "1 to 240 months"),
    ],
)
def test_terms_that_do_not_fit(terms: str, said: str, model: Model, ledger: Ledger, tables: Catalog) -> None:
    with pytest.raises(RequestError, match=said):
        request_of(model, ledger, tables, terms_of(terms), file="m.yaml")


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        ("groma: 1\nnotise: 3 months", r"terms.yaml:2:1: .*did you mean `notice`"),
        ("groma: 1\nnotice: 3 EUR", "expected"),
        ("- 1", "expected terms"),
        ("groma: 1\njudged: {plan: {good: x}}", "asks"),
        ("groma: 1\nnotice: unknown", "leave it out"),
    ],
)
def test_terms_that_cannot_be_read(terms: str, said: str) -> None:
    with pytest.raises(ModelError, match=said):
        terms_of(terms)
