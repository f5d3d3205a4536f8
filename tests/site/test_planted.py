"""Planted defects: each is found, nothing else is, and the clean twin has no finding at all."""

from __future__ import annotations

import pytest

from groma.site import Audited, all_audits
from site_audited import audited
from site_maker import BASE, made
from site_plants import ALONE, PLANTS, calendar, plant_all, taker


def pairs(result: Audited) -> set[tuple[str, str]]:
    return {(name, hit.url) for name, look in result.looks.items() for hit in look.hits}


def test_every_planted_defect_of_two_thousand_pages_is_found_and_nothing_else(
    capsys: pytest.CaptureFixture[str],
) -> None:
    site = made(2000)
    expected = plant_all(site)
    found = pairs(audited(site))
    true = len(found & expected)
    precision, recall = true / len(found), true / len(expected)
    with capsys.disabled():
        print(f"\n{len(site.leaves)} pages, {len(expected)} defects: precision {precision}, recall {recall}")
    assert expected - found == set()
    assert found - expected == set()


def test_the_clean_twin_has_no_finding() -> None:
    result = audited(made(2000))
    assert len(result.site.pages) >= 1900
    assert [(f.id, f.evidence[0]) for f in result.findings] == []
    assert not any(look.unable for look in result.looks.values())
    assert {name for name, look in result.looks.items() if not look.looked_at} == {
        "canonical-broken", "cookie-insecure", "crawl-trap", "link-to-redirect", "noindex-unseen", "redirect-chain",
        "redirect-loop", "uncompressed",
    }, "a clean site has nothing that these could look at"  # fmt: skip


@pytest.mark.parametrize("name", ALONE)
def test_a_defect_of_a_whole_site_is_found_alone(name: str) -> None:
    site = made(80)
    expected = ALONE[name](site)
    assert pairs(audited(site)) == expected


def test_where_robots_txt_fails_nothing_is_read() -> None:
    site = made(80)
    ALONE["robots-failing"](site)
    assert not audited(site).site.records, "a polite crawler stays out as well"


def test_a_calendar_without_end_is_left_and_told() -> None:
    site = made(80)
    calendar(site)
    result = audited(site)
    assert {name for name, _ in pairs(result)} == {"crawl-trap"}
    (trap,) = result.site.gathered.traps
    assert trap.pattern == f"{BASE}/calendar/0/" and 60 <= trap.read <= 200 and trap.left >= 199
    assert result.looks["orphan"].unable, "what wasn't read may link to anything"


def test_every_audit_is_planted() -> None:
    planted = {name for name, _ in plant_all(made(300))} | {
        pair[0] for name in ALONE for pair in ALONE[name](made(80))
    }
    assert set(all_audits()) - planted == {"crawl-trap"}, "see the calendar above"


def test_the_same_site_gives_the_same_findings() -> None:
    site, again = made(120), made(120)
    take = taker(site), taker(again)
    for name in ("broken-link", "orphan", "not-visible", "redirect-chain"):
        PLANTS[name](site, take[0])
        PLANTS[name](again, take[1])
    assert audited(site).findings == audited(again).findings


def test_symptoms_name_their_cause() -> None:
    site = made(120)
    PLANTS["empty-without-script"](site, taker(site))
    found = {finding.rule: finding for finding in audited(site).findings}
    assert found["empty-without-script"].symptom_of == ()
    assert found["thin-page"].symptom_of == found["dead-end"].symptom_of == ("empty-without-script",)
