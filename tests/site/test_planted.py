"""Planted defects: each is found, nothing else is, and the clean twin has no finding at all."""

from __future__ import annotations

import asyncio

import pytest

from groma.site import Audited, all_audits, audit_site
from site_maker import BASE, Leaf, Made, Served, made, paragraphs
from site_plants import ALONE, PLANTS, plant_all, taker


def audited(site: Made) -> Audited:
    return asyncio.run(audit_site(Served(site)))


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
    looked = {name for name, look in result.looks.items() if look.looked_at}
    assert len(looked) > 75, "most audits apply to the clean site"


@pytest.mark.parametrize("name", ALONE)
def test_a_defect_of_a_whole_site_is_found_alone(name: str) -> None:
    site = made(80)
    expected = ALONE[name](site)
    assert pairs(audited(site)) == expected


def test_a_failing_robots_txt_is_found_and_keeps_everybody_out() -> None:
    site = made(80)
    site.robots_status = 503
    result = audited(site)
    found = pairs(result)
    assert ("robots-failing", f"{BASE}/robots.txt") in found
    assert {name for name, _ in found} <= {
        "robots-failing", "robots-blocks-search", "robots-blocks-user", "robots-blocks-training", "sitemap-unnamed",
    }  # fmt: skip
    assert not result.site.records, "a polite crawler stays out as well"


def test_a_calendar_without_end_is_left_and_told() -> None:
    site = made(80)
    for n in range(1, 400):
        leaf = Leaf(
            f"/calendar/{n}/", f"Calendar {n} | Lumen Lamps", f"Calendar {n}", "trap", paragraphs("calendar")
        )
        leaf.description, leaf.lastmod = f"What happens on day {n}", f"2026-03-{1 + n % 28:02d}"
        leaf.main.append(f'<p><a href="/calendar/{n + 1}/">Next day</a></p>')
        site.leaves[leaf.path] = leaf
        site.of("about")[0].main.append(f'<p><a href="{leaf.path}">Day {n}</a></p>')
    result = audited(site)
    assert {name for name, _ in pairs(result)} == {"crawl-trap"}
    (trap,) = result.site.gathered.traps
    assert trap.pattern == f"{BASE}/calendar/0/" and 60 <= trap.read <= 200 and trap.left >= 199
    assert result.looks["orphan"].unable, "what wasn't read may link to anything"


def test_every_audit_is_planted() -> None:
    planted = {name for name, _ in plant_all(made(300))} | {
        pair[0] for name in ALONE for pair in ALONE[name](made(80))
    }
    assert set(all_audits()) - planted == {
        "robots-failing",
        "crawl-trap",
        "crawler-turned-away",
        "script-only-text",
        "script-only-links",
        "script-changes-head",
        "script-only-items",
        "same-as-back",
    }, "with tests of their own"


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
