"""The examples of a business and of an infrastructure: they resolve, open, close, and say what they were made for."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from groma.analyses import Context, figure
from groma.catalog import load_catalog
from groma.design import design
from groma.model.elements import Need
from groma.model.figure import Figure, Ledger
from groma.model.load import load
from groma.patterns import Closed, Space, close, library, open_model, resolve
from groma.rules import run

CATALOG = load_catalog()
BRIEFS = ("eight-people", "two-sites")


@pytest.fixture(scope="module")
def spaces(root: Path) -> dict[str, Space]:
    patterns = library()
    return {name: resolve(root / "examples" / name / "brief.yaml", patterns) for name in BRIEFS}


def closed(space: Space, **chosen: str) -> Closed:
    """The design with these answers (`role__part=variant`), the first variant elsewhere."""
    words = {role.replace("__", "."): variant for role, variant in chosen.items()}
    assert words.keys() <= {role.name for role in space.roles}
    return close(space, {r.name: words.get(r.name, r.variants[0].name) for r in space.roles})


def shown(design: Closed, measure: str) -> Figure:
    return figure(Context(design.model, CATALOG, Ledger(design.model.digest)), measure)


@pytest.mark.parametrize("name", BRIEFS)
def test_it_opens_and_closes_whatever_is_answered(spaces: dict[str, Space], name: str) -> None:
    space = spaces[name]
    assert len(space.roles) >= 5
    assert open_model(space).alternatives
    draw = random.Random(name)
    for _ in range(40):
        answers = {role.name: draw.choice(role.variants).name for role in space.roles}
        if space.allowed(answers):
            assert close(space, answers).model.components


@pytest.mark.parametrize("name", BRIEFS)
def test_keeping_what_is_there_is_always_an_answer(spaces: dict[str, Space], name: str) -> None:
    roles = spaces[name].roles
    refused = {n.role for n in spaces[name].not_offered}
    for role in roles:
        options = spaces[name].patterns[role.pattern].roles[role.name.rpartition(".")[2]].options.values()
        assert any(v.keeps for v in role.variants) or role.name in refused, role.name
        assert all(option.why and (option.against or option.keeps) for option in options), role.name


@pytest.mark.parametrize("name", BRIEFS)
def test_every_fact_is_used_and_has_a_range_or_is_exact(
    spaces: dict[str, Space], name: str, root: Path
) -> None:
    facts = spaces[name].given.facts
    assert all(fact.exact or fact.known is not None for fact in facts.values())
    folder = root / "examples" / name
    text = "".join(p.read_text(encoding="utf-8") for p in sorted(folder.glob("*.yaml")))
    text += "".join(
        path.read_text(encoding="utf-8")
        for path in sorted((root / "src/groma/patterns/data").rglob("*.yaml"))
    )
    assert facts.keys() <= set(re.findall(r"\$(\w+)", text))


def test_the_office_of_today_hangs_on_its_founder(root: Path) -> None:
    model = load(root / "examples/eight-people/today.yaml")
    ledger = Ledger(model.digest)
    found = {finding.id: finding for finding in run(model, ledger, catalog=CATALOG)}
    alone = [name for name in found if name.startswith("only-one-person:")]
    assert "only-one-person:flows.quote.steps.1/pricing+sizing" in alone
    assert "only-one-person:components.ledger_sheet/bookkeeping" in alone
    hours = ledger["dependence/hours/founder"]
    assert hours.value == pytest.approx(34 * 65 / 60 + 4 * 3 + 14)
    money = ledger["dependence/month/founder"]
    assert money.value == pytest.approx((34 * 65 / 60 + 4 * 3 + 14) * 85)
    assert {f"by-hand-hand-over:connections.{c}" for c in ("enquiry_typed", "invoice_typed")} <= found.keys()
    assert "retry-of-once:flows.invoice.steps.3" in found
    assert "manual-work:flows.quote.steps.1" in found


def test_prices_in_a_list_free_the_founder(spaces: dict[str, Space]) -> None:
    kept = closed(spaces["eight-people"])
    freed = closed(
        spaces["eight-people"], quotes__pricing="list", books__books="online", figures__source="of_tools"
    )
    assert shown(kept, "dependence/hours").value == pytest.approx(34 * 65 / 60 + 4 * 3 + 14)
    assert shown(freed, "dependence/hours").value == 0.0


def test_a_suite_from_america_takes_personal_data_there(spaces: dict[str, Space]) -> None:
    abroad = closed(spaces["eight-people"], visits__board="suite_us")
    assert "US" in (shown(abroad, "residency/personal").words or "")
    at_home = closed(spaces["eight-people"], visits__board="planning_board")
    assert "US" not in (shown(at_home, "residency/personal").words or "")


@pytest.mark.parametrize(
    ("hosts", "members", "each"), [("keep", 3, 384), ("medium_four", 4, 512), ("large_four", 4, 1024)]
)
def test_reserve_after_losing_a_host(spaces: dict[str, Space], hosts: str, members: int, each: int) -> None:
    design = closed(spaces["two-sites"], platform__hosts=hosts, disks__storage="array")
    left, taken = (members - 1) * each, 96 + 192 + 812 + 96
    assert shown(design, "headroom/hosts/memory").value == pytest.approx((left - taken) / left)


GIGABIT = 1e9 / 8


def test_recovery_is_of_the_newest_copy_that_the_loss_leaves(spaces: dict[str, Space]) -> None:
    """By hand: changes of an hour beside those of the files on one line; a replica repeats mistakes too."""
    hourly = closed(spaces["two-sites"], copies__method="disk_hourly", disks__storage="array")
    meeting = 2 * 0.9e6 * 3600 / GIGABIT
    assert shown(hourly, "recovery/erp@corrupted/rpo").value == pytest.approx(3600 + meeting)
    stages = (20 + 30 + 40) * 60 + 1.2e12 / GIGABIT
    assert shown(hourly, "recovery/erp@corrupted/rto").value == pytest.approx(stages)
    quick = closed(
        spaces["two-sites"], copies__method="disk_hourly", disks__storage="array", line__line="wavelength"
    )
    assert shown(quick, "recovery/erp@corrupted/rto").value == pytest.approx(90 * 60 + 1.2e12 / 600e6)
    replicated = closed(
        spaces["two-sites"],
        copies__method="disk_hourly",
        disks__storage="array",
        standby__ready="replicated",
        platform__hosts="medium_four",
    )
    assert shown(replicated, "recovery/erp@main/rpo").value == 900.0
    assert shown(replicated, "recovery/erp@main/rto").value == pytest.approx((20 + 30 + 10 + 40) * 60)
    assert shown(replicated, "recovery/erp@corrupted/rpo").low == pytest.approx(3600, rel=0.02)


def test_without_a_standby_the_loss_of_a_site_waits_for_what_is_bought(spaces: dict[str, Space]) -> None:
    alone = closed(
        spaces["two-sites"], copies__method="disk_hourly", disks__storage="array",
        platform__hosts="medium_four",
    )  # fmt: skip
    assert (shown(alone, "recovery/erp@main/rto").low or 0.0) > 14 * 86400
    assert (shown(alone, "recovery/flows.erp@main/rto").low or 0.0) > 14 * 86400


def test_hosts_and_disks_at_both_sites_survive_the_loss_of_one(spaces: dict[str, Space]) -> None:
    """A site is a single point of failure unless hosts and disks are at both."""
    from groma.analyses.structure.weakness import single_points

    def alone(design: Closed) -> set[str]:
        context = Context(design.model, CATALOG, Ledger(design.model.digest))
        return {weak.parts[0] for weak in single_points(context, "erp")}

    both = closed(spaces["two-sites"], platform__hosts="large_four", disks__storage="stretched")
    assert not {"places.main", "places.second"} & alone(both)
    half = closed(spaces["two-sites"], platform__hosts="large_four", disks__storage="array")
    assert "places.main" in alone(half)
    one = closed(spaces["two-sites"], platform__hosts="medium_four", disks__storage="in_hosts")
    assert "places.main" in alone(one)


def test_purchases_are_spread_over_five_years(spaces: dict[str, Space]) -> None:
    four = closed(spaces["two-sites"], platform__hosts="medium_four")
    five = closed(spaces["two-sites"], platform__hosts="medium_five")
    more = (shown(five, "cost/month").value or 0.0) - (shown(four, "cost/month").value or 0.0)
    assert more == pytest.approx(25000 * 0.87 / 60 + 180 + 119, abs=0.01)
    assert (shown(five, "cost/once").value or 0.0) - (shown(four, "cost/once").value or 0.0) == pytest.approx(
        21750
    )


def test_what_the_two_sites_asked_at_first_is_told_as_conflicts_and_what_was_agreed_is_met(
    root: Path,
) -> None:
    folder = root / "examples" / "two-sites"
    asked = resolve(folder / "first-asked.yaml", library())
    found = design(asked, CATALOG, library(), robustness=False)
    assert found.recommended is None
    assert found.conflicts is not None
    assert {frozenset(several) for several in found.conflicts.sets} == {
        frozenset({"branch"}), frozenset({"kept_alive"}), frozenset({"affordable", "dependable"})
    }  # fmt: skip
    agreed, first = resolve(folder / "brief.yaml", library()).given.needs, asked.given.needs
    changed = {name for name, need in first.items() if target_of(need) != target_of(agreed[name])}
    assert changed == {"dependable", "branch", "kept_alive"}
    nearest = " ".join(found.conflicts.questions)
    assert "branch" in nearest and "the nearest is" in nearest


def target_of(need: Need) -> list[str]:
    """The target of a need, as it is written."""
    return [q.text for q in (need.at_most, need.at_least) if q is not None]
