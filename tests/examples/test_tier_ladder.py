"""The tier ladder: the designer takes the cheapest step that meets what is asked, and each step is seen.

The order of the four is the published one (AWS, "Disaster Recovery of Workloads on AWS", 2021: backup and restore,
hours; pilot light, tens of minutes; warm standby, minutes; multi-site, real time).
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from groma.analyses import Context, assess, figure
from groma.catalog import load_catalog
from groma.design import design
from groma.model.figure import Ledger
from groma.patterns import Space, close, library, resolve

CATALOG = load_catalog()
LADDER = ("backup_restore", "pilot_light", "warm_standby", "multi_site")
HOUR = 3600.0


def asked(root: Path, folder: Path, rto: str, rpo: str) -> Space:
    """The example with other targets."""
    shutil.copytree(root / "examples" / "tier-ladder", folder, dirs_exist_ok=True)
    brief = folder / "brief.yaml"
    text = brief.read_text(encoding="utf-8")
    for old, new in (("at_most: 4 h, step", f"at_most: {rto}, step"), ("at_most: 30 h", f"at_most: {rpo}")):
        assert old in text
        text = text.replace(old, new)
    brief.write_text(text, encoding="utf-8")
    return resolve(brief, library())


@pytest.mark.parametrize(
    ("rto", "rpo", "tier", "copies"),
    [
        ("24 h", "30 h", "backup_restore", "nightly"),
        ("24 h", "2 h", "backup_restore", "hourly"),
        ("4 h", "30 h", "pilot_light", "nightly"),
        ("15 min", "30 h", "warm_standby", "nightly"),
        ("15 min", "1 s", "multi_site", "nightly"),
        ("1 s", "1 s", "multi_site", "nightly"),
    ],
)
def test_the_cheapest_step_that_meets_what_is_asked_is_taken(
    root: Path, tmp_path: Path, rto: str, rpo: str, tier: str, copies: str
) -> None:
    found = design(asked(root, tmp_path, rto, rpo), CATALOG, library(), robustness=False)
    chosen = next(p for p in found.proposals if p.name == found.recommended)
    assert dict(chosen.answers) == {"elsewhere.tier": tier, "elsewhere.copies": copies}


def test_each_step_is_dearer_and_quicker_than_the_one_below(root: Path) -> None:
    space = resolve(root / "examples/tier-ladder/brief.yaml", library())
    rows: list[tuple[float, float, float]] = []
    for tier in LADDER:
        model = close(space, {"elsewhere.tier": tier, "elsewhere.copies": "nightly"}).model
        assert model.planned
        context = Context(model, CATALOG, Ledger(model.digest))
        measures = ("cost/month", "recovery/orders_taken@home/rto", "recovery/orders_taken@home/rpo")
        found = [figure(context, measure).value for measure in measures]
        rows.append((found[0] or 0.0, found[1] or 0.0, found[2] or 0.0))
        mistake = figure(context, "recovery/orders@corrupted/rpo").value or 0.0
        assert mistake >= 24 * HOUR  # no step of the ladder helps against a mistake: the locked copies do
    cost, rto, rpo = (list(column) for column in zip(*rows, strict=True))
    assert cost == sorted(set(cost))
    assert rto == sorted(set(rto), reverse=True)
    assert rpo[0] > rpo[1] == rpo[2] > rpo[3] == 0.0
    by_hand = (10 + 30 + 180 + 40) * 60 + 500e9 / 110e6
    assert rto[0] == pytest.approx(by_hand)  # the application, an hour after the database, is up before that
    assert rto[1:] == pytest.approx([(10 + 30 + 25 + 20) * 60, (1 + 1 + 2 + 3) * 60, 0.0])


def test_a_proposal_is_a_plan_until_its_restore_is_tried(root: Path) -> None:
    space = resolve(root / "examples/tier-ladder/brief.yaml", library())
    model = close(space, {"elsewhere.tier": "pilot_light", "elsewhere.copies": "nightly"}).model
    ledger = assess(model, CATALOG)
    assert {r.need: r.verdict for r in ledger.needs} == {
        "back_soon": "met",
        "recent": "met",
        "mistakes": "met",
    }
    assert all("unproven until the restore is tried" in r.why for r in ledger.needs)
    assert ledger["recovery/orders/proof"].words == "to be tried before it is relied on"
